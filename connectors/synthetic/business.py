"""Tables of the insurer's world: units, channels, companies, vehicles, codes that senders use.

Provenance: structure from the field's practice; every company, unit and person is invented. The codes of SMS gateways
and vendors follow the usual forms.
"""

from connectors.synthetic.tables import listed

UNIT_DEPARTMENTS = ("支公司", "营业一部", "营业二部", "营业三部", "农网部")
CITY_UNITS = ("市公司营业部", "电子商务部", "车商业务部", "中介业务部", "重要客户部")

CHANNELS = (
    ("dealer", "车商", 30),
    ("professional_agency", "专业代理", 22),
    ("part_time_agency", "兼业代理", 8),
    ("platform", "新平台", 5),
    ("direct", "直销", 12),
    ("tied_agent", "专属代理", 13),
    ("tele_net", "电网销", 10),
)
"""Word of the project, word in the feed, weight."""
INTERMEDIARY = ("dealer", "professional_agency", "part_time_agency", "platform", "tied_agent")

COMPANY_FIRST = listed(
    "恒瑞 苏宁达 金恒 华诚 瑞丰 天泽 汇鑫 永昌 中创 宏远 博达 联创 盛世 嘉禾 启明 鼎新 德信 润和 通达 安顺 宁通 "
    "江海 钟山 紫东 汇通 海纳 卓越 智云 创景 星火"
)
COMPANY_MIDDLE = listed(
    "物流 建筑工程 科技 商贸 汽车租赁 装饰 运输 机电设备 餐饮管理 信息技术 建材 环保 医疗器械 园林绿化 劳务"
)
COMPANY_LAST = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "商行", "经营部")
DEALER_BRANDS = listed("宁星 江淮之星 金陵 协众 朗驰 东风 长久 中达 苏舜 百得利")
REPAIR_WORDS = listed("顺达 快修 诚信 众捷 路路通 宏发 车之家 万里 安捷 永固")

OCCUPATIONS = listed("职员 工人 教师 医生 个体经营 公务员 司机 退休 工程师 农民 销售 自由职业 其他")
CHINA_WORDS = ("中国", "中国", "中国", "CHN", "156")

MAKERS = listed("LSV LFV LSG LHG LGB LBE LVS LGW LGX LB3 LRW LNB")
"""World manufacturer identifiers of makers in China."""

SMS_EMPTY = {"CMCC": "MK:0001", "CUCC": "001", "CTCC": "601"}
"""Code for a number that does not exist, per carrier's gateway."""
SMS_SUSPENDED = {"CMCC": "MK:0005", "CUCC": "013", "CTCC": "612"}
SMS_UNSUBSCRIBED = "TD"
SMS_SATISFIED, SMS_DISSATISFIED = "REPLY:1", "REPLY:3"

VENDORS = ("移联客服", "金陵呼叫")
SEGMENTS = {
    "CMCC": listed("134 135 136 137 138 139 147 150 151 152 157 158 159 172 178 182 183 184 187 188 195 197 198"),
    "CUCC": listed("130 131 132 155 156 166 175 176 185 186 196"),
    "CTCC": listed("133 153 173 177 180 181 189 190 191 193 199"),
    "CBN": ("192",),
    "MVNO": listed("162 165 167 170 171"),
}
"""Carrier at issue -> segments of its mobile numbers."""
SEGMENT_WEIGHTS = {"CMCC": 52, "CUCC": 20, "CTCC": 25, "CBN": 1, "MVNO": 2}
DENY_LIST = ("13800138000", "13900000000", "13000000000", "18888888888", "13888888888", "13333333333")
HOTLINES = ("4008195518", "95518", "025-95518", "4001234567", "12345")
RELAYS = tuple(f"0950100{number:05}" for number in range(1, 25))
"""Privacy numbers of booking platforms, all in the directory."""
