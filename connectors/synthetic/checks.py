"""Rows of the small feeds: vendors' verifications, SMS reports, patrol leads, the directory, the do-not-call list."""

import numpy as np
import polars as pl

from connectors.synthetic import lines
from connectors.synthetic.business import (
    RELAYS, SMS_DELIVERED, SMS_DISSATISFIED, SMS_EMPTY, SMS_OFF, SMS_SATISFIED, SMS_SUSPENDED, SMS_UNSUBSCRIBED,
)  # fmt: skip
from connectors.synthetic.calendar_days import BASE_DATE, day_of, moments
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind, simple_telling
from connectors.synthetic.draw import Ints, chance, digits, join, pick, weighted, where
from connectors.synthetic.error_model import BIT, bits_of
from connectors.synthetic.homes import make_places
from connectors.synthetic.intermediaries import CHANNEL_CODES
from connectors.synthetic.mistakes import excel_number
from connectors.synthetic.identifiers import carrier
from connectors.synthetic.telling import tell

THREE_FACTOR, NUMBER_STATUS, IDENTITY = "三要素核验", "号码状态", "身份核验"
_NUMBER_STATUS = {"A": ("1", "0", "2", "4", "3"), "B": ("1", "2", "3", "10", "6")}
"""Vendor -> code for in use, empty, suspended, silent, not in the library."""


def verifications(city: City, contract: Ints, day: Ints) -> Delivery:
    """Checks of the policyholders of contracts: name, number and phone; the phone alone; name and number."""
    rng = city.rng("verifications")
    size = len(contract)
    rows = city.contracts.select(pl.col("policyholder", "policyholder_telling").gather(contract))
    party = rows["policyholder"].to_numpy()
    told = city.tellings.select(pl.all().gather(rows["policyholder_telling"]))
    kind = np.where(party < city.persons, weighted(rng, [50, 35, 15], size), 1)
    vendor = pick("AB", rng.integers(0, 2, size))
    who = lines.reach(city, told["line"], party)
    name_wrong, cert_wrong = (
        ((told["faults"].to_numpy() & np.uint64(bits_of(field))) > 0) for field in ("name", "cert_no")
    )
    answers = (
        _three_factor(who, name_wrong, cert_wrong, rng),
        _number_status(who, vendor, rng),
        _identity(name_wrong, cert_wrong, rng),
    )
    result = pl.select(
        pl.coalesce(pl.when(pl.Series(kind) == place).then(answer) for place, answer in enumerate(answers))
    ).to_series()
    excel = chance(rng, city.rates.vendor.cert_excel, size)
    cert = where(excel, excel_number(told["cert_no"], rng), told["cert_no"])
    lost = (cert != told["cert_no"]).fill_null(value=False)
    by_phone, by_name = pl.Series(kind == 1), pl.Series(kind == 2)
    cert, name, mobile = (
        where(by_phone, None, cert),
        where(by_phone, None, told["name"]),
        where(by_name, None, told["mobile"]),
    )
    faults = where_bits(told["faults"], lost & ~by_phone, "cert_no:excel")
    key = join("V", digits(city.numbered("verification", size), 10))
    frame = pl.DataFrame(
        {
            "流水号": key,
            "核验类型": pick((THREE_FACTOR, NUMBER_STATUS, IDENTITY), kind),
            "姓名": name,
            "证件号码": cert,
            "手机号": mobile,
            "核验时间": moments(day, rng.integers(8 * 3600, 20 * 3600, size)).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "核验结果": result,
            "供应商": vendor,
        }
    )
    shown = told.select("party", "line", "base_name", "home").with_columns(
        name=name, cert_no=cert, mobile=mobile, faults=faults
    )
    usable = pl.any_horizontal(pl.col("姓名", "证件号码", "手机号").is_not_null())
    return Delivery("verifications", frame, key, behind(shown, "contact", "contact")).take(
        frame.select(usable.arg_true()).to_series().to_numpy()
    )


def where_bits(faults: pl.Series, mask: pl.Series, cause: str) -> pl.Series:
    """``faults`` with ``cause`` added where ``mask``."""
    return faults | pl.Series(np.where(mask.to_numpy(), np.uint64(BIT[cause]), np.uint64(0)))


def _three_factor(who: lines.Reach, name_wrong: Ints, cert_wrong: Ints, rng: np.random.Generator) -> pl.Series:
    """A line of the family is registered in another name; one in twenty of a person's own is too."""
    draw = rng.random(len(name_wrong))
    own = (who.who == lines.OWN) & (draw < 0.95)
    none = (who.who == lines.DEAD) | (who.who == lines.NOTHING) | (draw > 0.985)
    words = np.select([none, own & ~name_wrong & ~cert_wrong, own & name_wrong & ~cert_wrong], [3, 0, 1], 2)
    return pick(("一致", "姓名不一致", "证件不一致", "查无"), words)


def _number_status(who: lines.Reach, vendor: pl.Series, rng: np.random.Generator) -> pl.Series:
    draw = rng.random(len(vendor))
    state = np.select(
        [draw > 0.97, who.suspended, (who.who == lines.DEAD) | (who.who == lines.NOTHING), draw > 0.94], [4, 2, 1, 3], 0
    )
    return where(vendor == "A", pick(_NUMBER_STATUS["A"], state), pick(_NUMBER_STATUS["B"], state))


def _identity(name_wrong: Ints, cert_wrong: Ints, rng: np.random.Generator) -> pl.Series:
    draw = rng.random(len(name_wrong))
    return pick(
        ("一致", "不一致", "库中无此号", "注销"),
        np.select([draw > 0.98, draw > 0.977, cert_wrong & (draw < 0.5), name_wrong | cert_wrong], [2, 3, 2, 1], 0),
    )


def sms(city: City, contract: Ints, day: Ints) -> Delivery:
    """Campaign and satisfaction messages to policyholders, with the gateway's report or the reply."""
    rng = city.rng("sms")
    told = city.tellings.select(pl.all().gather(city.contracts["policyholder_telling"].gather(contract)))
    mobile = told["line"].str.contains("^1[3-9][0-9]{9}$").fill_null(value=False)
    at = mobile.arg_true().to_numpy()
    told, day, size = told.select(pl.all().gather(at)), day[at], len(at)
    who = lines.reach(city, told["line"], told["party"].to_numpy())
    kind = weighted(rng, [60, 40], size)
    network = carrier(told["line"]).fill_null("CMCC").replace({"CBN": "CMCC", "MVNO": "CUCC"})
    draw = rng.random(size)
    reply = np.select([draw < 0.02, (kind == 1) & (draw < 0.3), (kind == 1) & (draw < 0.31)], [4, 5, 6], 0)
    answered = (who.who == lines.OWN) | (who.who == lines.FAMILY)
    state = np.select([who.who == lines.DEAD, who.suspended, draw > 0.95, answered], [1, 2, 3, reply], 0)
    words = (SMS_DELIVERED, None, None, SMS_OFF, SMS_UNSUBSCRIBED, SMS_SATISFIED, SMS_DISSATISFIED)
    result = pl.Series([word or "" for word in words]).gather(state)
    result = where(state == 1, network.replace(SMS_EMPTY), where(state == 2, network.replace(SMS_SUSPENDED), result))
    key = join("S", digits(city.numbered("sms", size), 10))
    frame = pl.DataFrame(
        {
            "流水号": key,
            "手机号": told["line"],
            "短信类型": pick(("车展促销", "满意度调查"), kind),
            "发送时间": moments(day, rng.integers(9 * 3600, 20 * 3600, size)).dt.strftime("%Y%m%d%H%M%S"),
            "回执代码": result,
            "服务商": network,
        }
    )
    return Delivery(
        "sms",
        frame,
        key,
        behind(told.select("party", "line", "base_name", "home", "faults", mobile="line"), "contact", "contact"),
    )


def unsubscribed(report: Delivery) -> pl.Series:
    """Numbers that asked not to be written to any more."""
    return report.rows.filter(pl.col("回执代码") == SMS_UNSUBSCRIBED)["手机号"].unique(maintain_order=True)


def leads(city: City, first: int, size: int) -> Delivery:
    """People met by the e-bike patrol: most insure elsewhere, some are customers, some did not agree to be written down."""
    rng = city.rng("leads")
    adults = city.adults()
    customer = np.zeros(city.parties.height, dtype=bool)
    customer[city.contracts["policyholder"].to_numpy()] = True
    customer[city.contracts["owner"].to_numpy()] = True
    ours, others = adults[customer[adults]], adults[~customer[adults]]
    is_ours = chance(rng, 0.2, size) | (len(others) == 0)
    party = np.where(
        is_ours,
        ours[rng.integers(0, len(ours), size)],
        others[rng.integers(0, max(1, len(others)), size)] if len(others) else 0,
    )
    day = rng.integers(first, city.day + 1, size)
    day[0] = city.day
    told = tell(city, party, day, city.rates.patrol, "leads told", ["name", "mobile"])
    vehicle = np.full(city.parties.height, -1)
    vehicle[city.vehicles["owner"].to_numpy()] = np.arange(city.vehicles.height)
    own = vehicle[party]
    foreign = join("苏A", digits(rng.integers(0, 10**5, size), 5))
    plate = where(own >= 0, city.vehicles["plate"].gather(np.maximum(own, 0)), foreign)
    agreed = chance(rng, 0.92, size)
    key = join("X", digits(city.numbered("lead", size), 9))
    frame = pl.DataFrame(
        {
            "流水号": key,
            "姓名": told["name"],
            "手机号": told["mobile"],
            "车牌号": where(chance(rng, 0.9, size), plate, None),
            "采集方式": pl.Series(["电动车巡查"], dtype=pl.String).new_from_index(0, size),
            "采集时间": moments(day, rng.integers(8 * 3600, 21 * 3600, size)).dt.strftime("%Y-%m-%d %H:%M:%S"),
            "采集地点": make_places(rng, size),
            "巡查小组": join("巡查", digits(rng.integers(1, 9, size), 1), "组"),
            "是否同意": where(agreed, "是", where(chance(rng, 0.5, size), "否", None)),
            "用途": where(agreed, "续保报价", None),
            "经营单位": pick(city.units, rng.integers(0, len(city.units), size)),
        }
    )
    return Delivery("leads", frame, key, behind(told, "contact", "contact")).take(
        np.flatnonzero(told["mobile"].is_not_null() | frame["车牌号"].is_not_null())
    )


def directory(city: City) -> Delivery:
    """Staff, agents, dealers, repair shops, branches and privacy numbers, as they are tonight."""
    active = (city.sales["left_on"] > city.day).arg_true()
    sales = city.sales.select(pl.all().gather(active))
    told = city.sales_told.select(pl.all().gather(active))
    direct = sales["channel"].is_in(
        [place for place, code in enumerate(CHANNEL_CODES) if code in ("direct", "tele_net")]
    )
    people = told.select(
        姓名="name", 证件号码="cert_no", 手机号="mobile", 地址="address", 记录号=join("M", sales["code"]), 名录类别=where(direct, "员工", "代理人"),
        工号=sales["code"], 经营单位=pick(city.units, sales["unit"].to_numpy()), _changed_on=sales["changed_on"],
        中介代码=where(sales["agency"] >= 0, city.agencies["code"].gather(sales["agency"].clip(0)), None),
    )  # fmt: skip
    dealers = city.agencies.filter(pl.col("channel") == 0).select(
        记录号=pl.lit("D") + pl.col("code"),
        名录类别=pl.lit("车商"),
        中介代码="code",
        姓名="name",
        手机号="phone",
        固定电话="landline",
        地址="address",
    )
    place = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(4)
    shops = city.shops.select(
        记录号="R" + place, 名录类别=pl.lit("修理厂"), 姓名="name", 手机号="phone", 固定电话="landline", 地址="address"
    )
    branches = city.branches.select(
        记录号="B" + place, 名录类别=pl.lit("网点"), 姓名="name", 固定电话="landline", 地址="address", 经营单位="name"
    )
    relays = pl.DataFrame({"手机号": RELAYS}).with_columns(记录号="P" + place, 名录类别=pl.lit("隐私号"))
    order = ["记录号", "名录类别", "工号", "中介代码", "姓名", "证件号码", "手机号", "固定电话", "地址", "经营单位"]
    whole = pl.concat([people, dealers, shops, branches, relays], how="diagonal")
    changed_on = whole["_changed_on"].fill_null(day_of(BASE_DATE) - 400).to_numpy()
    when = moments(changed_on, np.full(whole.height, 30_000)).dt.strftime("%Y-%m-%d %H:%M:%S")
    rest = whole.slice(people.height)
    nobody = simple_telling(city, np.full(rest.height, -1), name=rest["姓名"], mobile=rest["手机号"])
    truth = [
        behind(told, "contact", "contact"),
        behind(nobody, "contact", "contact", np.arange(people.height, whole.height)),
    ]
    return Delivery("directory", whole.select(order).with_columns(更新时间=when), whole["记录号"], pl.concat(truth))


def do_not_call(city: City) -> Delivery:
    """Everybody who asked not to be called, tonight's included."""
    rows = city.do_not_call
    frame = rows.select(
        手机号="number",
        登记时间=moments(rows["day"].to_numpy(), np.full(rows.height, 36_000)).dt.strftime("%Y-%m-%d %H:%M:%S"),
        原因="reason",
    )
    told = simple_telling(city, rows["party"].to_numpy(), mobile=rows["number"])
    return Delivery("do_not_call", frame, rows["number"], behind(told, "contact", "contact"))


def add_blocked(city: City, numbers: pl.Series, party: Ints, day: Ints, reason: str) -> None:
    """Put numbers on the do-not-call list, each once."""
    size = len(numbers)
    new = pl.DataFrame(
        {
            "number": numbers,
            "party": party.astype(np.int64),
            "day": day.astype(np.int64),
            "reason": pick((reason,), np.zeros(size, int)),
        }
    )
    both = pl.concat([city.do_not_call, new]) if city.do_not_call.height else new
    city.do_not_call = both.unique("number", keep="first", maintain_order=True)
