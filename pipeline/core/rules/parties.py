"""Rules that several observations answer together: N12, D24–D28, P07–P10, P21, R01–R07.

An example of such a rule is a group; the first observation is the one asked.
"""

from datetime import date

import polars as pl

from pipeline.core.rules.audience import (
    CLAIM_PARTY,
    KIND,
    ORGANISATION,
    PARTY,
    PERSON,
    POLICY_PARTY,
    POLICYHOLDER_OR_INSURED,
    ROLE,
    STANDING,
    among,
    given,
)
from pipeline.core.rules.rule import Failing, Reason, Row, Rule

_LIFETIME = pl.col("cert_no__lifetime_no").is_not_null()
_COMPLETE_NAME = pl.col("name__complete")
_UNDERWRITING = KIND == "underwriting"
# On leasing and booking platforms owner, payer and user are different parties by design.
_NOT_PLATFORM = (pl.col("channel") != "platform").fill_null(value=True)

_WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
_LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
_ZHANG = {"name": "张丽华", "cert_type": "RIC", "cert_no": "320115200106150025"}
_ZHAO = {"name": "赵国庆", "cert_type": "RIC", "cert_no": "320111196904303116"}
_PERSONS = (_WANG, _LI, _ZHANG, _ZHAO, {"name": "陈晓东", "cert_type": "RIC", "cert_no": "320124198203175335"})
_PHONE = {"mobile": "13905142687"}


def _holder(**columns: object) -> Row:
    return {"role": "policyholder", "policy_no": "P1", **columns}


def _insured(**columns: object) -> Row:
    return {"role": "insured", "policy_no": "P1", **columns}


def _owner(**columns: object) -> Row:
    return {"role": "owner", "policy_no": "P1", **columns}


def _listed(kind: str, **columns: object) -> Row:
    return {"source": "directory", "role": "contact", "directory_kind": kind, "customer_type": None, **columns}


def _insuring(count: int, **columns: object) -> tuple[Row, ...]:
    """Policies of 王小明 for ``count`` cars."""
    return tuple(
        _holder(**_WANG, **{"policy_no": f"P{place}", "plate": f"苏A1234{place}", **columns}) for place in range(count)
    )


_SOLD = {"salesperson_code": "S100", "issued_on": date(2026, 3, 2)}
_AGENT = _listed("agent", salesperson_code="S100", **_LI)

_NAMES_AND_NUMBERS: tuple[Rule, ...] = (
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
            (_holder(**_WANG, **_SOLD), _AGENT),
            (_holder(**_LI, **_SOLD), _owner(**_LI, **_SOLD), _AGENT),
        ),
        fails=(
            Failing(
                "agent_name",
                (
                    _holder(**_LI, **_SOLD),
                    _owner(**_WANG, **_SOLD),
                    _holder(**_LI, **_SOLD, policy_no="P2"),
                    _owner(**_ZHANG, **_SOLD, policy_no="P2"),
                    _AGENT,
                ),
            ),
            Failing(
                "agent_name",
                (
                    _holder(**_SOLD, **_WANG | {"name": "李强"}),
                    _holder(**_SOLD, **_ZHANG | {"name": "李强"}, policy_no="P2"),
                    _AGENT,
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
            (_holder(**_WANG), _holder(**_WANG | {"name": "王小眀"}, policy_no="P2")),
            (_holder(**_WANG), _insured(**_WANG), _holder(**_WANG | {"name": "李强"}, policy_no="P2")),
        ),
        fails=(Failing("other_name", (_holder(**_WANG), _holder(**_WANG | {"name": "李强"}, policy_no="P2"))),),
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
        passes=((_holder(**_WANG, **_PHONE), _holder(**_LI, **_PHONE)),),
        fails=(
            Failing("several", (_holder(**_WANG, **_PHONE), _holder(**_LI | {"name": "王小明"}, **_PHONE))),
            Failing(
                "transcription",
                (_holder(**_WANG, **_PHONE), _holder(**_WANG | {"cert_no": "320102198801011244"}, **_PHONE)),
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
        passes=((_holder(**_WANG | {"cert_type": "DRIVER"}), _insured(**_WANG)),),
        fails=(
            Failing(
                "differs", (_holder(**_WANG | {"cert_type": "DRIVER", "cert_no": "320100123456"}), _insured(**_WANG))
            ),
            Failing(
                "differs",
                (
                    {
                        "source": "claims",
                        "claim_no": "C1",
                        "role": "driver",
                        **_WANG | {"cert_type": "DRIVER", "cert_no": "320100123456"},
                    },
                    {"source": "claims", "claim_no": "C1", "role": "owner", **_WANG},
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
        passes=(_insuring(3), (*_insuring(4), _owner(**_WANG, plate="苏A12340"))),
        fails=(Failing("too_many", _insuring(4)),),
    ),
)

_PHONES: tuple[Rule, ...] = (
    Rule(
        "P07",
        "业务员电话冒充",
        "phone of staff, agent or dealer",
        "shared",
        (
            Reason(
                "directory_phone",
                "F",
                "fail",
                "是员工、业务员、车商、修理厂或网点的电话，而当事人不是其本人",
                "a phone of the directory, and the party is not its owner",
            ),
            Reason(
                "directory_phone_beside",
                "W",
                "suspect",
                "手机之外的电话属于名录",
                "a directory phone beside a mobile of the party's own",
            ),
        ),
        "证件号相同即本人；一方没有证件号时以姓名为准；另有可用手机时只算可疑。报案人常为修理厂，不问。",
        "The owner is known by number, or by name where one side has none; beside a mobile of the party's own it "
        "is only suspect. A claim's reporter often is the repair shop and is not asked.",
        ("PATENT", "GX14", "PRACTICE"),
        asked=POLICY_PARTY | (CLAIM_PARTY & (ROLE != "reporter")),
        given=pl.any_horizontal(pl.col("mobile__usable", "landline__usable").fill_null(value=False)),
        passes=(
            (_holder(**_LI, **_PHONE), _listed("agent", **_LI, **_PHONE)),
            (_holder(**_LI, **_PHONE), _listed("staff", name="李强", **_PHONE)),
        ),
        fails=(
            Failing("directory_phone", (_holder(**_WANG, **_PHONE), _listed("agent", **_LI, **_PHONE))),
            Failing(
                "directory_phone",
                (
                    _holder(**_WANG, landline="025-84550000"),
                    _listed("branch", name="城南支公司", landline="025-84550000"),
                ),
            ),
            Failing(
                "directory_phone_beside",
                (
                    _holder(**_WANG, **_PHONE, landline="025-84550000"),
                    _listed("dealer", name="和燕汽车", landline="025-84550000"),
                ),
            ),
        ),
    ),
    Rule(
        "P08",
        "一号多人",
        "one mobile, many persons",
        "shared",
        (
            Reason(
                "too_many",
                "F",
                "fail",
                "一个手机号对应的有效证件人数超限",
                "more persons with valid numbers than one mobile may serve",
            ),
            Reason(
                "many", "W", "suspect", "超限，但在可疑档内", "above the limit, within the band that is only suspect"
            ),
        ),
        "按有效终身证件号数人，同名只算一人；没有有效身份的回访、短信、微信不计；家庭同姓不豁免；名录中的机主本人放行。",
        "Persons are counted by valid lifetime number, and one name counts once; call-backs, messages and WeChat "
        "events count for nobody. A common surname does not exempt; the number's owner by the directory is.",
        ("GX19",),
        asked=POLICY_PARTY & PERSON & pl.col("mobile").is_not_null(),
        given=pl.col("mobile__usable"),
        passes=(tuple(_holder(**person, **_PHONE) for person in _PERSONS[:3]),),
        fails=(
            Failing("too_many", tuple(_holder(**person, **_PHONE) for person in _PERSONS)),
            Failing(
                "many", tuple(_holder(**person, **_PHONE) for person in _PERSONS), {"persons_per_phone_suspect": 5}
            ),
        ),
    ),
    Rule(
        "P09",
        "连号",
        "run of numbers",
        "shared",
        (
            Reason(
                "run",
                "W",
                "suspect",
                "同一业务员同一天的手机号相连或前九位相同",
                "mobiles of one salesperson and day are consecutive or share nine digits",
            ),
        ),
        "三个以上相连或前九位相同的号码多为编造。",
        "Three or more that are consecutive or share nine leading digits are usually invented.",
        ("PRACTICE",),
        asked=POLICY_PARTY & pl.col("salesperson_code").is_not_null() & pl.col("mobile").is_not_null(),
        given=pl.col("issued_on").is_not_null() & among(pl.col("mobile__kind"), "mobile", "mvno", "data"),
        passes=((_holder(**_SOLD, mobile="13912345671"), _holder(**_SOLD, mobile="13912345672")),),
        fails=(
            Failing("run", tuple(_holder(**_SOLD, mobile=f"1391234567{last}") for last in range(1, 5))),
            Failing(
                "run",
                tuple(_holder(**_SOLD, mobile=mobile) for mobile in ("13912345699", "13912345700", "13912345701")),
            ),
        ),
    ),
    Rule(
        "P10",
        "投被保人同号",
        "policyholder and insured share a mobile",
        "policy",
        (Reason("shared", "I", "info", "不同的投保人和被保险人同一手机号", "different persons with one mobile"),),
        "配偶、子女常见，只作提示。",
        "Usual with spouses and children: information.",
        ("PRACTICE",),
        asked=POLICY_PARTY & (ROLE == "insured") & PERSON & pl.col("mobile").is_not_null(),
        given=pl.col("policy_no").is_not_null(),
        passes=(
            (_insured(**_WANG, **_PHONE), _holder(**_WANG, **_PHONE)),
            (_insured(**_WANG, **_PHONE), _holder(**_LI, mobile="13705141234")),
        ),
        fails=(Failing("shared", (_insured(**_WANG, **_PHONE), _holder(**_LI, **_PHONE))),),
    ),
    Rule(
        "P21",
        "隐私号",
        "relay number",
        "shared",
        (
            Reason(
                "relay_segment",
                "W",
                "suspect",
                "隐私号（中间号）号段",
                "a segment of privacy numbers",
                (pl.col("mobile__kind") == "relay").fill_null(value=False),
            ),
            Reason(
                "relay_listed", "W", "suspect", "名录中的平台隐私号", "listed in the directory as a platform's number"
            ),
        ),
        "能打通，但不是客户自己的号码。",
        "Reachable, but not the customer's own.",
        ("PRACTICE",),
        asked=PARTY & pl.col("mobile").is_not_null(),
        passes=((_holder(**_PHONE), _listed("relay", mobile="13705141234")),),
        fails=(
            Failing("relay_segment", _holder(mobile="95013123456789")),
            Failing("relay_listed", (_holder(**_PHONE), _listed("relay", **_PHONE))),
        ),
    ),
)

_RELATIONS: tuple[Rule, ...] = (
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
        passes=((_insured(**_WANG, same_person_flag=True), _holder(**_WANG)),),
        fails=(
            Failing(
                "number_differs",
                (_insured(**_WANG, same_person_flag=True), _holder(**_WANG | {"cert_no": "320106198502281231"})),
            ),
            Failing("name_differs", (_insured(**_WANG, same_person_flag=True), _holder(**_WANG | {"name": "李强"}))),
            Failing(
                "spelt_differently", (_insured(**_WANG, same_person_flag=True), _holder(**_WANG | {"name": "王晓明"}))
            ),
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
        passes=((_insured(**_WANG, relation="spouse"), _holder(**_ZHANG)), (_insured(**_WANG), _holder(**_WANG))),
        fails=(
            Failing("missing", (_insured(**_WANG), _holder(**_ZHANG))),
            Failing("other", (_insured(**_WANG, relation="other"), _holder(**_ZHANG))),
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
        passes=((_owner(**_WANG), _insured(**_WANG)), (_owner(**_WANG, vehicle_relation="transfer"), _insured(**_LI))),
        fails=(Failing("differ", (_owner(**_WANG), _insured(**_LI))),),
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
            ({"role": "payer", "policy_no": "P1", "name": "王小明"}, _holder(**_WANG)),
            (_holder(**_WANG, account_name="王小明"),),
        ),
        fails=(
            Failing("other_account", ({"role": "payer", "policy_no": "P1", "name": "李强"}, _holder(**_WANG))),
            Failing("other_account", (_holder(**_WANG, account_name="李强"),)),
            Failing(
                "agent_paid",
                ({"role": "payer", "policy_no": "P1", "name": "李强", **_SOLD}, _holder(**_WANG, **_SOLD), _AGENT),
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

_CUSTOMERS: tuple[Rule, ...] = (
    Rule(
        "R06",
        "一人多号",
        "one customer entered several times",
        "customer",
        (
            Reason(
                "several_numbers",
                "I",
                "info",
                "同一客户在承保系统中有多个证件号码",
                "underwriting knows the customer by several document numbers",
            ),
            Reason(
                "several_entries",
                "I",
                "info",
                "同一客户在承保系统中有多种姓名写法，或有的没有证件号码",
                "underwriting knows the customer by several spellings, or here with and there without a number",
            ),
        ),
        "承保系统按姓名和证件号码发客户号：同一客户在承保中以不同的姓名或证件号码出现，就会得到多个客户号。脱敏号码不算另一个号码；"
        "同音或形近而清洗后相同的姓名不算另一种写法。聚为一个客户，保留各条信息，不删除；客户号的合并见 identity_events。",
        "Core systems issue a customer number by name and document number: who stands in underwriting with several of "
        "either has several customer numbers. A masked number is no other number, nor are names another spelling that "
        "cleaning makes equal. They are one customer, every record is kept; ids that ended in it are told of in "
        "identity_events.",
        ("PRACTICE",),
        asked=POLICY_PARTY,
        given=pl.any_horizontal(pl.col("name", "cert_no").is_not_null()),
        passes=(
            (_holder(**_WANG, **_PHONE), _insured(**_WANG, **_PHONE)),
            (_holder(**_WANG, **_PHONE), {"source": "claims", "role": "driver", "name": "王小明", **_PHONE}),
        ),
        fails=(
            Failing(
                "several_numbers",
                (_holder(**_WANG, **_PHONE), _holder(**_WANG | {"cert_no": "320102198801011235"}, **_PHONE)),
            ),
            Failing("several_entries", (_holder(**_WANG, **_PHONE), _holder(name="王小明", **_PHONE, policy_no="P2"))),
        ),
    ),
    Rule(
        "R07",
        "过度合并",
        "several persons in one customer",
        "customer",
        (
            Reason(
                "two_numbers",
                "W",
                "suspect",
                "同一客户有两个同种的有效终身号码",
                "one customer with two valid lifetime numbers of one kind",
            ),
        ),
        "匹配从不连接两个同种的终身号码；但一方号码在匹配中不采用（见 D24）或人工决定为同一人时仍会相遇。持有这些号码的信息全部可疑，转人工。",
        "Matching never joins two lifetime numbers of one kind; they meet all the same where one of them does not speak "
        "in matching (see D24), or where a person decided that two are one. All records with such numbers are suspect, "
        "for review.",
        ("PRACTICE",),
        asked=given("cert_no") & PERSON,
        given=_LIFETIME,
        passes=((_holder(**_WANG, **_PHONE), _insured(**_WANG, **_PHONE)),),
        fails=(
            Failing(
                "two_numbers",
                (
                    _holder(**_LI, **_PHONE),
                    _insured(**_LI | {"cert_no": "320102198801011236"}, **_PHONE),
                    _holder(**_WANG, policy_no="P2"),
                    _insured(**_WANG, policy_no="P2"),
                ),
            ),
        ),
    ),
)

PARTIES = _NAMES_AND_NUMBERS + _PHONES + _RELATIONS + _CUSTOMERS
