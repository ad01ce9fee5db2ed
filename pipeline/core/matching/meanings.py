"""What the words of matching mean, in Chinese and English: keys, comparisons, their levels, refusals, events.

``docs/matching.md`` and every explanation are written from here; a test holds it complete.
"""

from typing import Final, NamedTuple


class Meaning(NamedTuple):
    """One thing said in both languages."""

    zh: str
    en: str


KEYS: Final = {
    "document": Meaning("证件号码相同", "same document number"),
    "mobile": Meaning("手机号相同", "same mobile number"),
    "plate": Meaning("车牌相同", "same number plate"),
    "vin": Meaning("车架号相同", "same VIN"),
    "openid": Meaning("微信 OpenID 相同", "same WeChat OpenID"),
    "landline and surname": Meaning("固定电话与姓相同", "same landline and surname"),
    "name and birth": Meaning("姓名同音，出生日期相同", "names that sound alike, same date of birth"),
    "name and street": Meaning("姓名同音，道路门牌相同", "names that sound alike, same road and house number"),
    "surname and last four of document": Meaning("姓与证件后四位相同", "same surname, same last four of the document"),
    "surname and head of document": Meaning("姓与证件前段相同", "same surname, same head of the document"),
    "name and last four of mobile": Meaning(
        "姓名同音，手机后四位相同", "names that sound alike, same last four of the mobile"
    ),
    "name and head of mobile": Meaning("姓名同音，手机前段相同", "names that sound alike, same head of the mobile"),
    "policy": Meaning("同一保单", "told beside one policy"),
    "claim": Meaning("同一报案（三者除外）", "told beside one claim, the other side apart"),
}

COMPARISONS: Final = {
    "name": Meaning("姓名", "name"),
    "document": Meaning("证件", "document"),
    "birth": Meaning("出生日期", "date of birth"),
    "gender": Meaning("性别", "gender"),
    "phone": Meaning("电话", "phone"),
    "vehicle": Meaning("车辆", "vehicle"),
    "home": Meaning("住址", "home"),
    "wechat": Meaning("微信", "WeChat"),
}

UNKNOWN: Final = Meaning(
    "一方未提供，或所提供的不作依据，不计权重", "a side does not tell, or nothing that speaks: it weighs nothing"
)

LEVELS: Final = {
    "name": {
        "same": Meaning("两个完整姓名相同", "two complete names, equal"),
        "same_sound": Meaning("两个完整姓名同音", "two complete names that sound alike"),
        "near": Meaning("两个完整姓名相近：一字形近、漏字或换位", "two complete names nearly equal: a slip of the pen"),
        "loose": Meaning("两个完整姓名略相近", "two complete names loosely alike"),
        "kin": Meaning(
            "末字或中间字不同，或多一字，而其余相近，如亲属的姓名",
            "alike but for the last character, the one before it or one more, as relatives are named",
        ),
        "same_part": Meaning("不完整的称呼完全相同", "equal, but not complete names"),
        "surname": Meaning("一方不完整，姓相同", "one is not complete; same surname"),
        "given": Meaning("一方不完整，名相同", "one is not complete; same given name"),
        "other_same_surname": Meaning("同姓不同名", "different names, same surname"),
        "other": Meaning("不同姓名", "different names"),
        "other_surname": Meaning("一方不完整，姓不同", "one is not complete; different surnames"),
        "other_given": Meaning("一方不完整，名不同", "one is not complete; different given names"),
    },
    "document": {
        "same_lifetime": Meaning("终身证件号相同", "same number, borne for life"),
        "same": Meaning("证件号相同", "same number"),
        "near": Meaning("差一两位，至少一方无效", "one or two digits apart, not both valid"),
        "near_both_valid": Meaning("差一两位，双方有效", "one or two digits apart, both valid"),
        "visible_part": Meaning("部分遮盖，可见部分一致", "partly hidden; what is visible agrees"),
        "visible_part_differs": Meaning("部分遮盖，可见部分不一致", "partly hidden; what is visible differs"),
        "two_valid": Meaning("两个不同的有效终身证件号", "two different valid numbers, each for life"),
        "two": Meaning("两个不同的证件号", "two different numbers"),
    },
    "birth": {
        "same": Meaning("出生日期相同", "same date of birth"),
        "other": Meaning("出生日期不同", "different dates of birth"),
    },
    "gender": {
        "same": Meaning("性别相同", "same gender"),
        "other": Meaning("性别不同", "different genders"),
    },
    "phone": {
        "same": Meaning("手机号相同", "same mobile"),
        "visible_part": Meaning("部分遮盖，可见部分一致", "partly hidden; what is visible agrees"),
        "one_digit": Meaning("手机号差一位", "mobiles one digit apart"),
        "landline": Meaning("固定电话相同", "same landline"),
        "other": Meaning("手机号不同", "different mobiles"),
    },
    "vehicle": {
        "same": Meaning("同一车辆或同一保单", "one vehicle or one policy"),
        "other": Meaning("车辆不同", "different vehicles"),
    },
    "home": {
        "same": Meaning("同一住址", "same home"),
        "street": Meaning("同路同门牌", "same road and house number"),
        "other": Meaning("住址不同", "different homes"),
    },
    "wechat": {
        "same": Meaning("同一微信号", "same WeChat identity"),
        "other": Meaning("微信号不同", "different WeChat identities"),
    },
}

REFUSALS: Final = {
    "two_lifetime_numbers": Meaning(
        "合并后会有两个不同的终身证件号，不可能是同一人",
        "together they would bear two different lifetime numbers of one kind",
    ),
    "two_names": Meaning(
        "合并后会有两个互不相容的姓名，或像亲属的姓名而证件与电话不都相同",
        "together they would bear two incompatible names, or names as relatives have, not with one number and one phone",
    ),
    "person_and_organisation": Meaning("一方是个人，一方是单位", "one is a person, one an organisation"),
    "ambiguous": Meaning(
        "未写姓名或未指明何人，信息不足，不能确定属于谁",
        "it names nobody, or tells a number without a name beside another phone: too little says that it is this one's and nobody else's",
    ),
    "other_person": Meaning(
        "未指明何人的信息：属于另一人，或与此人的姓、性别、微信号、名或证件可见部分不符",
        "it names nobody, and is another person's or says otherwise: surname, sex, WeChat account, given name or visible digits",
    ),
    "component_too_large": Meaning("牵连过多，较轻的匹配被切断", "too much hung together; the lightest links were cut"),
    "decided": Meaning("人工判定不是同一人", "somebody decided that they are two"),
    "uncertain": Meaning("权重不足以合并，等待人工判断", "too light to link; a person should decide"),
}

VERDICTS: Final = {
    "one_telling": Meaning("两条信息说法相同，是同一表述", "both tell the same: they are one telling"),
    "linked": Meaning("两者直接匹配", "the two are linked"),
    "chained": Meaning("两者经由其他信息相连", "the two are connected through other records"),
    "refused": Meaning("匹配权重足够，但被拒绝", "they weigh enough to be linked, but the link was refused"),
    "review": Meaning("权重不足以合并，已列入待人工判断", "too light to link; listed for a person to decide"),
    "nobody": Meaning(
        "至少一条信息未指明任何客户，不参与匹配", "at least one of them names no customer and is not matched"
    ),
    "no_key": Meaning(
        "没有共同的键，从未比较；以下为现在比较的结果", "no key in common: never compared; compared now they weigh this"
    ),
    "too_light": Meaning("有共同的键，但权重太轻", "they have a key in common, but weigh too little"),
    "uncertain_now": Meaning(
        "有共同的键，权重介于两者之间；当晚可能有不可信的取值，或分组过大",
        "a key in common and a weight in between; that night a value may have been silent, or the block too large",
    ),
    "not_brought_together": Meaning(
        "现在比较足以合并，但当晚没有：分组过大，或某个取值（如代办人电话、可疑证件）当晚不作依据",
        "compared now they weigh enough, but that night they did not: the block was too large, or a value (an agent's "
        "number, a suspect document) did not speak",
    ),
}

EVENTS: Final = {
    "created": Meaning("新建客户号", "new id"),
    "split": Meaning("从另一客户拆出", "split off from the other id, which lives on"),
    "joined": Meaning("并入另一客户，本号终止", "joined the other id and ended"),
    "moved": Meaning("部分信息移到另一客户", "records moved to the other id; both live"),
    "retired": Meaning("最后一条信息消失，本号终止", "ended with its last record"),
}


def level(comparison: str, name: str) -> Meaning:
    """What a level of a comparison means; its own name where a former night knew one that is gone."""
    if name == "unknown":
        return UNKNOWN
    return LEVELS.get(comparison, {}).get(name, Meaning(name, name))


ROLES = {
    "policyholder": Meaning("投保人", "policyholder"),
    "insured": Meaning("被保险人", "insured"),
    "owner": Meaning("车主", "owner"),
}
"""Roles of a policy that are judged."""

PARTY_VERDICTS = {
    "authentic": Meaning("真实", "authentic"),
    "refuted": Meaning("不真实", "refuted"),
    "unverified": Meaning("未核实", "unverified"),
}

REFUTED_KINDS = {
    "missing": Meaning("信息缺失", "only something is missing"),
    "false": Meaning("信息有误", "something is wrong"),
}
