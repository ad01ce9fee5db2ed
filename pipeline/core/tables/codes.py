"""Code maps: what sources write and the word this project uses for it.

Provenance: sample rows and interface documents of Chinese motor insurers (车险反欺诈数据规范 code sets, GA 24.7 plate
types), 2026-11. Settings add a feed's own codes. Keys are compared after cleaning, in upper case.

In a *closed* field an unknown code is set aside (null, repair ``unknown_code``); in an *open* one the source's word stays.
"""

FLAGS: dict[str, str] = dict.fromkeys(
    ("是", "Y", "YES", "1", "TRUE", "T", "同意", "已同意", "已验证", "通过", "有"), "true"
) | dict.fromkeys(("否", "N", "NO", "0", "FALSE", "F", "不同意", "未同意", "未验证", "未通过", "无"), "false")

CLOSED: dict[str, dict[str, str]] = {
    "customer_type": {
        "1": "person", "01": "person", "P": "person", "个人": "person", "自然人": "person", "个人客户": "person",
        "私人": "person", "自然人客户": "person", "对私": "person", "个人用户": "person", "INDIVIDUAL": "person",
        "2": "organisation", "02": "organisation", "O": "organisation", "G": "organisation", "单位": "organisation",
        "3": "organisation", "03": "organisation", "机关": "organisation",
        "非自然人": "organisation", "对公": "organisation", "组织": "organisation", "机关团体": "organisation",
        "事业单位": "organisation", "政府机关": "organisation", "机构客户": "organisation", "法人客户": "organisation",
        "党政机关": "organisation", "社会团体": "organisation", "CORPORATE": "organisation",
        "机构": "organisation", "企业": "organisation", "法人": "organisation", "团体": "organisation",
        "单位客户": "organisation", "团体客户": "organisation", "企业客户": "organisation",
        "PERSON": "person", "ORGANISATION": "organisation", "ORGANIZATION": "organisation",
    },
    "gender": {
        "男": "male", "男性": "male", "M": "male", "1": "male", "01": "male", "MALE": "male",
        "女": "female", "女性": "female", "F": "female", "2": "female", "02": "female", "FEMALE": "female",
        "先生": "male", "男士": "male", "女士": "female",
    },
    "role": {
        "投保人": "policyholder", "被保险人": "insured", "被保人": "insured", "车主": "owner", "行驶证车主": "owner",
        "缴费人": "payer", "付款人": "payer", "驾驶员": "driver", "驾驶人": "driver", "出险驾驶员": "driver",
        "报案人": "reporter", "三者": "third_party", "三者车主": "third_party", "对方车主": "third_party",
        "第三者": "third_party", "伤者": "third_party", "联系人": "contact", "本人": "contact",
        "POLICYHOLDER": "policyholder", "INSURED": "insured", "OWNER": "owner", "PAYER": "payer", "DRIVER": "driver",
        "REPORTER": "reporter", "THIRD_PARTY": "third_party", "CONTACT": "contact",
    },
    "use": {
        "非营业": "private", "非营运": "private", "家庭自用": "private", "家庭自用汽车": "private", "私用": "private",
        "企业非营业": "private", "企业非营业汽车": "private",
        "营业": "commercial", "营运": "commercial", "营业货车": "commercial", "出租租赁": "commercial",
        "营业出租租赁": "commercial", "公路客运": "commercial", "城市公交": "commercial", "预约出租客运": "commercial",
        "机关": "official", "党政机关": "official", "党政机关、事业团体": "official", "公务": "official",
        "非营业企业": "private", "非营业个人": "private", "非营业货车": "private",
        "PRIVATE": "private", "COMMERCIAL": "commercial", "OFFICIAL": "official",
    },
    "vehicle_kind": {
        "客车": "car", "轿车": "car", "小型客车": "car", "小型轿车": "car", "六座以下客车": "car", "家用车": "car",
        "6座以下客车": "car", "SUV": "car", "小型汽车": "car", "汽车": "car",
        "货车": "truck", "重型货车": "truck", "轻型货车": "truck", "大型客车": "bus", "中型客车": "bus",
        "挂车": "trailer", "特种车": "special", "专用车": "special", "拖拉机": "tractor", "联合收割机": "tractor",
        "摩托车": "motorcycle", "轻便摩托车": "motorcycle", "二轮摩托车": "motorcycle", "三轮摩托车": "motorcycle",
        "CAR": "car", "TRUCK": "truck", "BUS": "bus", "TRAILER": "trailer", "SPECIAL": "special",
        "TRACTOR": "tractor", "MOTORCYCLE": "motorcycle",
    },
    "directory_kind": {
        "员工": "staff", "内部员工": "staff", "在职员工": "staff", "业务员": "agent", "代理人": "agent",
        "中介": "agent", "销售人员": "agent", "中介业务员": "agent", "专属代理": "agent",
        "车商": "dealer", "4S店": "dealer", "经销商": "dealer", "修理厂": "repair_shop", "维修厂": "repair_shop",
        "汽修厂": "repair_shop", "网点": "branch", "分支机构": "branch", "支公司": "branch", "营业部": "branch",
        "隐私号": "relay", "隐私号段": "relay", "平台": "relay",
        "STAFF": "staff", "AGENT": "agent", "DEALER": "dealer", "REPAIR_SHOP": "repair_shop", "BRANCH": "branch",
        "RELAY": "relay",
    },
    "plate_type": {
        **{f"{code:02}": f"{code:02}" for code in (*range(1, 28), 31, 32, 41, 42, 43, 51, 52, 99)},
        **{str(code): f"{code:02}" for code in range(1, 10)},
        "大型汽车": "01", "小型汽车": "02", "使馆汽车": "03", "领馆汽车": "04", "境外汽车": "05", "外籍汽车": "06",
        "普通摩托车": "07", "两、三轮摩托车": "07", "轻便摩托车": "08", "农用运输车": "13", "拖拉机": "14",
        "挂车": "15", "教练汽车": "16", "教练摩托车": "17", "临时行驶车": "22", "警用汽车": "23", "警用摩托": "24",
        "香港入出境车": "26", "澳门入出境车": "27", "大型新能源汽车": "51", "大型新能源": "51", "小型新能源汽车": "52",
        "小型新能源": "52", "其他": "99",
    },
}  # fmt: skip

OPEN: dict[str, dict[str, str]] = {
    "channel": {
        "车商": "dealer", "车商渠道": "dealer", "专业代理": "professional_agency", "专业中介": "professional_agency",
        "专代": "professional_agency", "兼业代理": "part_time_agency", "兼代": "part_time_agency",
        "新平台": "platform", "互联网平台": "platform", "平台": "platform", "网络平台": "platform", "直销": "direct",
        "直接业务": "direct", "柜面": "direct", "个人代理": "tied_agent", "专属代理": "tied_agent", "个代": "tied_agent",
        "电网销": "tele_net", "电销": "tele_net", "网销": "tele_net", "电话销售": "tele_net", "网上销售": "tele_net",
    },
    "policy_status": {
        "有效": "in_force", "正常": "in_force", "已生效": "in_force", "生效": "in_force", "1": "in_force",
        "注销": "void", "作废": "void", "无效": "void", "已注销": "void",
        "退保": "cancelled", "已退保": "cancelled", "解除": "cancelled", "全单退保": "cancelled", "2": "cancelled",
        "测试": "test", "IN_FORCE": "in_force", "VOID": "void", "CANCELLED": "cancelled", "TEST": "test",
    },
    "product": {
        "交强险": "compulsory", "交强": "compulsory", "机动车交通事故责任强制保险": "compulsory", "0507": "compulsory",
        "DZA": "compulsory", "机动车交强险": "compulsory", "强制保险": "compulsory",
        "商业险": "commercial", "商业": "commercial", "机动车商业保险": "commercial", "商业车险": "commercial",
        "DAA": "commercial", "商业保险": "commercial", "机动车商业险": "commercial", "机动车综合商业保险": "commercial",
    },
    "relation": {
        "本人": "self", "自己": "self", "配偶": "spouse", "夫妻": "spouse", "丈夫": "spouse", "妻子": "spouse",
        "父母": "parent", "父亲": "parent", "母亲": "parent", "父": "parent", "母": "parent",
        "子女": "child", "儿子": "child", "女儿": "child", "亲属": "relative", "兄弟姐妹": "relative",
        "雇佣": "employer", "雇主": "employer", "雇员": "employee", "租赁": "lease", "所属单位": "employer",
        "其他": "other", "其它": "other", "99": "other", "01": "self", "10": "spouse",
    },
    "vehicle_relation": {
        "所有": "own", "车主": "own", "本人": "own", "自有": "own", "租赁": "lease", "融资租赁": "lease",
        "过户": "transfer", "过户未变更": "transfer", "使用": "use", "借用": "use", "管理": "use",
    },
    "capture_route": {
        "柜台": "desk", "柜面": "desk", "电话报案": "inbound_call", "电话": "inbound_call", "95518": "inbound_call", "来电": "inbound_call", "呼入": "inbound_call", "客户来电": "inbound_call", "热线": "inbound_call", "理赔夜市": "night_market",
        "夜市": "night_market", "电动车巡查": "patrol", "巡查": "patrol", "电动车": "patrol", "微信理赔": "claim",
        "微信救援": "rescue", "救援": "rescue", "绑定": "binding", "微信绑定": "binding", "手机号授权": "get_phone_number",
        "GETPHONENUMBER": "get_phone_number",
        "三要素": "three_factor", "三要素核验": "three_factor", "手机三要素": "three_factor", "运营商三要素": "three_factor",
        "三要素验证": "three_factor", "手机号三要素": "three_factor", "三要素认证": "three_factor",
        "两要素": "identity", "二要素": "identity", "身份核验": "identity", "身份二要素": "identity", "身份证二要素": "identity",
        "身份证核验": "identity", "两要素核验": "identity", "二要素核验": "identity", "实名核验": "identity",
        "空号检测": "number_status", "号码状态": "number_status", "号码检测": "number_status", "号码状态核验": "number_status",
        "手机号状态": "number_status", "空号核验": "number_status", "在网状态": "number_status",
    },
}  # fmt: skip
