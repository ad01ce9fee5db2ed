"""Rows of the verification and SMS feeds: what vendors and gateways say of numbers and documents."""

import numpy as np
import polars as pl

from connectors.synthetic import business, lines
from connectors.synthetic.calendar_days import stamps
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind
from connectors.synthetic.draw import Ints, Mask, chance, digits, join, pick, pick_one, weighted, where
from connectors.synthetic.error_model import BIT, bits_of
from connectors.synthetic.identifiers import carrier
from connectors.synthetic.number_mistakes import excel_number

CHECKS = ("三要素核验", "号码状态", "身份核验")
"""Name, number and phone together; the phone alone; name and number."""
NUMBER_STATUS = {"A": ("1", "0", "2", "4", "3"), "B": ("1", "2", "3", "10", "6")}
"""Vendor -> code for in use, empty, suspended, silent, not in the library."""
MESSAGES = ("车展促销", "满意度调查")


def verifications(city: City, contract: Ints, day: Ints) -> Delivery:
    """A check of the policyholder of each contract on its day, of one of :data:`CHECKS`."""
    rng = city.rng("verifications")
    size = len(contract)
    rows = city.contracts.select(pl.col("policyholder", "policyholder_telling").gather(contract))
    told = city.tellings.select(pl.all().gather(rows["policyholder_telling"]))
    person = (rows["policyholder"] < city.persons).to_numpy()
    kind = np.where(person, weighted(rng, [50, 35, 15], size), 1)
    vendor = pick("AB", rng.integers(0, 2, size))
    reached = lines.reach(city, told["line"], rows["policyholder"].to_numpy())
    name_wrong, cert_wrong = (
        (told["faults"].to_numpy() & np.uint64(bits_of(field))) > 0 for field in ("name", "cert_no")
    )
    answers = (
        _three_factor(reached, name_wrong, cert_wrong, rng),
        _number_status(reached, vendor, rng),
        _identity(name_wrong, cert_wrong, rng),
    )
    lost = chance(rng, city.rates.rows.excel_loss, size) & (kind != 1)
    cert = where(lost, excel_number(told["cert_no"], rng), told["cert_no"])
    lost &= (cert != told["cert_no"]).fill_null(value=False).to_numpy()
    shown = told.select("party", "line", "base_name", "home", "faults", "name", "mobile").with_columns(
        name=where(kind == 1, None, told["name"]),
        cert_no=where(kind == 1, None, cert),
        mobile=where(kind == 2, None, told["mobile"]),
        faults=told["faults"] | pl.Series(np.where(lost, np.uint64(BIT["cert_no:excel"]), np.uint64(0))),
    )
    frame = pl.DataFrame(
        {
            "流水号": join("V", digits(city.numbered("verification", size), 10)),
            "核验类型": pick(CHECKS, kind),
            "姓名": shown["name"],
            "证件号码": shown["cert_no"],
            "手机号": shown["mobile"],
            "核验时间": stamps(day, rng.integers(8 * 3600, 20 * 3600, size)),
            "核验结果": pick_one(kind, answers),
            "供应商": vendor,
        }
    )
    whole = Delivery("verifications", frame, frame["流水号"], behind(shown, "contact", "contact"))
    asked = pl.any_horizontal(pl.col("姓名", "证件号码", "手机号").is_not_null())
    return whole.take(frame.select(asked.arg_true()).to_series().to_numpy())


def _three_factor(reached: lines.Reach, name_wrong: Mask, cert_wrong: Mask, rng: np.random.Generator) -> pl.Series:
    """A line of the family is registered in another name; one in twenty of a person's own is too."""
    draw = rng.random(len(name_wrong))
    own = (reached.who == lines.OWN) & (draw < 0.95) & ~cert_wrong
    unknown = (reached.who == lines.DEAD) | (reached.who == lines.NOTHING) | (draw > 0.985)
    answer = np.select([unknown, own & ~name_wrong, own & name_wrong], [3, 0, 1], 2)
    return pick(("一致", "姓名不一致", "证件不一致", "查无"), answer)


def _number_status(reached: lines.Reach, vendor: pl.Series, rng: np.random.Generator) -> pl.Series:
    draw = rng.random(len(vendor))
    empty = (reached.who == lines.DEAD) | (reached.who == lines.NOTHING)
    state = np.select([draw > 0.97, reached.suspended, empty, draw > 0.94], [4, 2, 1, 3], 0)
    return where(vendor == "A", pick(NUMBER_STATUS["A"], state), pick(NUMBER_STATUS["B"], state))


def _identity(name_wrong: Mask, cert_wrong: Mask, rng: np.random.Generator) -> pl.Series:
    draw = rng.random(len(name_wrong))
    states = [draw > 0.98, draw > 0.977, cert_wrong & (draw < 0.5), name_wrong | cert_wrong]
    return pick(("一致", "不一致", "库中无此号", "注销"), np.select(states, [2, 3, 2, 1], 0))


def sms(city: City, contract: Ints, day: Ints) -> Delivery:
    """Campaign and satisfaction messages to policyholders with a mobile, with the gateway's report or the reply."""
    rng = city.rng("sms")
    told = city.tellings.select(pl.all().gather(city.contracts["policyholder_telling"].gather(contract)))
    at = told["line"].str.contains("^1[3-9][0-9]{9}$").fill_null(value=False).arg_true()
    told, size = told.select(pl.all().gather(at)), len(at)
    kind = weighted(rng, [60, 40], size)
    network = carrier(told["line"]).fill_null("CMCC").replace({"CBN": "CMCC", "MVNO": "CUCC"})
    frame = pl.DataFrame(
        {
            "流水号": join("S", digits(city.numbered("sms", size), 10)),
            "手机号": told["line"],
            "短信类型": pick(MESSAGES, kind),
            "发送时间": stamps(day[at.to_numpy()], rng.integers(9 * 3600, 20 * 3600, size), "%Y%m%d%H%M%S"),
            "回执代码": _receipts(city, told, kind, network, rng),
            "服务商": network,
        }
    )
    truth = behind(told.select("party", "line", "base_name", "home", "faults", mobile="line"), "contact", "contact")
    return Delivery("sms", frame, frame["流水号"], truth)


def _receipts(city: City, told: pl.DataFrame, kind: Ints, network: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The gateway's code, or what the customer replied; an empty number has another code with every carrier."""
    reached = lines.reach(city, told["line"], told["party"].to_numpy())
    draw = rng.random(told.height)
    satisfied, dissatisfied = (kind == 1) & (draw < 0.3), (kind == 1) & (draw < 0.31)
    reply = np.select([draw < 0.02, satisfied, dissatisfied], [4, 5, 6], 0)
    answered = (reached.who == lines.OWN) | (reached.who == lines.FAMILY)
    states = [reached.who == lines.DEAD, reached.suspended, draw > 0.95, answered]
    state = np.select(states, [1, 2, 3, reply], 0)
    words = ("DELIVRD", "", "", "EXPIRED", business.SMS_UNSUBSCRIBED, "REPLY:1", "REPLY:3")
    empty, suspended = network.replace(business.SMS_EMPTY), network.replace(business.SMS_SUSPENDED)
    return where(state == 1, empty, where(state == 2, suspended, pick(words, state)))


def unsubscribed(report: Delivery) -> pl.Series:
    """Numbers that asked not to be written to any more."""
    asked = report.rows.filter(pl.col("回执代码") == business.SMS_UNSUBSCRIBED)
    return asked["手机号"].unique(maintain_order=True)
