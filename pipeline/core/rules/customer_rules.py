"""Rules that need to know who is one customer: R06, R07.

An example of such a rule is a group; the first observation is the one asked.
"""

import polars as pl

from pipeline.core.rules.audience import PERSON, POLICY_PARTY, given
from pipeline.core.rules.party_examples import LI, PHONE, WANG, holder, insured
from pipeline.core.rules.rule import Failing, Reason, Rule

_LIFETIME = pl.col("cert_no__lifetime_no").is_not_null()

CUSTOMER_RULES: tuple[Rule, ...] = (
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
            (holder(**WANG, **PHONE), insured(**WANG, **PHONE)),
            (holder(**WANG, **PHONE), {"source": "claims", "role": "driver", "name": "王小明", **PHONE}),
        ),
        fails=(
            Failing(
                "several_numbers",
                (holder(**WANG, **PHONE), holder(**WANG | {"cert_no": "320102198801011235"}, **PHONE)),
            ),
            Failing("several_entries", (holder(**WANG, **PHONE), holder(name="王小明", **PHONE, policy_no="P2"))),
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
        passes=((holder(**WANG, **PHONE), insured(**WANG, **PHONE)),),
        fails=(
            Failing(
                "two_numbers",
                (
                    holder(**LI, **PHONE),
                    insured(**LI | {"cert_no": "320102198801011236"}, **PHONE),
                    holder(**WANG, policy_no="P2"),
                    insured(**WANG, policy_no="P2"),
                ),
            ),
        ),
    ),
)
