"""Where the rules come from: tag -> title in Chinese and English."""

NORMS: dict[str, tuple[str, str]] = {
    "AML07": (
        "人民银行等令〔2007〕第2号 客户身份识别办法 第十二、三十三条",
        "PBOC order 2007/2 on customer identification, arts. 12 and 33",
    ),
    "API": (
        "车险监管平台接口文档（手机号、缴费实名认证，短信验证码）",
        "interface documents of the motor supervision platform",
    ),
    "CIRC82": (
        "保监发〔2013〕82号 人身保险客户信息真实性管理暂行办法",
        "CIRC 2013/82, authenticity of customer information (life)",
    ),
    "CIVIL": ("民法典第十七至二十条", "Civil Code, arts. 17–20"),
    "CODE": ("车险反欺诈数据规范代码集", "code sets of the motor anti-fraud data standard"),
    "EAST": ("EAST 财产险监管数据规范", "EAST supervision data standard, property insurance"),
    "GA24": ("GA 24.7 号牌种类代码", "GA 24.7, codes of plate types"),
    "GA36": ("GA 36 机动车号牌", "GA 36, motor vehicle plates"),
    "GB2260": ("GB/T 2260 行政区划代码", "GB/T 2260, codes of administrative divisions"),
    "GB11643": ("GB 11643 公民身份号码", "GB 11643, citizen identification number"),
    "GB11714": ("GB 11714 全国组织机构代码", "GB 11714, organisation code"),
    "GB16735": ("GB 16735-2019 车辆识别代号", "GB 16735-2019, vehicle identification number"),
    "GB32100": ("GB 32100-2015 统一社会信用代码", "GB 32100-2015, unified social credit code"),
    "GS15": ("GS 15-2006 工商注册号", "GS 15-2006, business registration number"),
    "GX14": ("广西机动车辆保险客户信息真实性管理办法（2015）", "Guangxi, authenticity of motor customers (2015)"),
    "GX19": ("广西车险实名制（2019-02-16）", "Guangxi, real names in motor insurance (2019-02-16)"),
    "HMT": ("港澳台居民居住证申领发放办法", "residence permits of Hong Kong, Macao and Taiwan residents"),
    "HN19": ("河南车险短信验证（2019-02-26）", "Henan, SMS verification (2019-02-26)"),
    "IDLAW": (
        "居民身份证法第五条；临时居民身份证管理办法",
        "Resident Identity Card Law, art. 5; rules on temporary cards",
    ),
    "ISO3779": ("ISO 3779 车辆识别代号", "ISO 3779, vehicle identification number"),
    "LIB": ("公开软件库的实测结果", "behaviour measured in public libraries"),
    "NIA23": (
        "国家移民管理局公告 外国人永久居留身份证（2023-12-01）",
        "National Immigration Administration, permanent residence card (2023-12-01)",
    ),
    "NUM17": ("工信部信管〔2017〕68号 电信网编号计划", "MIIT 2017/68, numbering plan"),
    "PATENT": ("CN108765169B 业务员信息与保单信息比对", "CN108765169B, staff information against policies"),
    "PIPL": ("个人信息保护法", "Personal Information Protection Law"),
    "POST": ("中国邮政编码区", "postcode areas of China Post"),
    "PRACTICE": ("行业经验，未经证实", "practice of the field, unconfirmed"),
    "SX18": (
        "陕西省机动车辆保险客户信息真实性管理办法（2018-06）",
        "Shaanxi, authenticity of motor customers (2018-06)",
    ),
    "UNICODE": ("Unicode 标准", "the Unicode standard"),
    "VS": ("公开的手机号段表", "public tables of mobile segments"),
    "WX": ("微信 getPhoneNumber 接口", "WeChat getPhoneNumber"),
    "YN19": ("云南车险实名制（2019-06-01）", "Yunnan, real names in motor insurance (2019-06-01)"),
}
