"""Rules of phones that several observations answer together: P07–P10, P21.

An example of such a rule is a group; the first observation is the one asked.
"""

import polars as pl

from pipeline.core.rules.audience import CLAIM_PARTY, PARTY, PERSON, POLICY_PARTY, ROLE, among
from pipeline.core.rules.party_examples import LI, PERSONS, PHONE, SOLD, WANG, holder, insured, listed
from pipeline.core.rules.rule import Failing, Reason, Rule

SHARED_PHONES: tuple[Rule, ...] = (
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
            (holder(**LI, **PHONE), listed("agent", **LI, **PHONE)),
            (holder(**LI, **PHONE), listed("staff", name="李强", **PHONE)),
        ),
        fails=(
            Failing("directory_phone", (holder(**WANG, **PHONE), listed("agent", **LI, **PHONE))),
            Failing(
                "directory_phone",
                (
                    holder(**WANG, landline="025-84550000"),
                    listed("branch", name="城南支公司", landline="025-84550000"),
                ),
            ),
            Failing(
                "directory_phone_beside",
                (
                    holder(**WANG, **PHONE, landline="025-84550000"),
                    listed("dealer", name="和燕汽车", landline="025-84550000"),
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
        passes=(tuple(holder(**person, **PHONE) for person in PERSONS[:3]),),
        fails=(
            Failing("too_many", tuple(holder(**person, **PHONE) for person in PERSONS)),
            Failing("many", tuple(holder(**person, **PHONE) for person in PERSONS), {"persons_per_phone_suspect": 5}),
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
        passes=((holder(**SOLD, mobile="13912345671"), holder(**SOLD, mobile="13912345672")),),
        fails=(
            Failing("run", tuple(holder(**SOLD, mobile=f"1391234567{last}") for last in range(1, 5))),
            Failing(
                "run",
                tuple(holder(**SOLD, mobile=mobile) for mobile in ("13912345699", "13912345700", "13912345701")),
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
            (insured(**WANG, **PHONE), holder(**WANG, **PHONE)),
            (insured(**WANG, **PHONE), holder(**LI, mobile="13705141234")),
        ),
        fails=(Failing("shared", (insured(**WANG, **PHONE), holder(**LI, **PHONE))),),
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
        passes=((holder(**PHONE), listed("relay", mobile="13705141234")),),
        fails=(
            Failing("relay_segment", holder(mobile="95013123456789")),
            Failing("relay_listed", (holder(**PHONE), listed("relay", **PHONE))),
        ),
    ),
)
