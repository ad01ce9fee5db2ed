"""Rows of the underwriting feed: one per policy, its parties side by side."""

import numpy as np
import polars as pl

from connectors.synthetic.calendar_days import LONG_TERM, as_dates, stamps, text_of
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind, simple_telling
from connectors.synthetic.draw import Ints, chance, digits, fraction, pick, repeated, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.intermediaries import CHANNEL_WORDS
from connectors.synthetic.planting import UNKNOWN_TYPE
from connectors.synthetic.policies import ROLES, policy_numbers

CERT_CODES = {
    "RIC": "01",
    "MIL": "04",
    "PASSPORT_CN": "07",
    "TW_PERMIT": "42",
    "HM_PERMIT": "43",
    "PASSPORT_X": "51",
    "FPR": "53",
    "ORG": "71",
    "USCC": "73",
    "HMT_RESIDENCE": "港澳台居民居住证",
    UNKNOWN_TYPE: "0l",
}
"""Canonical document type -> code of the underwriting system, which has none for the residence permit."""

_ROLE_WORDS = {"policyholder": "投保人", "insured": "被保险人", "owner": "车主"}
_FIELD_WORDS = {
    "customer_type": "客户类型",
    "name": "姓名",
    "cert_type": "证件类型",
    "cert_no": "证件号码",
    "cert_from": "证件有效期起",
    "cert_to": "证件有效期止",
    "gender": "性别",
    "born": "出生日期",
    "nationality": "国籍",
    "occupation": "职业",
    "mobile": "手机号",
    "landline": "固定电话",
    "email": "电子邮箱",
    "address": "地址",
    "region_code": "区划代码",
    "postcode": "邮编",
    "legal_representative": "法定代表人",
    "contact_name": "经办人",
    "contact_phone": "经办人电话",
}
_TOLD_OF = {
    "policyholder": tuple(_FIELD_WORDS),
    "insured": ("customer_type", "name", "cert_type", "cert_no", "gender", "born", "mobile", "address"),
    "owner": ("customer_type", "name", "cert_type", "cert_no", "mobile", "address"),
}


def underwriting(city: City, contract: Ints, operation: str) -> Delivery:
    """One or two rows (compulsory, and commercial where there is one) for each of the contracts at ``contract``."""
    rng = city.rng("underwriting " + operation)
    both = contract[city.contracts["commercial"].gather(contract).to_numpy()]
    place = np.concatenate([contract, both])
    commercial = np.arange(len(place)) >= len(contract)
    order = np.lexsort((commercial, place))
    place, commercial = place[order], commercial[order]
    rows = city.contracts.select(pl.all().gather(place))
    key = policy_numbers(rows, pl.Series(commercial)).alias("保单号")
    broken = chance(rng, city.rates.rows.row_embedded_delimiter, len(place))
    faults = rows["row_faults"] | pl.Series(np.where(broken, np.uint64(BIT["row:embedded_delimiter"]), np.uint64(0)))
    told = {role: city.tellings.select(pl.all().gather(rows[f"{role}_telling"])) for role in ROLES}
    payer = _payers(city, rows)
    frame = pl.DataFrame(
        [
            key,
            repeated(operation, len(place)).alias("操作类型"),
            stamps(rows["told_on"].to_numpy(), rows["second"].to_numpy()).alias("更新时间"),
            *(column for role in ROLES for column in _party(told[role], role)),
            *_paid(city, payer, told["policyholder"]["base_name"]),
            *_vehicle(city, rows),
            *_business(city, rows, commercial),
        ]
    )
    split = pl.concat_str(pl.col("投保人地址").fill_null(""), pl.lit("|东侧"))
    frame = frame.with_columns(投保人地址=pl.when(pl.Series(broken)).then(split).otherwise("投保人地址"))
    truth = [behind(told[role], role, role, more=faults) for role in ROLES] + [_behind_payer(city, frame, payer)]
    return Delivery("underwriting", frame, key, pl.concat(truth).sort("row", maintain_order=True))


def _party(told: pl.DataFrame, role: str) -> list[pl.Series]:
    """The columns of one party, padded and coded as the system does."""
    columns = []
    for name in _TOLD_OF[role]:
        values = told[name]
        if name in ("cert_from", "cert_to", "born"):
            values = _day(values)
        elif name == "cert_type":
            values = values.replace_strict(CERT_CODES, default=None, return_dtype=pl.String)
        elif name == "cert_no":
            values = values.str.pad_end(20)
        columns.append(values.alias(_ROLE_WORDS[role] + _FIELD_WORDS[name]))
    return columns


def _day(days: pl.Series) -> pl.Series:
    """20350302, 99991231 for long-term."""
    plain = pl.select(pl.when(days != LONG_TERM).then(days).cast(pl.Int32).cast(pl.Date)).to_series()
    return where((days == LONG_TERM).fill_null(value=False), "99991231", plain.dt.strftime("%Y%m%d"))


def _payers(city: City, rows: pl.DataFrame) -> Ints:
    """Who paid when it was not the policyholder: the seller for some of the tempted, or one of the family; else -1."""
    seller = city.sales.select(pl.col("person", "temptation").gather(rows["seller"]))
    steady = fraction(rows["number"].to_numpy() * 31 + 7)  # stays with the contract however often it is told
    by_seller = steady < 0.01 * seller["temptation"].to_numpy()
    relative = city.parties["family"].gather(rows["policyholder"]).to_numpy()
    by_family = (steady > 0.97) & (relative >= 0)
    return np.where(by_seller, seller["person"].to_numpy(), np.where(by_family, relative, -1))


def _paid(city: City, payer: Ints, policyholder: pl.Series) -> list[pl.Series]:
    someone = pl.Series(payer >= 0)
    who = city.parties.select(pl.col("name", "mobile").gather(np.maximum(payer, 0)))
    return [
        where(someone, who["name"], None).alias("缴费人姓名"),
        where(someone, who["mobile"], None).alias("缴费人手机号"),
        where(someone, who["name"], policyholder).alias("缴费账户名"),
    ]


def _behind_payer(city: City, frame: pl.DataFrame, payer: Ints) -> pl.DataFrame:
    at = np.flatnonzero(payer >= 0)
    columns = frame.select(name=pl.col("缴费人姓名").gather(at), mobile=pl.col("缴费人手机号").gather(at))
    told = simple_telling(city, payer[at], np.zeros(len(at), dtype=np.uint64), columns)
    return behind(told, "payer", "payer", at)


def _vehicle(city: City, rows: pl.DataFrame) -> list[pl.Series]:
    cars = city.vehicles.select(pl.all().gather(rows["vehicle"]))
    return [
        rows["told_plate"].str.pad_end(10).alias("车牌号"),
        cars["plate_type"].alias("号牌种类"),
        rows["told_vin"].alias("车架号"),
        rows["told_engine"].alias("发动机号"),
        cars["kind"].alias("车辆种类"),
        cars["use"].alias("使用性质"),
        text_of(as_dates(cars["registered_on"].to_numpy())).alias("初登日期"),
    ]


def _business(city: City, rows: pl.DataFrame, commercial: Ints) -> list[pl.Series]:
    sales = city.sales.select(pl.all().gather(rows["seller"]))
    agency = where(sales["agency"] >= 0, city.agencies["code"].gather(sales["agency"].clip(0)), None)
    cover = rows["cover_from"].to_numpy()
    fen = pl.Series(np.where(commercial, rows["commercial_premium"], rows["premium"]))
    return [
        rows["same_flag"].alias("投被保人同一标志"),
        rows["relation"].alias("被保险人与投保人关系"),
        pick(CHANNEL_WORDS, sales["channel"].to_numpy()).alias("渠道"),
        pick(city.units, sales["unit"].to_numpy()).alias("经营单位"),
        agency.alias("中介代码"),
        sales["code"].alias("业务员代码"),
        sales["team"].alias("团队"),
        text_of(as_dates(rows["issued"].to_numpy())).alias("签单日期"),
        text_of(as_dates(cover)).alias("起保日期"),
        text_of(as_dates(cover + 364)).alias("终保日期"),
        rows["status"].alias("保单状态"),
        where(commercial, "商业险", "交强险").alias("险种"),
        ((fen // 100).cast(pl.String) + "." + digits(fen % 100, 2)).alias("保费"),
        where(rows["sms"], "Y", "N").alias("短信验证标志"),
    ]
