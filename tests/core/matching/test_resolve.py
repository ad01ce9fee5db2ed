from functools import cache
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.digest import digest
from pipeline.core.matching import names
from pipeline.core.matching.conflicts import KEPT, TWO_KINDS, TWO_NAMES, TWO_NUMBERS
from pipeline.core.matching.describe import (
    COMPLETE,
    LIFETIME,
    MASKED_NAME,
    MASKED_NUMBER,
    NAMELESS,
    NICKNAME,
    ORGANISATION,
    PERSON,
    TITLED,
)
from pipeline.core.matching.people import CLAIM_BIT
from pipeline.core.matching.resolve import AMBIGUOUS, EDGE_SCHEMA, NEEDED, OTHER_PERSON, TOO_LARGE, resolve
from tests.core.matching.examples import made

RESIDENT, OTHER_RESIDENT = 32010619850101123, 11010119720307441
WOMAN = 11010119720307442
PERMIT, OTHER_PERMIT = 10**18 + 98231746, 10**18 + 10**9 + 98231746
RESIDENCE, OTHER_RESIDENCE = 81000019850101123, 83000019720307441
PERMANENT = 93115619850101123
WHOLE = 10_000

MING = int(digest(pl.Series(["ming"]))[0])
CALLED, DRIVES = {"mobile": 13900001111}, {"plate_code": 5}
"""One phone, one vehicle."""

Edge = tuple[int, int, int]
Found = tuple[set[frozenset[int]], dict[tuple[int, int], str]]


def party(
    name: str = "", number: int = 0, *, kind: int = 0, records: int = 1, state: int = COMPLETE, **more: int
) -> dict[str, object]:
    """What a telling with that name and lifetime number says, as far as it can forbid or speak for somebody."""
    told = {"kind": kind, "records": records, "cert_person": number, "cert_state": LIFETIME if number else 0}
    if not name:
        return told | {"name_state": NAMELESS, "name": None, "sound": None} | more
    forms = names.forms(pl.Series([name]))
    whole = state == COMPLETE
    return told | {
        "name_state": state,
        "name": forms["spelt"][0],
        "sound": forms["sound"][0] if whole else None,
        "name_code": int(digest(forms["plain"])[0]),
        "sound_code": int(digest(forms["sound"])[0]) if whole else 0,
        "surname_code": int(digest(forms["surname"])[0]) if state != NICKNAME else 0,
        "given_code": int(digest(forms["given"])[0]) if whole or state == NICKNAME else 0,
        **more,
    }


def edges_of(edges: list[Edge], agreed: int = 1) -> pl.DataFrame:
    rows = [(left, right, weight, 0, agreed) for left, right, weight in edges]
    return pl.DataFrame(rows, schema=EDGE_SCHEMA, orient="row")


def resolved(parties: list[dict[str, object]], edges: list[Edge], largest: int = WHOLE, agreed: int = 1) -> Found:
    """Groups of tellings 1, 2, 3 …, and the fate of each edge."""
    done = resolve(made(*parties).select(NEEDED), edges_of(edges, agreed), largest)
    groups: dict[int, set[int]] = {}
    for telling, group in done.groups.select("telling", "group").iter_rows():
        groups.setdefault(group, set()).add(telling)
    assert all(group == min(members) for group, members in groups.items())
    fates = {(left, right): fate for (left, right, _), fate in zip(edges, done.fate, strict=True)}
    return {frozenset(members) for members in groups.values()}, fates


def together(*groups: set[int]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


@pytest.mark.parametrize(
    ("one", "other", "fate"),
    [
        (party("王小明", RESIDENT), party("王小明", RESIDENT), KEPT),
        (party("王小明", RESIDENT), party("王小明", OTHER_RESIDENT), TWO_NUMBERS),
        (party("", RESIDENT), party("", OTHER_RESIDENT), TWO_NUMBERS),
        (party("王小明", PERMIT), party("王小明", OTHER_PERMIT), TWO_NUMBERS),
        (party("王小明", RESIDENCE), party("王小明", RESIDENCE + 7), TWO_NUMBERS),
        (party("王小明", RESIDENT), party("王小明", PERMIT), KEPT),
        (party("王小明", RESIDENCE), party("王小明", PERMIT), KEPT),
        (party("王小明", RESIDENT), party("王小明", RESIDENCE), KEPT),
        (party("王小明", RESIDENT), party("王小明", PERMANENT), KEPT),
        (party("王小明"), party("李建国"), TWO_NAMES),
        (party("王小明"), party("王大明"), KEPT),
        (party("王小明"), party("王小刚"), TWO_NAMES),
        (party("王小明", RESIDENT, **CALLED), party("王小刚", RESIDENT, **CALLED), KEPT),
        (party("王小明", RESIDENT), party("王小刚", RESIDENT), TWO_NAMES),
        (party("王小明", RESIDENT, **CALLED), party("王小刚", RESIDENT, mobile=13811112222), TWO_NAMES),
        (party("", RESIDENT, **CALLED), party("王小明", RESIDENT, **CALLED), KEPT),
        (party("", RESIDENT, **CALLED), party("王小明", RESIDENT), KEPT),
        (party("", RESIDENT, **CALLED), party("王小明", RESIDENT, mobile=13811112222), AMBIGUOUS),
        (party("", RESIDENT, **CALLED), party("王先生", RESIDENT, state=TITLED, mobile=13811112222), AMBIGUOUS),
        (party("", RESIDENT, **CALLED), party("", RESIDENT, mobile=13811112222), KEPT),
        (
            party("王小明", RESIDENT, **CALLED, home_code=7),
            party("王小明", OTHER_RESIDENT, **CALLED, home_code=7),
            KEPT,
        ),
        (party("王小明", RESIDENT, **CALLED), party("王小明", OTHER_RESIDENT, **CALLED), TWO_NUMBERS),
        (party("王小明", RESIDENT, **CALLED), party("王小明", WOMAN, **CALLED), KEPT),
        (party("王小明", RESIDENT, home_code=7), party("王小明", WOMAN, home_code=7), KEPT),
        (party("王小明", RESIDENT), party("王小明", WOMAN), TWO_NUMBERS),
        (party("王小明", RESIDENT, **CALLED), party("王大明", WOMAN, **CALLED), TWO_NUMBERS),
        (party("王小明", RESIDENCE, **CALLED), party("王小明", RESIDENCE + 7, **CALLED), TWO_NUMBERS),
        (party("王小明", records=2, **CALLED, **DRIVES), party("王*明", state=MASKED_NAME, **CALLED, **DRIVES), KEPT),
        (party("王小明", RESIDENT), party("王*芳", RESIDENT, state=MASKED_NAME, given_code=9), TWO_NAMES),
        (party("王小明", RESIDENT), party("王*明", RESIDENT, state=MASKED_NAME, given_code=MING), KEPT),
        (party("王小明", RESIDENT), party("王*", RESIDENT, state=MASKED_NAME), KEPT),
        (party("李兰"), party("李国兰"), TWO_NAMES),
        (party("王小明"), party("JOHN SMITH"), TWO_NAMES),
        (party("王小明"), party("WANG XIAOMING"), KEPT),
        (party("王小明"), party("李先生", state=TITLED), OTHER_PERSON),
        (party("南京通达", kind=PERSON), party("南京通达", kind=ORGANISATION), TWO_KINDS),
        (party("南京通达"), party("南京通达", kind=ORGANISATION), KEPT),
    ],
)
def test_what_two_tellings_cannot_be_one_for(one, other, fate) -> None:
    groups, fates = resolved([one, other], [(1, 2, 9000)])
    assert fates == {(1, 2): fate}
    assert groups == (together({1, 2}) if fate == KEPT else together({1}, {2}))


def test_a_light_wrong_link_never_evicts_a_heavy_right_one() -> None:
    chain = [party("王小明", RESIDENT), party("王小明"), party("王小明", OTHER_RESIDENT)]
    for edges in ([(1, 2, 9000), (2, 3, 1000)], [(2, 3, 1000), (1, 2, 9000)]):
        groups, fates = resolved(chain, edges)
        assert groups == together({1, 2}, {3})
        assert fates[2, 3] == TWO_NUMBERS
    groups, _ = resolved(chain, [(1, 2, 1000), (2, 3, 9000)])
    assert groups == together({1}, {2, 3})


def test_of_links_of_one_weight_the_one_more_records_tell_is_taken() -> None:
    told = [party("王小明", RESIDENT), party("王小明"), party("王小明", OTHER_RESIDENT, records=5)]
    groups, _ = resolved(told, [(1, 2, 5000), (2, 3, 5000)])
    assert groups == together({1}, {2, 3})


def test_a_family_shares_everything_and_stays_several() -> None:
    family = [party("王建国"), party("王建国", RESIDENT), party("李芳"), party("李芳", OTHER_RESIDENT), party("王小明")]
    edges = [(1, 2, 8000), (3, 4, 8000), (1, 3, 500), (1, 4, 500), (2, 3, 700), (1, 5, 900), (3, 5, 400)]
    groups, fates = resolved(family, edges)
    assert groups == together({1, 2}, {3, 4}, {5})
    assert {edge for edge, fate in fates.items() if fate == KEPT} == {(1, 2), (3, 4)}
    assert set(fates.values()) <= {KEPT, TWO_NAMES, TWO_NUMBERS}


def test_the_number_of_an_agent_joins_nobody() -> None:
    people = ["王小明", "李建国", "陈静", "赵国栋", "欧阳娜娜", "周杰", "孙立军", "吴晓燕"]
    told = [party(name) for name in people]
    edges = [(one, other, 300) for one, other in combinations(range(1, len(people) + 1), 2)]
    groups, _ = resolved(told, edges)
    # Two of them sound nearly alike: what is not incompatible may be one.
    apart = names.names_incompatible(*(pl.Series(side) for side in zip(*combinations(people, 2), strict=True)))
    assert apart.all()
    assert groups == together(*({place} for place in range(1, len(people) + 1)))


NICK = {"state": NICKNAME}
FEI = party("张飞", records=2, **CALLED, **DRIVES)
WIFE = party("李芳", **CALLED)
MAN, SIR = {"gender": 2}, {"state": TITLED, "gender": 2}


@pytest.mark.parametrize(
    ("weak", "family", "joins"),
    [
        pytest.param(party("沉默", **NICK, given_code=0, **CALLED, **DRIVES), [FEI], True, id="phone and vehicle"),
        pytest.param(party("沉默", **NICK, given_code=0, **CALLED), [FEI], False, id="phone alone"),
        pytest.param(party("沉默", **NICK, given_code=0, **CALLED, **DRIVES), [FEI, WIFE], False, id="phone of two"),
        pytest.param(party("阿飞", **NICK, **CALLED), [FEI], True, id="phone and given name"),
        pytest.param(party("阿飞", **NICK, **CALLED), [FEI, WIFE], True, id="phone of two, given name of one"),
        pytest.param(party("阿芳", **NICK, **CALLED, **DRIVES), [FEI], False, id="another given name"),
        pytest.param(party("张先生", state=TITLED, **CALLED, **DRIVES), [FEI], True, id="title"),
        pytest.param(party("李女士", state=TITLED, **CALLED, **DRIVES), [FEI], False, id="title of another surname"),
        pytest.param(
            party("张女士", state=TITLED, gender=1, **CALLED, **DRIVES),
            [party("张飞", RESIDENT, gender=2, **CALLED, **DRIVES)],
            False,
            id="title of the other sex",
        ),
        pytest.param(
            party("沉默", **NICK, given_code=0, openid_code=1, **CALLED, **DRIVES),
            [party("张飞", openid_code=2, **CALLED, **DRIVES)],
            False,
            id="another account",
        ),
        pytest.param(
            party("张先生", state=TITLED, owner=2, **DRIVES),
            [party("张飞", owner=2, **DRIVES), party("张强", **CALLED, **DRIVES)],
            True,
            id="the owner of the vehicle",
        ),
        pytest.param(
            party("张先生", **SIR, **CALLED), [FEI | MAN], False, id="a phone and a sex that no number proves"
        ),
        pytest.param(
            party("张先生", **SIR, **CALLED, plate_code=6),
            [party("张飞", RESIDENT, records=2, **MAN, **CALLED, **DRIVES)],
            True,
            id="surname, sex and phone, in another car",
        ),
        pytest.param(
            party("张先生", **SIR, **CALLED),
            [party("张飞", RESIDENT, records=2, **MAN, **CALLED, **DRIVES)],
            False,
            id="surname, sex and phone, met without a car",
        ),
        pytest.param(
            party("张先生", **SIR, owner=1, mobile=13811112222, openid_code=1, **DRIVES),
            [party("张飞", owner=2, **CALLED, **DRIVES)],
            True,
            id="another phone, the owner of the vehicle",
        ),
        pytest.param(
            party("张先生", **SIR, owner=1, mobile=13811112222, openid_code=1, **DRIVES),
            [party("张飞", owner=2, **CALLED, **DRIVES), party("张强", **DRIVES)],
            False,
            id="another phone, a vehicle of two",
        ),
        pytest.param(
            party("轩轩妈妈", **NICK, given_code=0, gender=1, openid_code=1, **CALLED, **DRIVES),
            [party("张芳", RESIDENT, records=9, gender=1, **CALLED, **DRIVES)],
            False,
            id="a mother in a car that is not hers",
        ),
        pytest.param(
            party("轩轩妈妈", **NICK, given_code=0, gender=1, openid_code=1, owner=1, **CALLED, **DRIVES),
            [party("张芳", RESIDENT, records=2, gender=1, owner=2, **CALLED, **DRIVES)],
            True,
            id="a mother in her car",
        ),
        pytest.param(
            party("沉默", **NICK, given_code=0, openid_code=1, **CALLED, **DRIVES),
            [party("张飞", records=1, **CALLED, **DRIVES), party("李芳", records=2, mobile=13811112222)],
            True,
            id="a phone told once, and a vehicle",
        ),
        pytest.param(
            party("张先生", **SIR, **CALLED),
            [party("张飞", RESIDENT, records=1, **MAN, **CALLED)],
            False,
            id="surname, sex and a phone told once",
        ),
        pytest.param(
            party("张先生", **SIR, **DRIVES),
            [party("张飞", RESIDENT, **MAN, **DRIVES)],
            True,
            id="surname, sex and vehicle",
        ),
        pytest.param(
            party("张先生", **SIR, **DRIVES),
            [party("张飞", RESIDENT, **MAN, **DRIVES), party("张强", OTHER_RESIDENT, **MAN, **DRIVES)],
            False,
            id="surname and sex of two with one vehicle",
        ),
        pytest.param(
            party("王*芳", state=MASKED_NAME, given_code=9, **CALLED, **DRIVES),
            [party("王小明", records=2, **CALLED, **DRIVES)],
            False,
            id="a masked name with another last character",
        ),
        pytest.param(
            party("沉默", **NICK, given_code=0, cert_tail=12 + 1, **CALLED) | {"cert_state": MASKED_NUMBER},
            [party("张飞", RESIDENT, cert_tail=5012 + 1, **CALLED), WIFE],
            True,
            id="digits that fit",
        ),
        pytest.param(
            party("沉默", **NICK, given_code=0, cert_tail=13 + 1, **CALLED, **DRIVES) | {"cert_state": MASKED_NUMBER},
            [party("张飞", RESIDENT, cert_tail=5012 + 1, **CALLED, **DRIVES)],
            False,
            id="digits that do not fit",
        ),
    ],
)
def test_who_names_nobody_joins_the_one_person_that_two_things_single_out(weak, family, joins) -> None:
    edges = [(1, place, 5000) for place in range(2, len(family) + 2)]
    groups, fates = resolved([weak, *family], edges)
    assert groups == together(
        {1, 2} if joins else {1}, *([] if joins else [{2}]), *({p} for p in range(3, len(family) + 2))
    )
    assert (fates[1, 2] == KEPT) is joins


def test_on_the_form_of_one_claim_a_second_name_needs_more_than_the_vehicle() -> None:
    told = [party("张先生", **SIR, **DRIVES), party("张飞", RESIDENT, **MAN, **DRIVES)]
    assert resolved(told, [(1, 2, 5000)])[0] == together({1, 2})
    assert resolved(told, [(1, 2, 5000)], agreed=int(CLAIM_BIT))[0] == together({1}, {2})


def test_on_the_form_of_one_claim_a_second_name_without_a_sex_must_be_the_owner() -> None:
    boss = party("张总", state=TITLED, **CALLED, **DRIVES)
    person = party("张飞", RESIDENT, records=2, owner=2, **MAN, **CALLED, **DRIVES)
    assert resolved([boss, person], [(1, 2, 5000)])[0] == together({1, 2})
    assert resolved([boss, person], [(1, 2, 5000)], agreed=int(CLAIM_BIT))[0] == together({1}, {2})
    assert resolved([boss | {"owner": 2}, person], [(1, 2, 5000)], agreed=int(CLAIM_BIT))[0] == together({1, 2})


def test_a_phone_given_less_often_than_another_is_not_his_own() -> None:
    follower = party("沉默", **NICK, given_code=0, openid_code=1, **CALLED)
    once = [party("张飞", RESIDENT, records=8, **CALLED), party("张飞", RESIDENT, records=9, mobile=13811112222)]
    assert resolved([follower, once[0]], [(1, 2, 5000)])[0] == together({1, 2})
    assert resolved([follower, *once], [(1, 2, 5000), (2, 3, 9000)])[0] == together({1}, {2, 3})


def test_a_phone_alone_says_whose_a_nickname_is_when_eight_records_tell_it() -> None:
    follower = party("沉默", **NICK, given_code=0, openid_code=1, **CALLED)
    for records, joins in ((7, False), (8, True)):
        groups, fates = resolved([follower, party("张飞", RESIDENT, records=records, **CALLED)], [(1, 2, 5000)])
        assert (groups == together({1, 2})) is joins
        assert fates[1, 2] == (KEPT if joins else AMBIGUOUS)


def test_what_one_account_tells_is_of_one_person() -> None:
    silent = party("沉默", **NICK, given_code=0, openid_code=1, **CALLED, **DRIVES)
    alone = party("沉默", **NICK, given_code=0, openid_code=1)
    groups, _ = resolved([silent, alone, FEI], [(1, 2, 9000), (1, 3, 3000)])
    assert groups == together({1, 2, 3})


def test_two_that_name_nobody_do_not_lead_from_one_person_to_another() -> None:
    told = [
        party("张飞", **DRIVES),
        party("张先生", state=TITLED, **CALLED),
        party("沉默", **NICK, given_code=0, **CALLED),
    ]
    groups, fates = resolved([*told, party("李芳", openid_code=3)], [(1, 2, 4000), (2, 3, 4000), (3, 4, 4000)])
    assert groups == together({1}, {2}, {3}, {4})
    assert fates[2, 3] == AMBIGUOUS


def test_who_has_a_number_is_not_ambiguous() -> None:
    told = [party("", RESIDENT), party("张飞", RESIDENT), party("李小飞")]
    _, fates = resolved(told, [(1, 2, 5000), (1, 3, 5000)])
    assert AMBIGUOUS not in fates.values()


def test_a_component_that_is_too_large_loses_its_lightest_links_first() -> None:
    told = [party("王小明")] * 6
    # Two heavy triangles and a light bridge.
    edges = [(1, 2, 9000), (2, 3, 9000), (1, 3, 9000), (4, 5, 9000), (5, 6, 9000), (3, 4, 500)]
    groups, fates = resolved(told, edges, largest=3)
    assert groups == together({1, 2, 3}, {4, 5, 6})
    assert [edge for edge, fate in fates.items() if fate == TOO_LARGE] == [(3, 4)]
    assert resolved(told, edges, largest=6)[0] == together(set(range(1, 7)))
    chain = [(place, place + 1, 1000 * place) for place in range(1, 6)]
    groups, fates = resolved(told, chain, largest=3)
    assert groups == together({1}, {2}, {3}, {4, 5, 6})
    assert [fates[left, left + 1] for left in range(1, 6)] == [TOO_LARGE] * 3 + [KEPT] * 2


def test_how_one_component_is_cut_does_not_depend_on_another() -> None:
    told = [party("王小明")] * 8
    here = [(1, 2, 5400), (2, 3, 5900), (3, 4, 9000)]
    there = [(5, 6, 4500), (6, 7, 4600), (7, 8, 9000)]
    alone, fates = resolved(told, here, largest=3)
    _, other = resolved(told, there, largest=3)
    assert resolved(told, here + there, largest=3)[1] == fates | other
    assert frozenset({3, 4}) in alone


NAMED = st.sampled_from(["王小明", "王晓铭", "王小刚", "李建国", "JOHN SMITH"])
NUMBER = st.sampled_from([0, 0, RESIDENT, OTHER_RESIDENT, PERMIT, OTHER_PERMIT, RESIDENCE, OTHER_RESIDENCE])
KIND = st.sampled_from([0, PERSON, ORGANISATION])
SIZE = 7
parties = st.lists(
    st.builds(
        lambda name, number, kind, records, mobile: party(name, number, kind=kind, records=records, mobile=mobile),
        NAMED,
        NUMBER,
        KIND,
        st.integers(1, 4),
        st.sampled_from([0, 13900001111]),
    ),
    min_size=SIZE,
    max_size=SIZE,
)
links = st.lists(
    st.tuples(st.integers(1, SIZE), st.integers(1, SIZE), st.sampled_from([500, 2000, 4000, 8000])),
    max_size=14,
    unique_by=lambda edge: (min(edge[:2]), max(edge[:2])),
).map(lambda told: [(min(a, b), max(a, b), weight) for a, b, weight in told if a != b])


@cache
def near(one: str | None, other: str | None) -> int:
    """How near two names are; those of nobody are near any."""
    if not one or not other:
        return names.NEAR
    return int(names.nearness(*(names.forms(pl.Series([name])) for name in (one, other))).item())


def names_forbid(one: list[dict[str, object]], other: list[dict[str, object]]) -> bool:
    """Whether the names of two groups do: incompatible ones always, those of kin unless one number and one phone stand with both."""
    spelt, told = ({str(each["name"]) for each in side} for side in (one, other))
    numbers = [{each["cert_person"] for each in side} - {0} for side in (one, other)]
    phones = [{each.get("mobile", 0) for each in side} - {0} for side in (one, other)]
    if spelt <= told or told <= spelt:
        return False
    met = {near(a, b) for a in spelt for b in told}
    return bool(met & {0, names.FAR, names.INCOMPATIBLE}) or (
        names.KIN in met and not (numbers[0] & numbers[1] and phones[0] & phones[1])
    )


def why_not(one: dict[str, object], other: dict[str, object]) -> set[str]:
    """Why two tellings cannot be one, by the rules as they are told."""
    reasons = set()
    kinds = [
        {8: "residence", 9: "permanent", 100: "permit"}.get(n["cert_person"] // 10**16, "id") for n in (one, other)
    ]
    if (
        one["cert_person"]
        and other["cert_person"]
        and kinds[0] == kinds[1]
        and one["cert_person"] != other["cert_person"]
    ):
        reasons.add(TWO_NUMBERS)
    if {one["kind"], other["kind"]} == {PERSON, ORGANISATION}:
        reasons.add(TWO_KINDS)
    return reasons


@settings(max_examples=25)
@given(parties, links)
def test_links_are_taken_heaviest_first_and_join_only_what_can_be_one(told, edges) -> None:
    groups, fates = resolved(told, edges)
    by_hand = {place: {place} for place in range(1, SIZE + 1)}
    expected: dict[tuple[int, int], set[str]] = {}
    records = {place: one["records"] for place, one in enumerate(told, 1)}
    for left, right, _ in sorted(edges, key=lambda e: (-e[2], -records[e[0]] - records[e[1]], e[0], e[1])):
        one, other = by_hand[left], by_hand[right]
        reasons = (
            set().union(*(why_not(told[a - 1], told[b - 1]) for a in one for b in other)) if one is not other else set()
        )
        sides = [[told[place - 1] for place in side] for side in (one, other)]
        if one is not other and names_forbid(*sides):
            reasons.add(TWO_NAMES)
        expected[left, right] = reasons
        if not reasons and one is not other:
            one |= other
            by_hand |= dict.fromkeys(other, one)
    assert groups == {frozenset(group) for group in by_hand.values()}
    assert {edge: bool(fate) for edge, fate in fates.items()} == {edge: bool(why) for edge, why in expected.items()}
    assert all(fate in expected[edge] for edge, fate in fates.items() if fate)


anybody = st.one_of(
    st.just(party("阿飞", state=NICKNAME)), st.just(party("王*明", state=MASKED_NAME)), st.just(party())
)


@settings(max_examples=25)
@given(
    parties, st.lists(anybody, min_size=3, max_size=3), links, st.integers(2, SIZE), st.randoms(use_true_random=False)
)
def test_the_order_of_rows_decides_nothing_and_nobody_is_two(told, weak, edges, largest, random) -> None:
    told = told[:4] + weak
    groups, fates = resolved(told, edges, largest)
    for group in groups:
        assert len(group) <= largest
        assert not any(
            why_not(told[one - 1], told[other - 1])
            for one, other in combinations(group, 2)
            if told[one - 1]["sound"] and told[other - 1]["sound"]
        )
    assert set(fates.values()) <= {KEPT, TWO_NUMBERS, TWO_NAMES, TWO_KINDS, AMBIGUOUS, OTHER_PERSON, TOO_LARGE}
    of = {telling: group for group in groups for telling in group}
    assert all((of[left] == of[right]) or fate for (left, right), fate in fates.items())
    assert all(
        of[left] != of[right] for (left, right), fate in fates.items() if fate in (TWO_NUMBERS, TWO_NAMES, TWO_KINDS)
    )
    random.shuffle(edges)
    frame = made(*told).select(NEEDED).sample(fraction=1, shuffle=True, seed=random.randint(0, 99))
    again = resolve(frame, edges_of(edges), largest)
    assert {(left, right): fate for (left, right, _), fate in zip(edges, again.fate, strict=True)} == fates
    assert {telling: min(of[telling]) for telling in of} == dict(again.groups.select("telling", "group").iter_rows())


def test_nobody_gives_nothing() -> None:
    assert resolved([], []) == (set(), {})
    assert resolved([party("王小明")], []) == (together({1}), {})
