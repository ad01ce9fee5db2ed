"""Rows of the WeChat feed: bindings, claims and rescues of followers, some delivered more than once."""

import numpy as np
import polars as pl

from connectors.synthetic import mistakes, names
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind, simple_telling
from connectors.synthetic.draw import Ints, chance, digits, fraction, join, pick, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.policies import policy_numbers

EVENTS = ("bind", "claim", "rescue", "getPhoneNumber", "subscribe")
_ACCOUNT = "gh_5ca1ab1e0000"
_APP = "wx0000000000000000"


def wechat(city: City, binders: Ints, bind_day: Ints, users: Ints, user_day: Ints) -> Delivery:
    """A binding of each of ``binders`` on its day, and a later event of each of ``users``; some events come twice or thrice."""
    rng = city.rng("wechat")
    party, day = np.concatenate([binders, users]), np.concatenate([bind_day, user_day])
    size = len(party)
    later = weighted(rng, [4, 3, 2, 2], size) + 1
    event = np.where(np.arange(size) < len(binders), 0, later)
    second = rng.integers(7 * 3600, 23 * 3600, size)
    then = city.parties.select(pl.all().gather(party)).with_columns(_day=pl.Series(day))
    own = then.select(pl.when(pl.col("_day") < pl.col("mobile_changed_on")).then(pl.coalesce("former_mobile", "mobile")).otherwise("mobile"))
    relative = city.parties["mobile"].gather(then["family"].clip(0))
    by_family = pl.Series(chance(rng, city.rates.wechat.mobile_family, size)) & (then["family"] >= 0) & (relative != own.to_series())
    mobile = where(pl.Series(event == 4), None, where(by_family, relative, own.to_series()))
    nickname, named = nicknames(city, party)
    lost = pl.Series(chance(rng, city.rates.rows.emoji_lost, size))
    nickname = where(lost, nickname.str.replace_all(r"[^\p{Han}\w .?]", "?"), nickname)
    contract = _contract_of(city, party)
    bound = pl.Series((contract >= 0) & chance(rng, np.where(event == 0, 0.75, np.where(event < 3, 0.6, 0.0)), size))
    rows = city.contracts.select(pl.all().gather(np.maximum(contract, 0)))
    policy = where(bound & pl.Series(chance(rng, 0.5, size)), policy_numbers(rows, pl.Series(np.zeros(size, dtype=bool))), None)
    plate = where(bound, city.vehicles["plate"].gather(rows["vehicle"]), None)
    resident = pl.Series((event == 0) & chance(rng, 0.2, size)) & (then["cert_type"] == "RIC")
    cert = where(resident, mistakes.masked_cert(then["cert_no"], rng), None)
    faults = named | np.where(by_family.to_numpy(), BIT["mobile:family"], 0)
    faults |= np.where(resident.to_numpy(), BIT["cert_no:masked"], 0)
    told = simple_telling(city, party, name=nickname, mobile=mobile, faults=pl.Series(faults.astype(np.uint64)), cert_no=cert)
    key = digits(city.numbered("message", size) + 7_300_000_000_000_000, 16)
    created = day * 86_400 + second - 8 * 3600  # WeChat counts in UTC, the insurer lives in UTC+8
    frame = pl.DataFrame(
        {"MsgId": key, "FromUserName": then["openid"], "CreateTime": created, "Event": pick(EVENTS, event), "nickname": nickname, "unionid": then["unionid"]}
    ).with_columns(mobile=mobile, plate=plate, policy_no=policy, cert_no=cert)
    whole = Delivery("wechat", frame, key, behind(told, "contact", "contact"))
    return whole.take(_repeated(rng, size, city.rates.rows.wechat_repeated, created))


def _repeated(rng: np.random.Generator, size: int, share: float, created: Ints) -> Ints:
    """Rows in the order of their time; an event that was not answered in time comes again, up to three times."""
    order = np.argsort(created, kind="stable")
    times = 1 + chance(rng, share, size).astype(int) + chance(rng, share / 2, size).astype(int)
    return np.repeat(order, times[order])


def nicknames(city: City, party: Ints) -> tuple[pl.Series, Ints]:
    """What followers call themselves, the same every time, and the fault in it (0 for the real name)."""
    kind, word, mark, form = (fraction(party * 5 + salt) for salt in (1, 2, 3, 4))
    who = city.parties.select(pl.col("name", "surname", "male").gather(party))
    words = pick(names.NICKNAME_WORDS, (word * len(names.NICKNAME_WORDS)).astype(int))
    emoji = pick(names.EMOJI, (mark * len(names.EMOJI)).astype(int))
    men = pick(names.TITLES_MALE, (mark * len(names.TITLES_MALE)).astype(int))
    women = pick(names.TITLES_FEMALE, (mark * len(names.TITLES_FEMALE)).astype(int))
    title = join(who["surname"], where(who["male"], men, women))
    last = who["name"].str.tail(1)
    pet = join(where(pl.Series(word < 0.5), "小", "阿"), last, where(pl.Series(mark < 0.5), emoji, ""))
    nick = pick_one(np.searchsorted([0.25, 0.4, 0.7], form), (pet, join(last, last, emoji), words, join(words, emoji)))
    rates = city.rates.wechat
    chosen = np.searchsorted(np.cumsum([rates.nickname, rates.name_title]), kind, side="right")
    fault = np.array([BIT["name:nickname"], BIT["name:title"], 0])[chosen]
    return pick_one(chosen, (nick, title, who["name"])), fault


def pick_one(chosen: Ints, forms: tuple[pl.Series, ...]) -> pl.Series:
    """The form each row has chosen."""
    return pl.select(pl.coalesce(pl.when(pl.Series(chosen) == place).then(form) for place, form in enumerate(forms))).to_series()


def _contract_of(city: City, party: Ints) -> Ints:
    """The newest contract of which each party is owner or policyholder; -1 for none."""
    newest = np.full(city.parties.height, -1)
    everyone = np.arange(city.contracts.height)
    for role in ("owner", "policyholder"):
        newest[city.contracts[role].to_numpy()] = everyone
    return newest[party]


def json_lines(rows: pl.DataFrame) -> pl.Series:
    """The payloads as JSON text, one a line; what an event does not have is left out."""
    head = _filled(
        '{"MsgId":"@","ToUserName":"' + _ACCOUNT + '","FromUserName":"@","CreateTime":@,"MsgType":"event","Event":"@","nickname":"@","unionid":"@"',
        "MsgId", "FromUserName", "CreateTime", "Event", "nickname", "unionid",
    )  # fmt: skip
    phone = _filled(
        ',"phone_info":{"phoneNumber":"@","purePhoneNumber":"@","countryCode":"86","watermark":{"timestamp":@,"appid":"' + _APP + '"}}',
        "mobile", "mobile", "CreateTime",
    )  # fmt: skip
    optional = [phone, *(_filled(f',"{name}":"@"', name) for name in ("plate", "policy_no", "cert_no"))]
    return rows.select(pl.concat_str([head, *(part.fill_null("") for part in optional), pl.lit("}")])).to_series()


def _filled(template: str, *columns: str) -> pl.Expr:
    """``template`` with each @ replaced by a column; null where one is null."""
    first, *pieces = template.split("@")
    filled: list[pl.Expr] = [pl.lit(first)]
    for column, piece in zip(columns, pieces, strict=True):
        filled += [pl.col(column).cast(pl.String), pl.lit(piece)]
    return pl.concat_str(filled)
