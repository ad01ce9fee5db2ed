"""Tables of places: districts, roads, estates, villages, and the counties people come from.

Provenance: GB/T 2260 codes of Nanjing's districts and of counties around it, names of main roads from general knowledge;
estates are made by joining common words. Building and room numbers are random.
"""

from typing import NamedTuple

from connectors.synthetic.tables import listed


class Place(NamedTuple):
    """A district or county: GB/T 2260 code, name as in an address, postcode, share of homes, some of its roads."""

    code: str
    name: str
    postcode: str
    weight: int
    roads: tuple[str, ...]


def _places(*lines: str) -> tuple[Place, ...]:
    found = []
    for line in lines:
        code, name, postcode, weight, *roads = listed(line)
        found.append(Place(code, name, postcode, int(weight), tuple(roads)))
    return tuple(found)


DISTRICTS = _places(
    "320102 玄武区 210018 9 北京东路 珠江路 中央路 玄武大道 花园路 龙蟠路 太平门街 孝陵卫街 后宰门街 丹凤街",
    "320104 秦淮区 210001 12 中山南路 太平南路 御道街 瑞金路 大光路 光华路 集庆路 长乐路 健康路 应天大街",
    "320105 建邺区 210019 9 江东中路 河西大街 梦都大街 嘉陵江东街 应天大街 水西门大街 奥体大街 庐山路 泰山路 兴隆大街",
    "320106 鼓楼区 210009 13 中山北路 湖南路 汉中路 北京西路 广州路 上海路 龙江路 草场门大街 虎踞路 热河路",
    "320113 栖霞区 210046 12 文苑路 仙林大道 和燕路 迈皋桥街 尧新大道 学则路 仙隐北路 燕江路 栖霞大道 新港大道",
    "320114 雨花台区 210012 8 雨花南路 软件大道 宁双路 安德门大街 小行路 凤台南路 龙西路 板桥新城路 花神大道 大周路",
    "320115 江宁区 211100 20 胜太路 天元东路 双龙大道 竹山路 上元大街 诚信大道 清水亭西路 秣周东路 金箔路 将军大道",
    "320111 浦口区 211800 11 江浦路 文德路 浦珠中路 凤凰大街 珠泉路 康华路 天润路 柳州路 公园北路 象山路",
    "320116 六合区 211500 10 雄州路 板门口 园林西路 龙津路 长冲街 棠城路 葛关路 新华路 太子山路 方州路",
    "320117 溧水区 211200 5 大东门街 中山路 珍珠南路 秦淮大道 交通路 致远路 毓秀路 机场路 庆丰路 宝塔路",
    "320118 高淳区 211300 5 宝塔路 淳中路 镇兴路 通贤街 固城湖北路 石臼湖南路 北岭路 汶溪路 康乐路 丹阳湖北路",
)
"""The districts of Nanjing, ten roads each."""

VILLAGES = {
    "320111": listed("桥林街道林山村 星甸街道后圩村 永宁街道青山村 汤泉街道陈庄村"),
    "320115": listed("秣陵街道元山村 湖熟街道和进村 谷里街道周村 横溪街道石塘村"),
    "320116": listed("竹镇镇大泉村 马鞍街道黄岗村 程桥街道金庄村 冶山街道石柱林村"),
    "320117": listed("石湫街道九塘村 晶桥镇水晶村 和凤镇张家村 白马镇李巷村"),
    "320118": listed("桠溪街道蓝溪村 固城街道游山村 阳江镇永胜圩村 砖墙镇茅城村"),
}
"""District -> villages."""
VILLAGES_EACH = 4

ESTATE_FIRST = listed(
    "金陵 紫金 钟山 秦淮 江南 翠屏 东方 阳光 锦绣 明发 万科 天润 凤凰 百家湖 莫愁 玄武 银城 托乐嘉 朗诗 中海 保利 "
    "仁恒 雅居乐 碧桂 融侨 世茂 宋都 雨润 亚东 中冶"
)
ESTATE_LAST = listed("花园 苑 新村 小区 家园 雅苑 名都 华府 佳苑 公寓 湾 城 国际 景园 山庄 新寓")

COUNTIES = listed(
    "320102 320103 320104 320105 320106 320107 320111 320113 320114 320115 320116 320117 320118 320121 320122 "
    "320123 320124 320125 320205 320206 320281 320282 320303 320311 320321 320322 320324 320381 320382 320506 "
    "320581 320582 320583 320585 320623 320681 320682 320706 320722 320723 320724 320804 320826 320830 320831 "
    "320902 320903 320921 320922 320923 320924 320925 320981 321002 321003 321023 321081 321084 321102 321112 "
    "321181 321182 321183 321203 321281 321282 321283 321311 321322 321323 321324 340102 340104 340121 340122 "
    "340181 340202 340223 340503 340504 340521 341102 341103 341122 341124 341125 341126 341181 341182 340822 "
    "340825 340881 341502 341522 341523 341821 341823 411521 411525 411526 370702 370782 420106 420116 510107 "
    "330421"
)
"""Counties where a resident id was first given; 320103, 320107 and 320121 to 320125 are abolished and still on cards."""

ELSEWHERE = _places(
    "340503 安徽省马鞍山市花山区 243000 22 湖东路 花雨路 湖南西路",
    "341102 安徽省滁州市琅琊区 239000 11 琅琊西路 丰乐大道 南谯北路",
    "341181 安徽省天长市 239300 9 天康大道 新河北路 建设西路",
    "321183 江苏省镇江市句容市 212400 7 华阳北路 文昌中路 宁杭北路",
    "321081 江苏省扬州市仪征市 211400 6 真州东路 工农南路 解放西路",
    "320681 江苏省南通市启东市 226200 6 人民中路 民乐东路 公园中路",
    "320830 江苏省淮安市盱眙县 211700 5 五墩西路 金源北路 淮河东路",
    "320583 江苏省苏州市昆山市 215300 5 前进西路 人民南路 朝阳中路",
)
"""Counties around, three roads each: where one home in fifteen is."""

ACCIDENT_PLACES = listed("路口 加油站旁 地铁站附近 高架匝道 小区门口 停车场 菜场门前 隧道出口")
PLACEHOLDER_ADDRESSES = ("同上", "不详", "无", "南京", "江苏南京", "南京市", "江苏")
