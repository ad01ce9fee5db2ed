"""Rows of the patrol leads, the directory and the do-not-call list."""

import numpy as np
import polars as pl

from connectors.synthetic.business import RELAYS
from connectors.synthetic.calendar_days import BASE_DATE, day_of, stamps
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind, simple_telling
from connectors.synthetic.draw import Ints, chance, digits, join, pick, repeated, where
from connectors.synthetic.homes import make_places
from connectors.synthetic.intermediaries import CHANNEL_CODES
from connectors.synthetic.telling import Interview, tell

_STAFF = [place for place, code in enumerate(CHANNEL_CODES) if code in ("direct", "tele_net")]


def leads(city: City, first: int, size: int) -> Delivery:
    """People met by the e-bike patrol from day ``first`` on: most insure elsewhere, some are customers, some refuse."""
    rng = city.rng("leads")
    party = _met(city, size, rng)
    day = rng.integers(first, city.day + 1, size)
    day[0] = city.day
    told = tell(city, Interview(party, day, "leads told"), city.rates.patrol, ("name", "mobile"))
    vehicle = np.full(city.parties.height, -1)
    vehicle[city.vehicles["owner"].to_numpy()] = np.arange(city.vehicles.height)
    own = vehicle[party]
    foreign = join("苏A", digits(rng.integers(0, 10**5, size), 5))
    plate = where(own >= 0, city.vehicles["plate"].gather(np.maximum(own, 0)), foreign)
    agreed, silent = chance(rng, 0.92, size), chance(rng, 0.5, size)
    frame = pl.DataFrame(
        {
            "流水号": join("X", digits(city.numbered("lead", size), 9)),
            "姓名": told["name"],
            "手机号": told["mobile"],
            "车牌号": where(chance(rng, 0.9, size), plate, None),
            "采集方式": repeated("电动车巡查", size),
            "采集时间": stamps(day, rng.integers(8 * 3600, 21 * 3600, size)),
            "采集地点": make_places(rng, size),
            "巡查小组": join("巡查", digits(rng.integers(1, 9, size), 1), "组"),
            "是否同意": where(agreed, "是", where(silent, None, "否")),
            "用途": where(agreed, "续保报价", None),
            "经营单位": pick(city.units, rng.integers(0, len(city.units), size)),
        }
    )
    known = (frame["手机号"].is_not_null() | frame["车牌号"].is_not_null()).arg_true().to_numpy()
    return Delivery("leads", frame, frame["流水号"], behind(told, "contact", "contact")).take(known)


def _met(city: City, size: int, rng: np.random.Generator) -> Ints:
    """Adults of the city, one in five a customer where there are others."""
    adults = city.adults()
    customer = np.zeros(city.parties.height, dtype=bool)
    for role in ("policyholder", "owner"):
        customer[city.contracts[role].to_numpy()] = True
    ours, others = adults[customer[adults]], adults[~customer[adults]]
    ours, others = (group if len(group) else adults for group in (ours, others))
    is_ours = chance(rng, 0.2, size)
    return np.where(is_ours, ours[rng.integers(0, len(ours), size)], others[rng.integers(0, len(others), size)])


def directory(city: City) -> Delivery:
    """Staff, agents, dealers, repair shops, branches and privacy numbers, as they are tonight."""
    sales, told = city.sales, city.sales_told
    agency = where(sales["agency"] >= 0, city.agencies["code"].gather(sales["agency"].clip(0)), None)
    people = told.select(
        记录号=join("M", sales["code"]),
        名录类别=where(sales["channel"].is_in(_STAFF), "员工", "代理人"),
        工号=sales["code"],
        中介代码=agency,
        姓名="name",
        证件号码="cert_no",
        手机号="mobile",
        固定电话=pl.lit(None, pl.String),
        地址="address",
        经营单位=pick(city.units, sales["unit"].to_numpy()),
        changed_on=sales["changed_on"],
    )
    whole = pl.concat([people, *_businesses(city)], how="diagonal")
    changed_on = whole["changed_on"].fill_null(day_of(BASE_DATE) - 400).to_numpy()
    rest = whole.slice(people.height)
    nobody, none = np.full(rest.height, -1), np.zeros(rest.height, dtype=np.uint64)
    others = simple_telling(city, nobody, none, rest.select(name="姓名", mobile="手机号", address="地址"))
    at = np.arange(people.height, whole.height)
    truth = pl.concat([behind(told, "contact", "contact"), behind(others, "contact", "contact", at)])
    rows = whole.drop("changed_on").with_columns(更新时间=stamps(changed_on, np.full(whole.height, 30_000)))
    return Delivery("directory", rows, rows["记录号"], truth)


def _businesses(city: City) -> list[pl.DataFrame]:
    """Dealers, repair shops, branches and privacy numbers, columns as far as they have them."""
    place = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(4)
    reached = {"姓名": "name", "手机号": "phone", "固定电话": "landline", "地址": "address"}
    at_desk = {name: column for name, column in reached.items() if name != "手机号"}
    dealers = city.agencies.filter(pl.col("channel") == 0)
    return [
        dealers.select(记录号="D" + pl.col("code"), 名录类别=pl.lit("车商"), 中介代码="code", **reached),
        city.shops.select(记录号="R" + place, 名录类别=pl.lit("修理厂"), **reached),
        city.branches.select(记录号="B" + place, 名录类别=pl.lit("网点"), 经营单位="name", **at_desk),
        pl.DataFrame({"手机号": RELAYS}).with_columns(记录号="P" + place, 名录类别=pl.lit("隐私号")),
    ]


def do_not_call(city: City) -> Delivery:
    """Everybody who asked not to be called, tonight's included."""
    rows = city.do_not_call
    at_ten = np.full(rows.height, 36_000)
    frame = rows.select(手机号="number", 登记时间=stamps(rows["day"].to_numpy(), at_ten), 原因="reason")
    none = np.zeros(rows.height, dtype=np.uint64)
    told = simple_telling(city, rows["party"].to_numpy(), none, rows.select(mobile="number"))
    return Delivery("do_not_call", frame, rows["number"], behind(told, "contact", "contact"))


def add_blocked(city: City, numbers: pl.Series, party: Ints, day: Ints, reason: str) -> None:
    """Put numbers on the do-not-call list, each once."""
    new = pl.DataFrame(
        {
            "number": numbers,
            "party": party.astype(np.int64),
            "day": day.astype(np.int64),
            "reason": repeated(reason, len(numbers)),
        }
    )
    both = pl.concat([city.do_not_call, new]) if city.do_not_call.width else new
    city.do_not_call = both.unique("number", keep="first", maintain_order=True)
