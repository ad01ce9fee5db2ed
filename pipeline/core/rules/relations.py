"""Rules of the parties of one policy or claim: R01–R05.

An example of such a rule is a group; the first observation is the one asked.
"""

import polars as pl

from pipeline.core.rules.audience import KIND, ORGANISATION, PERSON, POLICY_PARTY, POLICYHOLDER_OR_INSURED, ROLE
from pipeline.core.rules.party_examples import AGENT, LI, SOLD, WANG, ZHANG, holder, insured, owner
from pipeline.core.rules.rule import Failing, Reason, Rule

_UNDERWRITING = KIND == "underwriting"
# On leasing and booking platforms owner, payer and user are different parties by design.
_NOT_PLATFORM = (pl.col("channel") != "platform").fill_null(value=True)

RELATIONS: tuple[Rule, ...] = (
    Rule(
        "R01",
        "投被保人同一标志",
        "flag that policyholder and insured are one",
        "policy",
        (
            Reason(
                "number_differs",
                "F",
                "fail",
                "标志为同一人，证件号不同",
                "flagged as one, but their valid numbers differ",
            ),
            Reason(
                "name_differs",
                "F",
                "fail",
                "标志为同一人，姓名不同",
                "flagged as one, but their names are incompatible",
            ),
            Reason(
                "spelt_differently",
                "W",
                "suspect",
                "标志为同一人，姓名或证件号写法不同",
                "flagged as one, but name or number is spelt differently",
            ),
        ),
        "问被保险人。错别字、同音字和无效号码的差异只算可疑；证件类型不同时不比号码。",
        "Asked of the insured. Typos, homophones and a difference from an invalid number are only suspect; numbers "
        "of different documents are not compared.",
        ("CIRC82", "API"),
        asked=POLICY_PARTY & (ROLE == "insured") & pl.col("same_person_flag").fill_null(value=False),
        given=pl.col("policy_no").is_not_null(),
        passes=((insured(**WANG, same_person_flag=True), holder(**WANG)),),
        fails=(
            Failing(
                "number_differs",
                (insured(**WANG, same_person_flag=True), holder(**WANG | {"cert_no": "320106198502281231"})),
            ),
            Failing("name_differs", (insured(**WANG, same_person_flag=True), holder(**WANG | {"name": "李强"}))),
            Failing("spelt_differently", (insured(**WANG, same_person_flag=True), holder(**WANG | {"name": "王晓明"}))),
        ),
    ),
    Rule(
        "R02",
        "关系缺失",
        "relation missing",
        "policy",
        (
            Reason(
                "missing",
                "W",
                "suspect",
                "投保人与被保险人不是同一人，未填关系",
                "different persons, and no relation given",
            ),
            Reason(
                "other",
                "W",
                "suspect",
                "投保人与被保险人的关系为“其他”",
                "different persons, and their relation is “other”",
            ),
        ),
        "只问自然人之间的关系；无法确定是否同一人时不作判断。",
        "Between natural persons; unknown where it cannot be told whether they are one.",
        ("CIRC82", "AML07"),
        asked=POLICY_PARTY & (ROLE == "insured") & PERSON,
        given=pl.col("policy_no").is_not_null(),
        passes=((insured(**WANG, relation="spouse"), holder(**ZHANG)), (insured(**WANG), holder(**WANG))),
        fails=(
            Failing("missing", (insured(**WANG), holder(**ZHANG))),
            Failing("other", (insured(**WANG, relation="other"), holder(**ZHANG))),
        ),
    ),
    Rule(
        "R03",
        "车主与被保险人",
        "owner and insured",
        "policy",
        (
            Reason(
                "differ",
                "W",
                "suspect",
                "车主不是被保险人，且没有过户、租赁或关系说明",
                "the owner is not the insured, and no transfer, lease or relation is recorded",
            ),
        ),
        "问车主。平台（融资租赁）渠道车主与用车人本就不同，不问。",
        "Asked of the owner; not on platforms, whose leased cars have another owner by design.",
        ("API",),
        asked=POLICY_PARTY & (ROLE == "owner") & _NOT_PLATFORM,
        given=pl.col("policy_no").is_not_null(),
        passes=((owner(**WANG), insured(**WANG)), (owner(**WANG, vehicle_relation="transfer"), insured(**LI))),
        fails=(Failing("differ", (owner(**WANG), insured(**LI))),),
    ),
    Rule(
        "R04",
        "缴费实名",
        "payer",
        "policy",
        (
            Reason("agent_paid", "W", "suspect", "业务员缴费", "the salesperson paid"),
            Reason("other_account", "W", "suspect", "缴费账户不是投保人本人", "the account is not the policyholder's"),
        ),
        "自然人投保人应以本人账户缴费。问缴费人，以及给出账户名的投保人；业务员自己的保单放行；平台渠道不问。",
        "A natural person pays from an account of his own. Asked of the payer, and of the policyholder where an "
        "account is told; a salesperson's own policy passes; not asked on platforms.",
        ("GX19",),
        asked=_UNDERWRITING
        & ((ROLE == "payer") | ((ROLE == "policyholder") & pl.col("account_name").is_not_null()))
        & _NOT_PLATFORM,
        given=pl.col("policy_no").is_not_null() & pl.any_horizontal(pl.col("name", "account_name").is_not_null()),
        passes=(
            ({"role": "payer", "policy_no": "P1", "name": "王小明"}, holder(**WANG)),
            (holder(**WANG, account_name="王小明"),),
        ),
        fails=(
            Failing("other_account", ({"role": "payer", "policy_no": "P1", "name": "李强"}, holder(**WANG))),
            Failing("other_account", (holder(**WANG, account_name="李强"),)),
            Failing(
                "agent_paid",
                ({"role": "payer", "policy_no": "P1", "name": "李强", **SOLD}, holder(**WANG, **SOLD), AGENT),
            ),
        ),
    ),
    Rule(
        "R05",
        "单位联系人",
        "an organisation's contact",
        "row",
        (
            Reason(
                "nobody",
                "W",
                "suspect",
                "既没有法定代表人，也没有联系人及其电话",
                "neither a legal representative nor a contact with a phone",
                pl.col("legal_representative").is_null()
                & (
                    pl.col("contact_name").is_null()
                    | (pl.col("contact_phone").is_null() & pl.col("mobile").is_null() & pl.col("landline").is_null())
                ),
            ),
        ),
        "法定代表人，或有电话的经办联系人，二者有一即可。",
        "A legal representative, or a handling contact who can be called: one of the two will do.",
        ("AML07", "EAST"),
        asked=POLICYHOLDER_OR_INSURED & ORGANISATION,
        passes=(
            {"customer_type": "organisation", "legal_representative": "王小明"},
            {"customer_type": "organisation", "contact_name": "李强", "contact_phone": "13905142687"},
        ),
        fails=(Failing("nobody", {"customer_type": "organisation", "contact_name": "李强"}),),
    ),
)
