"""Small nights full of coincidences: few values of everything, so that parties meet."""

from datetime import date

from hypothesis import strategies as st

NAMES = ("王小明", "王小眀", "李强", "张丽华", "王先生", None)
NUMBERS = (
    "320102198801011236",
    "320102198801011244",
    "320106198502281231",
    "320115200106150025",
    "320111196904303116",
    "320124198203175335",
    "320102198801011234",
    None,
)
MOBILES = ("13905142687", "13905142688", "13905142689", "13705141234", "139****5678", None)
DAYS = (date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31))
HOMES = ("南京市江宁区秣陵街道胜太路68号3幢2单元501室", "南京市栖霞区和燕路251号", None)


def of(*values: object) -> st.SearchStrategy[object]:
    return st.sampled_from(values)


PARTIES = st.fixed_dictionaries(
    {
        "source": of("underwriting", "underwriting", "claims", "directory", "wechat"),
        "role": of("policyholder", "insured", "owner", "payer", "driver"),
        "customer_type": of("person", "person", "organisation", None),
        "policy_no": of("P1", "P2", None),
        "claim_no": of("C1", None),
        "name": of(*NAMES),
        "cert_type": of("RIC", "RIC", "DRIVER", None),
        "cert_no": of(*NUMBERS),
        "mobile": of(*MOBILES),
        "landline": of("025-84550000", None, None),
        "email": of("wang.xm@163.com", None),
        "address": of(*HOMES),
        "plate": of("苏A12345", "苏AD12345", None),
        "vin": of("LSVAB2BR8KN123456", "1M8GDM9AXKP042788", None),
        "cover_from": of(*DAYS),
        "cover_to": of(*DAYS),
        "issued_on": of(DAYS[0], DAYS[0], None),
        "salesperson_code": of("S1", "S2", None),
        "directory_kind": of("agent", "staff", "dealer", "relay", "branch"),
        "relation": of("spouse", "other", None),
        "same_person_flag": of(True, False, None),
        "account_name": of("王小明", "李强", None, None),
        "channel": of("dealer", "platform", None),
        "unit": of("U1", "U2", None),
    }
)


def nights(most: int = 24) -> st.SearchStrategy[list[dict[str, object]]]:
    """Rows as examples give them."""
    return st.lists(PARTIES, min_size=1, max_size=most)
