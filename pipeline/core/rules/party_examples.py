"""Persons and rows the examples of rules over several observations are made of."""

from datetime import date

from pipeline.core.rules.rule import Row

WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
ZHANG = {"name": "张丽华", "cert_type": "RIC", "cert_no": "320115200106150025"}
ZHAO = {"name": "赵国庆", "cert_type": "RIC", "cert_no": "320111196904303116"}
PERSONS = (WANG, LI, ZHANG, ZHAO, {"name": "陈晓东", "cert_type": "RIC", "cert_no": "320124198203175335"})
PHONE = {"mobile": "13905142687"}


def holder(**columns: object) -> Row:
    """A policyholder of policy P1."""
    return {"role": "policyholder", "policy_no": "P1", **columns}


def insured(**columns: object) -> Row:
    """An insured of policy P1."""
    return {"role": "insured", "policy_no": "P1", **columns}


def owner(**columns: object) -> Row:
    """An owner of policy P1."""
    return {"role": "owner", "policy_no": "P1", **columns}


def listed(kind: str, **columns: object) -> Row:
    """An entry of the directory."""
    return {"source": "directory", "role": "contact", "directory_kind": kind, "customer_type": None, **columns}


def insuring(count: int, **columns: object) -> tuple[Row, ...]:
    """Policies of 王小明 for ``count`` cars."""
    return tuple(
        holder(**WANG, **{"policy_no": f"P{place}", "plate": f"苏A1234{place}", **columns}) for place in range(count)
    )


SOLD = {"salesperson_code": "S100", "issued_on": date(2026, 3, 2)}
AGENT = listed("agent", salesperson_code="S100", **LI)
