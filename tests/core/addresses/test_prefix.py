"""Reading province, city and county off the head of an address."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.addresses import prefix
from pipeline.core.fields import region
from tests.strategies_text import dirty_texts

NANJING = ("江苏省", "南京市")
SHANGHAI = ("上海市", "上海市")


def read(text: str) -> tuple[str | None, str | None, str | None, str]:
    told = prefix.read(pl.Series([text])).row(0, named=True)
    return told["province"], told["city"], told["county"], text[told["end"] :]


@pytest.mark.parametrize(
    ("text", "place", "rest"),
    [
        ("江苏省南京市江宁区秣陵街道胜太路68号", (*NANJING, "江宁区"), "秣陵街道胜太路68号"),
        ("玄武区北京东路41号", (*NANJING, "玄武区"), "北京东路41号"),
        ("南京江宁东山街道", (*NANJING, "江宁区"), "东山街道"),
        ("江宁东山街道上元大街", (*NANJING, "江宁区"), "东山街道上元大街"),
        ("江苏南京", (*NANJING, None), ""),
        ("江苏省南京市江苏省南京市江宁区东山街道", (*NANJING, "江宁区"), "东山街道"),
        ("南京市江宁区南京市江宁区东山街道", (*NANJING, "江宁区"), "东山街道"),
        ("江苏省南京市市辖区中山路", (*NANJING, None), "中山路"),
        ("江苏省-南京市-江宁区-胜太路", (*NANJING, "江宁区"), "-胜太路"),
        ("江苏省 南京市,江宁区", (*NANJING, "江宁区"), ""),
        ("中国江苏省南京市", (*NANJING, None), ""),
        ("江苏省昆山市花桥镇", ("江苏省", "苏州市", "昆山市"), "花桥镇"),
        ("无锡市江阴市澄江镇", ("江苏省", "无锡市", "江阴市"), "澄江镇"),
        ("徐州市鼓楼区中山北路", ("江苏省", "徐州市", "鼓楼区"), "中山北路"),
        ("鼓楼区中山北路", (*NANJING, "鼓楼区"), "中山北路"),
        ("上海市上海市浦东新区世纪大道8号", (*SHANGHAI, "浦东新区"), "世纪大道8号"),
        ("上海浦东新区世纪大道8号", (*SHANGHAI, "浦东新区"), "世纪大道8号"),
        ("北京市市辖区朝阳区建国路", ("北京市", "北京市", "朝阳区"), "建国路"),
        ("广西壮族自治区南宁市青秀区民族大道", ("广西壮族自治区", "南宁市", "青秀区"), "民族大道"),
        ("宁夏银川市兴庆区", ("宁夏回族自治区", "银川市", "兴庆区"), ""),
        ("山东青岛市北区延安路", ("山东省", "青岛市", "市北区"), "延安路"),
        ("青岛市市北区延安路", ("山东省", "青岛市", "市北区"), "延安路"),
        ("沛县龙固镇", ("江苏省", "徐州市", "沛县"), "龙固镇"),
        ("河北省新华区友谊大街", ("河北省", None, "新华区"), "友谊大街"),
        ("朝阳区建国路", (None, None, "朝阳区"), "建国路"),
        ("新疆石河子市北二路", ("新疆维吾尔自治区", None, "石河子市"), "北二路"),
    ],
)
def test_the_place_is_read_however_it_is_written(text: str, place: tuple[str | None, ...], rest: str) -> None:
    assert read(text) == (*place, rest)


@pytest.mark.parametrize(
    ("text", "place", "rest"),
    [
        ("南京市白下区光华路1号", (*NANJING, "秦淮区"), "光华路1号"),
        ("下关区热河路", (*NANJING, "鼓楼区"), "热河路"),
        ("江宁县东山镇", (*NANJING, "江宁区"), "东山镇"),
        ("溧水县永阳镇", (*NANJING, "溧水区"), "永阳镇"),
        ("江苏省六合县", (*NANJING, "六合区"), ""),
        ("大厂区", (*NANJING, "六合区"), ""),
        ("雨花区", (*NANJING, "雨花台区"), ""),
        ("常州武进市湖塘镇", ("江苏省", "常州市", "武进区"), "湖塘镇"),
        ("吴县东山镇", ("江苏省", "苏州市", "吴中区"), "东山镇"),
        ("淮阴市清河区淮海路", ("江苏省", "淮安市", "清江浦区"), "淮海路"),
        ("连云港市新浦区海连路1号", ("江苏省", "连云港市", "海州区"), "海连路1号"),
        ("湖北省天门市竟陵街道", ("湖北省", None, "天门市"), "竟陵街道"),
        ("四川省重庆市渝中区", ("重庆市", "重庆市", "渝中区"), ""),
    ],
)
def test_a_former_name_is_read_as_todays_place(text: str, place: tuple[str | None, ...], rest: str) -> None:
    assert read(text) == (*place, rest)


@pytest.mark.parametrize(
    ("text", "place", "rest"),
    [
        ("南京江北新区浦滨路", (*NANJING, None), "浦滨路"),
        ("江北新区浦口区星火路", (*NANJING, "浦口区"), "星火路"),
        ("南京市经济技术开发区恒通大道", (*NANJING, "栖霞区"), "恒通大道"),
        ("江宁经济技术开发区将军大道", (*NANJING, "江宁区"), "将军大道"),
        ("苏州工业园区星湖街328号", ("江苏省", "苏州市", None), "星湖街328号"),
        ("合肥市高新区望江西路", ("安徽省", "合肥市", None), "望江西路"),
    ],
)
def test_development_zones_are_read_with_the_place_they_lie_in(
    text: str, place: tuple[str | None, ...], rest: str
) -> None:
    assert read(text) == (*place, rest)


@pytest.mark.parametrize(
    "text",
    [
        "北京东路41号",
        "上海路12号",
        "南京路1号",
        "江苏路5号",
        "太原1路84号",
        "中山陵4号",
        "中山门大街1号",
        "朝阳门外大街12号",
        "金华镇清云北路2号",
        "苏州街3号",
        "南京大学",
        "东区3幢501",
        "江宁东山",
        "胜太路68号",
        "",
    ],
)
def test_a_road_named_after_a_place_is_not_that_place(text: str) -> None:
    assert read(text) == (None, None, None, text)


def test_a_road_named_after_a_place_stays_whole_behind_one() -> None:
    assert read("江苏南京路12号") == ("江苏省", None, None, "南京路12号")
    assert read("南京浦口大道1号") == (*NANJING, None, "浦口大道1号")
    assert read("北海市重庆路其仓11号")[3] == "重庆路其仓11号"


PUBLISHED = [
    ("柳州地区忻城县", ("广西壮族自治区", "来宾市", "忻城县"), ""),
    ("湖北省襄樊市小水街222号", ("湖北省", "襄阳市", None), "小水街222号"),
    ("老河口市天气", ("湖北省", "襄阳市", "老河口市"), "天气"),
    ("河北区", ("天津市", "天津市", "河北区"), ""),
    ("湘潭城塘社区", ("湖南省", "湘潭市", None), "城塘社区"),
    ("湘潭县城塘社区", ("湖南省", "湘潭市", "湘潭县"), "城塘社区"),
    ("云南省红河哈尼族彝族自治州元阳县黄茅岭乡", ("云南省", "红河哈尼族彝族自治州", "元阳县"), "黄茅岭乡"),
    ("吉林省吉林市小皇村", ("吉林省", "吉林市", None), "小皇村"),
    ("重庆解放碑", ("重庆市", "重庆市", None), "解放碑"),
    ("湖南湘潭城塘社区", ("湖南省", "湘潭市", None), "城塘社区"),
    ("湖南湘潭市湘潭县城塘社区", ("湖南省", "湘潭市", "湘潭县"), "城塘社区"),
    ("西湖区蒋村花园小区管局农贸市场", (None, None, "西湖区"), "蒋村花园小区管局农贸市场"),
    ("山西长治潞州区山禾路2号", ("山西省", "长治市", "潞州区"), "山禾路2号"),
    ("青海西宁", ("青海省", "西宁市", None), ""),
    ("东兴市北仑大道59号", ("广西壮族自治区", "防城港市", "东兴市"), "北仑大道59号"),
    ("北海市重庆路其仓11号", ("广西壮族自治区", "北海市", None), "重庆路其仓11号"),
    ("海南藏族自治州", ("青海省", "海南藏族自治州", None), ""),
    ("西安交通大学", ("陕西省", "西安市", None), "交通大学"),
    (
        "江西南昌市新建区松湖镇江西省南昌市新建区松湖镇松湖中心小学",
        ("江西省", "南昌市", "新建区"),
        "松湖镇江西省南昌市新建区松湖镇松湖中心小学",
    ),
    ("湖南省长沙市", ("湖南省", "长沙市", None), ""),
    ("莱芜", ("山东省", "济南市", "莱芜区"), ""),
    ("成都市新津县金华镇清云北路2号", ("四川省", "成都市", "新津区"), "金华镇清云北路2号"),
    ("青岛市市南区香港中路18号", ("山东省", "青岛市", "市南区"), "香港中路18号"),
    ("石首市笔架山办事处建设路香港城西街", ("湖北省", "荆州市", "石首市"), "笔架山办事处建设路香港城西街"),
    ("新疆巴音郭楞", ("新疆维吾尔自治区", "巴音郭楞蒙古自治州", None), ""),
    ("内蒙古自治区通辽市科尔沁左翼后旗甘蓝子街98号", ("内蒙古自治区", "通辽市", "科尔沁左翼后旗"), "甘蓝子街98号"),
    ("内蒙古自治区通辽市科尔沁甘蓝子街98号", ("内蒙古自治区", "通辽市", "科尔沁区"), "甘蓝子街98号"),
    ("库尔勒市祥和镇", ("新疆维吾尔自治区", "巴音郭楞蒙古自治州", "库尔勒市"), "祥和镇"),
    # They differ, and why: a zone is no county of GB/T 2260; the table has nothing below Hong Kong and Taiwan.
    ("河北省秦皇岛市经济技术开发区", ("河北省", "秦皇岛市", None), ""),
    ("香港九龙半岛清水湾香港科技大学", ("香港特别行政区", None, None), "九龙半岛清水湾香港科技大学"),
    ("台湾省台北市", ("台湾省", None, None), "台北市"),
    ("台湾省屏东县屏东市太原1路84号", ("台湾省", None, None), "屏东县屏东市太原1路84号"),
    ("徐汇区虹漕路461号58号楼5楼", ("上海市", "上海市", "徐汇区"), "虹漕路461号58号楼5楼"),
    ("泉州市洛江区万安塘西工业区", ("福建省", "泉州市", "洛江区"), "万安塘西工业区"),
    ("北京朝阳区北苑华贸城", ("北京市", "北京市", "朝阳区"), "北苑华贸城"),
    ("浙江杭州市拱墅区祥园路300号", ("浙江省", "杭州市", "拱墅区"), "祥园路300号"),
    ("深圳市宝安区盘山路28号幸福茶庄", ("广东省", "深圳市", "宝安区"), "盘山路28号幸福茶庄"),
    ("福建省福州市福清市石竹街道义明综合楼3F", ("福建省", "福州市", "福清市"), "石竹街道义明综合楼3F"),
]
"""The test cases of jionlp's parse_location, and the examples of cpca, jcpca and two address parsers on npm."""


@pytest.mark.parametrize(("text", "place", "rest"), PUBLISHED)
def test_examples_of_public_parsers(text: str, place: tuple[str | None, ...], rest: str) -> None:
    assert read(text) == (*place, rest)


def counties() -> pl.DataFrame:
    """Counties in force with the names above them, but for those the table holds twice without a city between."""
    table = region.table().filter(pl.col("last_year").is_null() & ~pl.col("code").str.starts_with("83"))
    named = pl.concat([table.select("code"), region.names(table["code"])], how="horizontal").drop_nulls("county")
    direct = pl.col("city").is_null() & ~pl.col("code").str.slice(0, 2).is_in(["11", "12", "31", "50"])
    return named.filter(~(direct & pl.struct("province", "county").is_duplicated()))


@pytest.mark.parametrize("tail", ["", "(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$"])
def test_every_county_of_the_country_is_read_back(tail: str) -> None:
    told = counties()
    assert told.height > 2800
    short = [pl.col(name).str.replace(tail, "") if tail else pl.col(name) for name in ("province", "city")]
    text = told.select(text=pl.concat_str(*short, "county", pl.lit("人民路8号"), ignore_nulls=True))["text"]
    found = prefix.read(text)
    assert found["region_code"].to_list() == told["code"].to_list()
    assert found["county"].to_list() == told["county"].to_list()
    assert text.str.slice(-5).to_list() == pl.select(text.str.slice(found["end"])).to_series().to_list()


def test_every_former_county_of_jiangsu_is_read_as_its_successor() -> None:
    table = region.table().filter(pl.col("code").str.starts_with("32") & pl.col("successor").is_not_null())
    county = table.filter(~pl.col("code").str.ends_with("00") & (pl.col("name").str.len_chars() > 2))
    meant = region.table().filter(pl.col("code").str.starts_with("32"))
    unique = meant.group_by("name").agg(pl.coalesce("successor", "code").n_unique()).filter(pl.col("successor") == 1)
    told = county.filter(pl.col("name").is_in(unique["name"].implode()))
    assert told.height > 100
    found = prefix.read(pl.select("江苏省" + told["name"] + "人民路8号").to_series())
    assert found["region_code"].to_list() == told["successor"].to_list()


def test_null_stays_null_and_nothing_gives_nothing() -> None:
    assert prefix.read(pl.Series([None, "南京市"], dtype=pl.String))["end"].to_list() == [None, 3]
    assert prefix.read(pl.Series([], dtype=pl.String)).height == 0


@settings(max_examples=30)
@given(st.lists(st.one_of(dirty_texts, st.text("江苏省南京市宁区鼓楼0 路")), max_size=5))
def test_any_text_is_read_and_alone_as_in_company(texts: list[str]) -> None:
    together = prefix.read(pl.Series(texts, dtype=pl.String))
    assert all(0 <= end <= len(text) for end, text in zip(together["end"], texts, strict=True))
    alone = [prefix.read(pl.Series([text])).row(0) for text in texts]
    assert together.rows() == alone
