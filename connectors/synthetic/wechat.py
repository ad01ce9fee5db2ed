"""Rows of the WeChat feed: bindings, claims and rescues of followers, some delivered more than once."""

import numpy as np
import polars as pl

from connectors.synthetic import names, number_mistakes
from connectors.synthetic.city import City
from connectors.synthetic.delivery import Delivery, behind, simple_telling
from connectors.synthetic.draw import Ints, chance, digits, fraction, join, pick, pick_one, weighted, where
from connectors.synthetic.error_model import BIT
from connectors.synthetic.policies import policy_numbers

EVENTS = ("bind", "claim", "rescue", "getPhoneNumber", "subscribe")
_SUBSCRIBE = EVENTS.index("subscribe")
_ACCOUNT = "gh_5ca1ab1e0000"
_APP = "wx0000000000000000"
_UTC_OFFSET = 8 * 3600


def wechat(city: City, binders: Ints, bind_day: Ints, users: Ints, user_day: Ints) -> Delivery:
    """A binding of each of ``binders`` on its day, and a later event of each of ``users``; some come twice or thrice."""
    rng = city.rng("wechat")
    party, day = np.concatenate([binders, users]), np.concatenate([bind_day, user_day])
    size = len(party)
    later = weighted(rng, [4, 3, 2, 2], size) + 1
    event = np.where(np.arange(size) < len(binders), 0, later)
    who = city.parties.select(pl.col("openid", "unionid").gather(party))
    nickname, named = nicknames(city, party)
    lost = chance(rng, city.rates.wechat.emoji_lost, size)
    mobile, by_family = _mobiles(city, party, day, rng)
    cert = _masked(city, party, (event == 0) & chance(rng, 0.2, size), rng)
    faults = named | np.where(by_family, BIT["mobile:family"], 0)
    faults |= np.where(cert.is_not_null().to_numpy(), BIT["cert_no:masked"], 0)
    frame = pl.DataFrame(
        {
            "MsgId": digits(city.numbered("message", size) + 7_300_000_000_000_000, 16),
            "FromUserName": who["openid"],
            "CreateTime": day * 86_400 + rng.integers(7 * 3600, 23 * 3600, size) - _UTC_OFFSET,
            "Event": pick(EVENTS, event),
            "nickname": where(lost, nickname.str.replace_all(r"[^\p{Han}\w .?]", "?"), nickname),
            "unionid": who["unionid"],
            "mobile": where(event == _SUBSCRIBE, None, mobile),
            "cert_no": cert,
        }
    ).with_columns(_bound(city, party, event, rng))
    told = simple_telling(city, party, faults, frame.select("mobile", "cert_no", name="nickname"))
    whole = Delivery("wechat", frame, frame["MsgId"], behind(told, "contact", "contact"))
    return whole.take(_delivered(rng, city.rates.wechat.repeated, frame["CreateTime"].to_numpy()))


def _delivered(rng: np.random.Generator, share: float, created: Ints) -> Ints:
    """Rows in the order of their time; an event that was not answered in time comes again, up to three times."""
    order = np.argsort(created, kind="stable")
    times = 1 + chance(rng, share, len(order)).astype(int) + chance(rng, share / 2, len(order)).astype(int)
    return np.repeat(order, times[order])


def _mobiles(city: City, party: Ints, day: Ints, rng: np.random.Generator) -> tuple[pl.Series, Ints]:
    """The number that WeChat knows each follower by on the day: his own, now and then one of the family's."""
    then = city.parties.select(pl.col("mobile", "former_mobile", "mobile_changed_on", "family").gather(party))
    before = pl.Series(day) < then["mobile_changed_on"]
    own = where(before & then["former_mobile"].is_not_null(), then["former_mobile"], then["mobile"])
    relative = city.parties["mobile"].gather(then["family"].clip(0))
    other = (then["family"] >= 0) & (relative != own)
    by_family = pl.Series(chance(rng, city.rates.wechat.family_phone, len(party))) & other
    return where(by_family, relative, own), by_family.to_numpy()


def _masked(city: City, party: Ints, asked: Ints, rng: np.random.Generator) -> pl.Series:
    """The resident id with its middle hidden, where it was asked for."""
    who = city.parties.select(pl.col("cert_no", "cert_type").gather(party))
    resident = (who["cert_type"] == "RIC") & pl.Series(asked)
    return where(resident, number_mistakes.masked_cert(who["cert_no"], rng), None)


def _bound(city: City, party: Ints, event: Ints, rng: np.random.Generator) -> list[pl.Series]:
    """Plate and policy that an event names: those of the newest contract of which the follower is owner or policyholder."""
    newest = np.full(city.parties.height, -1)
    for role in ("owner", "policyholder"):
        newest[city.contracts[role].to_numpy()] = np.arange(city.contracts.height)
    contract = newest[party]
    rates = city.rates.wechat
    told = np.array([1 - rates.plate_untold_binding, 1 - rates.plate_untold, 1 - rates.plate_untold, 0.0, 0.0])
    names_car = (contract >= 0) & chance(rng, told[event], len(party))
    names_policy = names_car & chance(rng, 0.5, len(party))
    rows = city.contracts.select(pl.all().gather(np.maximum(contract, 0)))
    compulsory = pl.Series(np.zeros(len(party), dtype=bool))
    return [
        where(names_car, city.vehicles["plate"].gather(rows["vehicle"]), None).alias("plate"),
        where(names_policy, policy_numbers(rows, compulsory), None).alias("policy_no"),
    ]


def nicknames(city: City, party: Ints) -> tuple[pl.Series, Ints]:
    """What followers call themselves, the same every time, and the fault in it (0 for the real name).

    Of nicknames 0.25 are pet names (小伟, 阿强), 0.15 the last character twice (婷婷), the others tell nothing of the name.
    """
    kind, word, mark, form = (fraction(party * 5 + salt) for salt in (1, 2, 3, 4))
    who = city.parties.select(pl.col("name", "surname", "male").gather(party))
    words, emoji = _at(names.NICKNAME_WORDS, word), _at(names.EMOJI, mark)
    title = join(who["surname"], where(who["male"], _at(names.TITLES_MALE, mark), _at(names.TITLES_FEMALE, mark)))
    last = who["name"].str.tail(1)
    pet = join(where(word < 0.5, "小", "阿"), last, where(mark < 0.5, emoji, ""))
    nick = pick_one(np.searchsorted([0.25, 0.4, 0.7], form), (pet, join(last, last, emoji), words, join(words, emoji)))
    rates = city.rates.wechat
    chosen = np.searchsorted(np.cumsum([rates.nickname, rates.title]), kind, side="right")
    fault: Ints = np.array([BIT["name:nickname"], BIT["name:title"], 0])[chosen]
    return pick_one(chosen, (nick, title, who["name"])), fault


def _at(table: tuple[str, ...], share: Ints) -> pl.Series:
    """The word of ``table`` at each share 0–1 of its length."""
    return pick(table, (share * len(table)).astype(int))


def json_lines(rows: pl.DataFrame) -> pl.Series:
    """The payloads as JSON text, one a line; what an event does not have is left out."""
    head = _filled(
        f'{{"MsgId":"@","ToUserName":"{_ACCOUNT}","FromUserName":"@","CreateTime":@,'
        '"MsgType":"event","Event":"@","nickname":"@","unionid":"@"',
        ("MsgId", "FromUserName", "CreateTime", "Event", "nickname", "unionid"),
    )
    phone = _filled(
        ',"phone_info":{"phoneNumber":"@","purePhoneNumber":"@","countryCode":"86",'
        f'"watermark":{{"timestamp":@,"appid":"{_APP}"}}}}',
        ("mobile", "mobile", "CreateTime"),
    )
    optional = [phone, *(_filled(f',"{name}":"@"', (name,)) for name in ("plate", "policy_no", "cert_no"))]
    return rows.select(pl.concat_str([head, *(part.fill_null("") for part in optional), pl.lit("}")])).to_series()


def _filled(template: str, columns: tuple[str, ...]) -> pl.Expr:
    """``template`` with each @ replaced by a column; null where one is null."""
    first, *pieces = template.split("@")
    filled: list[pl.Expr] = [pl.lit(first)]
    for column, piece in zip(columns, pieces, strict=True):
        filled += [pl.col(column).cast(pl.String), pl.lit(piece)]
    return pl.concat_str(filled)
