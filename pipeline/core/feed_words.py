"""The headers that Chinese insurers, their vendors and platforms usually give the columns of a delivery.

Of several words of one field the first is the best: see :data:`ONE_COLUMN`. Letter case, blanks, ``_`` and ``-`` make
no difference, so each word stands once. English and pinyin words are those of core systems (AppliName, IdentifyNumber,
LicenseNo), of JSON interfaces (certNo, phoneNumber) and of hand-made exports (sjhm, cphm).
"""

PARTY_WORDS: dict[str, tuple[str, ...]] = {
    "policyholder": (
        *("投保人", "投保人信息", "投保客户", "投保单位", "policyholder", "applicant", "appnt", "appli", "holder"),
        "tbr",
    ),
    "insured": ("被保险人", "被保人", "被保险人信息", "被保人信息", "被保险单位", "insured", "bbxr", "bbr"),
    "owner": ("车主", "行驶证车主", "车主信息", "标的车主", "本车车主", "owner", "carowner", "vehicleowner", "cz"),
    "payer": ("缴费人", "付款人", "交费人", "缴款人", "支付人", "payer"),
    "driver": (
        *("驾驶员", "驾驶人", "出险驾驶员", "出险驾驶人", "标的车驾驶员", "标的驾驶员", "本车驾驶员", "司机"),
        *("驾驶员信息", "driver", "jsy"),
    ),
    "reporter": ("报案人", "报案人信息", "reporter", "bar"),
    "third_party": ("三者", "三者车主", "对方车主", "第三者", "三者车", "对方", "对方车", "三者方", "thirdparty"),
    "third_party_2": (
        *("三者2", "第二三者", "三者驾驶员", "三者驾驶人", "三者司机", "对方驾驶员", "对方驾驶人", "对方司机", "伤者"),
    ),
    "contact": ("联系人",),
}
"""What a party is called in headers, before the field's word: 投保人 + 手机号."""

PARTY_FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        *(
            "姓名",
            "名称",
            "姓名/名称",
            "姓名或名称",
            "姓名(名称)",
            "名称/姓名",
            "客户姓名",
            "客户名称",
            "客户名",
            "客户",
        ),
        *(
            "中文姓名",
            "真实姓名",
            "单位名称",
            "企业名称",
            "个人/单位名称",
            "name",
            "custname",
            "customername",
            "clientname",
        ),
        *("realname", "username", "xm", "khxm", "khmc"),
    ),
    "customer_type": (
        *("客户类型", "客户类别", "类型", "客户性质", "单位性质", "人员性质", "个人/团体", "custtype", "customertype"),
    ),
    "cert_type": (
        *(
            "证件类型",
            "证件种类",
            "证件类型代码",
            "证件类别",
            "证件类型名称",
            "证件种类代码",
            "证照类型",
            "身份证件类型",
        ),
        *("certtype", "idtype", "identifytype", "certificatetype", "cardtype", "idcardtype", "zjlx"),
    ),
    "cert_no": (
        *("证件号码", "证件号", "身份证号", "身份证号码", "身份证", "证件编号", "证件代码", "证照号码", "证照号"),
        *(
            "身份证件号码",
            "身份证件号",
            "公民身份号码",
            "身份证号码/统一社会信用代码",
            "统一社会信用代码",
            "社会信用代码",
        ),
        *("certno", "idno", "idnumber", "identifynumber", "certificateno", "cardno", "idcard", "idcardno", "certcode"),
        *("idcardnumber", "certnumber", "zjhm", "zjh", "sfzh", "sfzhm"),
    ),
    "cert_valid_from": (
        *("证件有效期起", "证件有效起期", "证件起始日期", "证件有效起始日期", "证件有效期起始日", "证件有效期起始日期"),
        *(
            "证件有效期起期",
            "证件有效期开始日期",
            "证件起期",
            "证件生效日期",
            "证件签发日期",
            "certstartdate",
            "certvalidfrom",
        ),
    ),
    "cert_valid_to": (
        *("证件有效期止", "证件有效止期", "证件有效期", "证件截止日期", "证件有效截止日期", "证件有效期截止日期"),
        *("证件有效终止日期", "证件有效期终止日期", "证件有效期止期", "证件有效期截止日", "证件终止日期", "证件到期日"),
        *("证件到期日期", "证件止期", "证件失效日期", "证件有效期至", "证件有效期限", "身份证有效期", "certenddate"),
        *("certvalidto", "certexpirydate"),
    ),
    "gender": ("性别", "性别代码", "gender", "sex", "xb"),
    "birth_date": ("出生日期", "生日", "出生年月日", "出生年月", "birthdate", "birthday", "dateofbirth", "csrq"),
    "nationality": ("国籍", "国籍/地区", "国别", "nationality"),
    "occupation": ("职业", "职业类别", "职业名称", "职业代码", "从事职业", "occupation"),
    "mobile": (
        *(
            "手机号",
            "手机号码",
            "手机",
            "移动电话",
            "移动电话号码",
            "联系手机",
            "联系手机号",
            "联系手机号码",
            "本人手机号",
        ),
        *(
            "手机1",
            "手机号1",
            "联系电话",
            "联系电话号码",
            "电话",
            "电话号码",
            "电话1",
            "联系电话1",
            "联系方式",
            "联系号码",
        ),
        *(
            "mobile",
            "mobilephone",
            "mobileno",
            "mobilenumber",
            "cellphone",
            "phone",
            "phoneno",
            "phonenumber",
            "phonenum",
        ),
        *("tel", "telephone", "telno", "contactphone", "contactnumber", "sjh", "sjhm", "lxdh"),
    ),
    "landline": (
        *(
            "固定电话",
            "固话",
            "座机",
            "家庭电话",
            "固定电话号码",
            "联系固话",
            "座机号码",
            "座机电话",
            "单位电话",
            "办公电话",
        ),
        *("住宅电话", "landline", "fixedphone", "homephone", "officephone"),
    ),
    "other_phones": (
        *("其他电话", "备用电话", "电话2", "其它电话", "备用手机", "备用手机号", "备用联系电话", "手机2", "手机号2"),
        *("联系电话2", "其他联系方式", "备用联系方式", "otherphone"),
    ),
    "email": ("电子邮箱", "邮箱", "电子邮件", "E-mail", "邮箱地址", "电子邮箱地址", "mail"),
    "address": (
        *("地址", "联系地址", "住址", "通讯地址", "家庭住址", "通信地址", "现住址", "居住地址", "住所", "住所地址"),
        *("详细地址", "联系人地址", "家庭地址", "邮寄地址", "常住地址", "户籍地址", "证件地址", "单位地址", "注册地址"),
        *("经营地址", "address", "addr", "contactaddress", "dz", "lxdz"),
    ),
    "region_code": ("区划代码", "行政区划", "地区代码", "区县代码", "行政区划代码", "区县", "regioncode", "countycode"),
    "postcode": ("邮编", "邮政编码", "postcode", "zipcode", "zip", "postalcode"),
    "relation": (
        "关系",
        "与投保人关系",
        "与被保险人关系",
        "与投保人的关系",
        "与被保险人的关系",
        "与被保人关系",
        "relation",
    ),
    "legal_representative": ("法定代表人", "法人代表", "法人", "法定代表人姓名", "法人姓名", "legalperson"),
    "contact_name": ("经办人", "经办人姓名", "单位联系人", "联系人", "联系人姓名"),
    "contact_phone": (
        *("经办人电话", "单位联系电话", "经办人手机号", "经办人联系电话", "联系人电话", "联系人手机", "联系人手机号"),
        *("联系人手机号码", "联系人联系电话", "单位联系人电话"),
    ),
    "account_name": ("缴费账户名", "付款账户名", "账户名", "账户名称", "户名", "开户名", "账户姓名", "accountname"),
    "vehicle_relation": ("与车辆关系", "与车辆的关系", "与车关系"),
    "openid": ("OpenID", "微信号OpenID", "微信OpenID"),
    "unionid": ("UnionID", "微信UnionID"),
    "plate": (
        *(
            "车牌号",
            "车牌号码",
            "号牌号码",
            "车牌",
            "牌照号",
            "牌照号码",
            "车牌照号",
            "号牌号",
            "号牌",
            "车号",
            "标的车牌号",
        ),
        *("标的车牌", "标的车车牌号", "标的车车牌", "标的车号牌", "出险车牌号", "本车车牌号", "plate", "plateno"),
        *("platenumber", "licenseno", "licenseplate", "licenseplateno", "carno", "vehicleno", "cph", "cphm", "hphm"),
    ),
    "vin": (
        *("车架号", "车辆识别代号", "VIN", "VIN码", "车架号/VIN", "车架号码", "车架号(VIN)", "VIN号", "车辆识别代码"),
        *(
            "车辆识别码",
            "车辆识别号",
            "识别代码",
            "车辆识别代号/车架号",
            "车辆识别代号(车架号)",
            "车架号(车辆识别代号)",
        ),
        *("标的车架号", "标的车车架号", "本车车架号", "frameno", "vinno", "vincode", "cjh", "clsbdh"),
    ),
}
"""Fields of a party and their words; alone they are headers of a feed with one party a row. A plate or VIN alone is
that of every party of the row, the other side's (三者) excepted."""

ROW_FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "key": ("主键", "流水号", "记录号", "记录ID", "主键ID", "唯一标识", "业务流水号", "serialno"),
    "operation": ("操作类型", "操作标志", "变更标志", "变更类型", "数据操作类型", "optype", "operationtype"),
    "deleted": ("删除标志", "是否删除", "删除标识", "逻辑删除", "isdeleted", "deleteflag", "delflag", "deleted"),
    "observed_at": (
        *("更新时间", "最后修改时间", "数据时间", "操作时间", "最后更新时间", "修改时间", "更新日期", "修改日期"),
        *("数据更新时间", "updatetime", "updatedat", "modifytime", "lastupdatetime", "gmtmodified", "updatedate"),
    ),
    "policy_no": (
        *("保单号", "保单号码", "保险单号", "保险单号码", "保单编号", "保险单编号", "policyno", "policynumber"),
        *("policycode", "contno", "bdh", "bdhm"),
    ),
    "claim_no": (
        *("报案号", "赔案号", "立案号", "案件号", "报案号码", "报案编号", "赔案编号", "案件编号", "案号", "claimno"),
        *("registno", "reportno", "rptno", "caseno"),
    ),
    "role": ("角色", "人员类型", "当事人角色", "身份", "关系人类型", "客户角色", "人员角色", "insuredflag"),
    "same_person_flag": (
        *("投被保人同一标志", "投保人被保人是否同一", "是否同一人", "投被保人是否同一人", "投被保险人是否为同一人"),
        *("投被保险人同一标志", "投保人与被保险人是否同一人", "sameperson"),
    ),
    "plate_type": (
        *("号牌种类", "车牌种类", "号牌类型", "号牌种类代码", "车牌类型", "牌照种类", "牌照类型", "licensekindcode"),
        *("licensetype", "platetype", "hpzl"),
    ),
    "engine_no": (
        "发动机号",
        "发动机号码",
        "发动机编号",
        "发动机/电机号",
        "电机号",
        "engineno",
        "enginenumber",
        "fdjh",
    ),
    "vehicle_kind": ("车辆种类", "车辆类型", "车辆种类名称", "车种", "vehiclekind", "vehicletype", "carkind", "cllx"),
    "use": ("使用性质", "车辆使用性质", "使用性质名称", "使用性质代码", "usenature", "usenaturecode", "syxz"),
    "first_registered_on": (
        *("初登日期", "初次登记日期", "注册日期", "初始登记日期", "车辆初登日期", "车辆初始登记日期", "首次登记日期"),
        *("车辆登记日期", "车辆注册日期", "初登年月", "enrolldate", "registerdate", "ccdjrq"),
    ),
    "channel": (
        "渠道",
        "业务来源",
        "渠道类型",
        "渠道名称",
        "业务渠道",
        "销售渠道",
        "渠道代码",
        "channel",
        "businessnature",
    ),
    "unit": (
        *(
            "经营单位",
            "支公司",
            "归属机构",
            "机构",
            "归属机构名称",
            "归属单位",
            "承保机构",
            "出单机构",
            "所属机构",
            "所属支公司",
        ),
        *("机构名称", "四级机构", "四级机构名称", "三级机构", "三级机构名称", "中心支公司", "理赔机构", "处理机构"),
        *(
            "归属机构代码",
            "机构代码",
            "机构编码",
            "承保机构代码",
            "unit",
            "comname",
            "comcode",
            "orgname",
            "orgcode",
            "branch",
        ),
    ),
    "agency_code": (
        *(
            "中介代码",
            "代理机构代码",
            "中介机构代码",
            "车商代码",
            "中介机构编码",
            "代理机构编码",
            "代理人代码",
            "代理点代码",
        ),
        *(
            "合作机构代码",
            "代理代码",
            "agencycode",
            "agentcode",
            "中介机构名称",
            "中介机构",
            "中介名称",
            "代理机构名称",
        ),
        *("代理机构", "代理人名称", "车商名称"),
    ),
    "salesperson_code": (
        *(
            "业务员代码",
            "业务员工号",
            "工号",
            "归属业务员",
            "业务员编码",
            "业务员编号",
            "归属业务员代码",
            "归属业务员工号",
        ),
        *("销售人员代码", "销售人员工号", "销售员代码", "客户经理工号", "handler1code", "handlercode", "salesmancode"),
        *("salespersoncode", "业务员", "业务员姓名", "业务员名称", "归属业务员姓名", "销售人员", "客户经理"),
    ),
    "team": ("团队", "理赔团队", "班组", "巡查小组", "团队名称", "团队代码", "业务团队", "查勘组", "巡查组", "team"),
    "capture_route": ("采集途径", "采集方式", "报案方式", "事件类型", "采集来源", "报案来源", "报案渠道"),
    "captured_at": (
        *("采集时间", "报案时间", "呼叫时间", "发送时间", "核验时间", "登记时间", "采集日期", "报案日期", "登记日期"),
        *("报案时间点", "capturetime", "reporttime", "createtime", "createdat", "创建时间"),
    ),
    "place": (
        "地点",
        "采集地点",
        "出险地点",
        "事故地点",
        "出险地址",
        "现场地址",
        "采集位置",
        "出险详细地址",
        "damageaddress",
    ),
    "consent": (
        "是否同意",
        "客户同意",
        "同意标志",
        "授权标志",
        "是否授权",
        "客户授权",
        "同意采集",
        "是否同意采集",
        "consent",
    ),
    "purpose": ("用途", "使用目的", "采集目的", "采集用途", "信息用途", "purpose"),
    "issued_on": (
        *("签单日期", "出单日期", "承保日期", "签单时间", "出单时间", "承保时间", "签发日期", "signdate", "issuedate"),
        *("operatedate", "制单日期", "投保日期", "核保日期", "underwriteenddate"),
    ),
    "cover_from": (
        *(
            "起保日期",
            "保险起期",
            "保险起始日期",
            "起保时间",
            "保险起始时间",
            "保险起期日期",
            "保险期间起",
            "起期",
            "生效日期",
        ),
        *("保单生效日期", "保险开始日期", "保险责任起期", "startdate", "effectivedate"),
    ),
    "cover_to": (
        *(
            "终保日期",
            "保险止期",
            "保险终止日期",
            "终保时间",
            "保险终止时间",
            "保险期间止",
            "止期",
            "保险到期日",
            "到期日期",
        ),
        *("保险到期日期", "保单到期日", "保单止期", "保险截止日期", "保险结束日期", "enddate", "expirydate"),
    ),
    "policy_status": ("保单状态", "状态", "保单状态名称", "保单状态代码", "policystatus"),
    "product": ("险种", "险种代码", "险别", "产品", "险种名称", "险类", "产品名称", "产品代码", "险种类别", "riskcode"),
    "premium": (
        *(
            "保费",
            "保费(元)",
            "签单保费",
            "保费合计",
            "总保费",
            "含税保费",
            "实收保费",
            "应收保费",
            "保费收入",
            "保费金额",
        ),
        *("sumpremium", "premium"),
    ),
    "sms_verified": (
        *("短信验证", "短信验证标志", "验证码验证", "短信验证结果", "是否短信验证", "短信验证码验证", "验证码验证标志"),
        *("手机验证标志", "短信验证状态"),
    ),
    "directory_kind": ("名录类别", "类别", "人员类别", "名录类型"),
    "result_code": (
        *(
            "结果代码",
            "回访结果",
            "核验结果",
            "状态代码",
            "回执代码",
            "结果码",
            "结果",
            "resultcode",
            "result",
            "rescode",
        ),
    ),
    "vendor": ("供应商", "外呼公司", "服务商", "外包公司", "供应商名称", "外包商", "呼叫公司", "vendor", "supplier"),
    "caller": (
        "坐席",
        "坐席工号",
        "呼叫人",
        "坐席号",
        "坐席编号",
        "座席",
        "座席工号",
        "座席号",
        "坐席姓名",
        "座席姓名",
    ),
    "talk_seconds": (
        *(
            "通话时长",
            "通话时长(秒)",
            "通话秒数",
            "通话时长(s)",
            "通话时长秒",
            "录音时长",
            "时长",
            "时长(秒)",
            "talktime",
        ),
        *("duration", "billsec", "talkseconds"),
    ),
    "list_id": ("名单编号", "抽样批次", "名单号", "名单批次"),
    "stratum": ("层", "抽样层", "抽样分层"),
    "inclusion_probability": ("入样概率", "抽样概率"),
}
"""Fields of the whole row and their words."""

ONE_COLUMN = frozenset(
    {"key", "policy_no", "claim_no", "unit", "agency_code", "salesperson_code", "channel", "product", "policy_status"}
    | {"result_code", "caller", "operation", "premium", "issued_on", "cover_from", "cover_to", "role", "use"}
)
"""Targets of which a file's best column alone is used: a code must not be a code in one row and a name in the next. Of
any other target, row by row, the best column that is filled is used."""

_UNUSED = """
序号 备注 说明 备注信息 投保单号 投保单号码 批单号 批改次数 厂牌型号 品牌型号 车型 车型名称 车型代码 厂牌车型 车辆品牌 品牌
车牌颜色 号牌颜色 号牌底色 车身颜色 座位数 核定座位 核定载客 核定载客人数 核定载质量 吨位 吨位数 排量 功率 整备质量 新车购置价
购置价 实际价值 能源类型 燃料种类 车龄 发证日期 行驶证发证日期 车主性质 所属性质 保额 保险金额 总保额 赔偿限额 手续费 手续费率
车船税 折扣率 折扣系数 自主系数 无赔款优待系数 出单员 出单员代码 出单员姓名 出单员工号 出单人 录单员 录单人 操作员 操作员代码
操作人 制单人 核保人 核保员 核保人代码 经办机构 二级机构 二级机构名称 二级机构代码 分公司 分公司名称 分公司代码 是否新车
是否过户 过户日期 过户车标志 是否续保 续保标志 新转续 新转续标志 是否电子保单 缴费方式 支付方式 缴费日期 年龄 民族 学历 婚姻状况
客户号 客户编号 客户代码 投保人代码 被保险人代码 出险时间 出险日期 出险原因 出险经过 事故经过 事故类型 事故责任 案件状态 案件类型
查勘员 查勘员姓名 查勘员工号 查勘员代码 定损员 定损员姓名 查勘地点 查勘时间 立案时间 立案日期 结案时间 结案日期 估损金额
定损金额 赔款金额 已决赔款 未决赔款 受损部位 是否人伤 修理厂 修理厂名称 推荐送修 录音编号 录音文件 录音地址 录音路径 录音
通话录音 任务编号 任务号 任务名称 工单号 呼叫次数 拨打次数 外呼次数 项目名称 质检结果 质检人 满意度 短信内容 消息内容 短信签名
归属地 号码归属地 通道 通道号 计费条数 条数 订单号 请求流水号 请求时间 响应时间 响应描述 收费标志 是否收费 返回描述
结果描述 描述 数据日期 统计日期 业务日期 批次日期 报表日期
ToUserName MsgType EventKey Content Ticket appid phone_info.countryCode phone_info.watermark.appid
phone_info.watermark.timestamp watermark.appid watermark.timestamp countryCode headimgurl avatarUrl language province
city country subscribe subscribe_time subscribe_scene remark groupid tagid_list proposalno endorseqno brandname
modelcode modelname seatcount requestid traceid sign message msg desc description
"""
UNUSED_WORDS: tuple[str, ...] = tuple(_UNUSED.split())
"""Usual headers of columns that hold nothing an observation has; no kind has them among its words."""
