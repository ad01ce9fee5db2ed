"""Rules of names and document numbers that several observations answer together: N12, D24–D26, D28.

An example of such a rule is a group; the first observation is the one asked.
"""

import polars as pl

from pipeline.core.rules.audience import (
    KIND,
    PARTY,
    PERSON,
    POLICY_PARTY,
    POLICYHOLDER_OR_INSURED,
    ROLE,
    STANDING,
    given,
)
from pipeline.core.rules.party_examples import AGENT, LI, PHONE, SOLD, WANG, ZHANG, holder, insured, insuring, owner
from pipeline.core.rules.rule import Failing, Reason, Rule

_LIFETIME = pl.col("cert_no__lifetime_no").is_not_null()
_COMPLETE_NAME = pl.col("name__complete")

NAMES_AND_NUMBERS: tuple[Rule, ...] = (
    Rule(
        "N12",
        "与业务员同名",
        "named as the salesperson",
        "shared",
        (
            Reason(
                "agent_name",
                "W",
                "suspect",
                "多张保单的当事人与业务员同名，实为他人",
                "parties of several policies bear the salesperson's name, but are others",
            ),
        ),
        "业务员以本人姓名顶替客户：同名者有两个以上不同证件号，或同名者为他人车辆投保达到限数。证件号自洽的同名真人放行；名录中没有该业务员时不作判断。",
        "The salesperson stands in for customers: parties of that name bear two or more different numbers that are "
        "not the salesperson's, or insure vehicles of others, on as many policies as the limit says. A single "
        "namesake with a valid number of his own passes; unknown when the directory lacks the salesperson.",
        ("PATENT", "PRACTICE"),
        asked=POLICYHOLDER_OR_INSURED & PERSON & pl.col("salesperson_code").is_not_null(),
        given=_COMPLETE_NAME,
        passes=(
            (holder(**WANG, **SOLD), AGENT),
            (holder(**LI, **SOLD), owner(**LI, **SOLD), AGENT),
        ),
        fails=(
            Failing(
                "agent_name",
                (
                    holder(**LI, **SOLD),
                    owner(**WANG, **SOLD),
                    holder(**LI, **SOLD, policy_no="P2"),
                    owner(**ZHANG, **SOLD, policy_no="P2"),
                    AGENT,
                ),
            ),
            Failing(
                "agent_name",
                (
                    holder(**SOLD, **WANG | {"name": "李强"}),
                    holder(**SOLD, **ZHANG | {"name": "李强"}, policy_no="P2"),
                    AGENT,
                ),
            ),
        ),
    ),
    Rule(
        "D24",
        "一证多名",
        "one number, several names",
        "shared",
        (
            Reason(
                "other_name",
                "F",
                "fail",
                "同一证件号下有互不相容的姓名",
                "the number's other records bear an incompatible name",
            ),
        ),
        "只比较有效的终身号码和完整姓名；错别字、同音字、繁体不算。身份核验结果出来之前，多数记录的姓名视为已核实，放行（性别、生日与号码矛盾的记录不计票）；没有多数时全部不通过；改名转人工。",
        "Valid lifetime numbers and complete names only; typos, homophones and traditional forms do not count. "
        "Until an identity check decides, the name most of the number's records bear stands as the verified one "
        "and passes; without a majority all fail. Records whose sex or date of birth contradicts the number have "
        "no vote. Legal renames go to review.",
        ("CIRC82", "PRACTICE"),
        asked=(PARTY | given("cert_no")) & PERSON & (KIND != "wechat"),
        given=_LIFETIME & _COMPLETE_NAME,
        passes=(
            (holder(**WANG), holder(**WANG | {"name": "王小眀"}, policy_no="P2")),
            (holder(**WANG), insured(**WANG), holder(**WANG | {"name": "李强"}, policy_no="P2")),
        ),
        fails=(Failing("other_name", (holder(**WANG), holder(**WANG | {"name": "李强"}, policy_no="P2"))),),
    ),
    Rule(
        "D25",
        "一人多证",
        "one person, several numbers",
        "shared",
        (
            Reason(
                "transcription",
                "W",
                "suspect",
                "同名同手机的两个有效证件号只差一两位",
                "same name and mobile, two valid numbers a digit or two apart",
            ),
            Reason(
                "several", "W", "suspect", "同名同手机有多个有效证件号", "same name and mobile, several valid numbers"
            ),
        ),
        "只比较同一种终身号码：身份证与回乡证并存是正常的。",
        "Lifetime numbers of one kind only: to hold a resident id and a travel permit is lawful.",
        ("PRACTICE",),
        asked=POLICY_PARTY & PERSON & pl.col("mobile").is_not_null(),
        given=_LIFETIME & _COMPLETE_NAME & pl.col("mobile__usable"),
        passes=((holder(**WANG, **PHONE), holder(**LI, **PHONE)),),
        fails=(
            Failing("several", (holder(**WANG, **PHONE), holder(**LI | {"name": "王小明"}, **PHONE))),
            Failing(
                "transcription",
                (holder(**WANG, **PHONE), holder(**WANG | {"cert_no": "320102198801011244"}, **PHONE)),
            ),
        ),
    ),
    Rule(
        "D26",
        "驾驶证号",
        "driving licence number",
        "policy",
        (
            Reason(
                "differs",
                "W",
                "suspect",
                "驾驶证号与本人身份证号不同",
                "the licence number is not the resident id of the same person",
            ),
        ),
        "在同一保单或赔案中，以姓名相同为同一人；没有其身份证时不作判断。",
        "Within one policy or claim, persons of one name are one; unknown without his resident id.",
        ("PRACTICE",),
        asked=PARTY & (pl.col("cert_type") == "DRIVER"),
        given=pl.col("cert_no").is_not_null() & _COMPLETE_NAME,
        passes=((holder(**WANG | {"cert_type": "DRIVER"}), insured(**WANG)),),
        fails=(
            Failing("differs", (holder(**WANG | {"cert_type": "DRIVER", "cert_no": "320100123456"}), insured(**WANG))),
            Failing(
                "differs",
                (
                    {
                        "source": "claims",
                        "claim_no": "C1",
                        "role": "driver",
                        **WANG | {"cert_type": "DRIVER", "cert_no": "320100123456"},
                    },
                    {"source": "claims", "claim_no": "C1", "role": "owner", **WANG},
                ),
            ),
        ),
    ),
    Rule(
        "D28",
        "代投保车辆数",
        "vehicles of others insured",
        "shared",
        (
            Reason(
                "too_many",
                "W",
                "suspect",
                "为他人车辆投保的数量超限",
                "insures more vehicles of others than the province allows",
            ),
        ),
        "一个投保人名下有效保单的车辆中，没有记录显示其为车主的车辆数；各省上限不同（广西3辆）。",
        "Vehicles on a policyholder's policies in force of which no record shows him as owner; limits differ by "
        "province (Guangxi 3).",
        ("GX19", "YN19"),
        asked=POLICY_PARTY & (ROLE == "policyholder") & PERSON & STANDING,
        given=_LIFETIME,
        passes=(insuring(3), (*insuring(4), owner(**WANG, plate="苏A12340"))),
        fails=(Failing("too_many", insuring(4)),),
    ),
)
