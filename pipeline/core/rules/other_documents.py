"""Rules of documents other than the resident id, and of a document's type: D14–D23."""

import polars as pl

from pipeline.core.rules.audience import CUSTOMER, ORGANISATION, POLICY_PARTY, among, bears, given
from pipeline.core.rules.document_columns import (
    CHECK_DIGIT,
    DATE,
    DECLARED,
    NUMBER,
    ORGANISATION_DOCUMENTS,
    PASSES_AS,
    RESIDENT,
    TYPE,
    WELL_FORMED,
    of_type,
)
from pipeline.core.rules.rule import Failing, Reason, Rule

_LENGTH = NUMBER.str.len_chars()
_PERSON_LICENSED = (pl.col("customer_type") == "person") & among(DECLARED, *ORGANISATION_DOCUMENTS)
_IS_CREDIT_CODE = (PASSES_AS == "USCC").fill_null(value=False)
_SUCCESSOR = (DECLARED == "ORG") & _IS_CREDIT_CODE
_LAWFUL_OTHER = bears("cert_no", "hmt_permit") | ((DECLARED == "DRIVER") & ~among(PASSES_AS, *ORGANISATION_DOCUMENTS))

OTHER_DOCUMENTS: tuple[Rule, ...] = (
    Rule(
        "D14",
        "港澳台居住证",
        "residence permit of Hong Kong, Macao and Taiwan residents",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不是81、82、83开头的18位号码",
                "not 18 characters beginning 810000, 820000 or 830000",
                (TYPE == "HMT_RESIDENCE") & ~WELL_FORMED,
            ),
            Reason(
                "check_digit",
                "F",
                "fail",
                "校验位不符",
                "the check digit does not fit",
                (TYPE == "HMT_RESIDENCE") & ~CHECK_DIGIT,
            ),
            Reason("date", "F", "fail", "出生日期非法", "no real day of birth", (TYPE == "HMT_RESIDENCE") & ~DATE),
            Reason(
                "declared_resident_id",
                "W",
                "suspect",
                "号码是居住证，类型却是居民身份证",
                "a permit's number declared as a resident id",
                TYPE != "HMT_RESIDENCE",
            ),
        ),
        "编码规则与身份证相同，只是前六位不同。",
        "Coded like a resident id but for the first six digits.",
        ("HMT", "LIB"),
        asked=of_type("HMT_RESIDENCE") | (CUSTOMER & bears("cert_no", "hmt_permit")),
        passes=({"cert_type": "HMT_RESIDENCE", "cert_no": "810000199003074016"},),
        fails=(
            Failing("check_digit", {"cert_type": "HMT_RESIDENCE", "cert_no": "810000199003074011"}),
            Failing("shape", {"cert_type": "HMT_RESIDENCE", "cert_no": "8100001990030740"}),
            Failing("date", {"cert_type": "HMT_RESIDENCE", "cert_no": "81000019850229123X"}),
            Failing("declared_resident_id", {"cert_type": "RIC", "cert_no": "810000199003074016"}),
        ),
    ),
    Rule(
        "D15",
        "外国人永居证",
        "foreigner's permanent residence card",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不符合新旧永居证的格式",
                "of a card's length, but not of its form",
                ~WELL_FORMED & _LENGTH.is_in([15, 18]),
            ),
            Reason("check_digit", "F", "fail", "校验位不符", "the check digit does not fit", ~CHECK_DIGIT),
            Reason("date", "F", "fail", "出生日期非法", "no real day of birth", ~DATE),
            Reason(
                "other_paper",
                "W",
                "suspect",
                "位数不是永居证（可能是居留许可）",
                "not a card's length: perhaps a residence permit in a passport",
                ~WELL_FORMED & ~_LENGTH.is_in([15, 18]),
            ),
        ),
        "代码53为“居留证件”，也包括护照内的居留许可，其号码无公开格式，只算可疑。",
        "Code 53 covers residence papers of every kind; the stickers in passports have no published form, so "
        "another length is only suspect.",
        ("NIA23", "LIB"),
        asked=of_type("FPR"),
        passes=(
            {"cert_type": "FPR", "cert_no": "932682198501010017", "name": "JOHN SMITH"},
            {"cert_type": "FPR", "cert_no": "911398199012310021", "name": "JOHN SMITH"},
        ),
        fails=(
            Failing("check_digit", {"cert_type": "FPR", "cert_no": "932682198501010018"}),
            Failing("shape", {"cert_type": "FPR", "cert_no": "KAZ11009012310A"}),
            Failing("date", {"cert_type": "FPR", "cert_no": "932682198502291236"}),
            Failing("other_paper", {"cert_type": "FPR", "cert_no": "12345678"}),
        ),
    ),
    Rule(
        "D16",
        "护照",
        "passport",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不符合中国护照格式",
                "not of a Chinese passport's form",
                ~WELL_FORMED & (TYPE == "PASSPORT_CN"),
            ),
            Reason(
                "foreign_shape",
                "W",
                "suspect",
                "不像护照号",
                "not of a passport's form",
                ~WELL_FORMED & (TYPE == "PASSPORT_X"),
            ),
        ),
        "中国护照格式已知；外国护照各国不同，只算可疑。",
        "The forms of Chinese passports are known; foreign ones differ, so only suspect.",
        ("LIB",),
        asked=of_type("PASSPORT_CN", "PASSPORT_X"),
        passes=(
            {"cert_type": "PASSPORT_CN", "cert_no": "E12345678"},
            {"cert_type": "PASSPORT_X", "cert_no": "C01X00T47"},
        ),
        fails=(
            Failing("shape", {"cert_type": "PASSPORT_CN", "cert_no": "E1234567"}),
            Failing("foreign_shape", {"cert_type": "PASSPORT_X", "cert_no": "12"}),
        ),
    ),
    Rule(
        "D17",
        "回乡证/台胞证",
        "travel permits of Hong Kong, Macao and Taiwan residents",
        "value",
        (
            Reason("shape", "F", "fail", "不符合回乡证或台胞证格式", "not of the permit's form", ~WELL_FORMED),
            Reason(
                "mainland_permit",
                "W",
                "suspect",
                "号码是内地居民往来港澳台的通行证",
                "the number of a mainland resident's own exit permit",
                bears("cert_no", "mainland_permit"),
            ),
        ),
        "码表中的“港澳通行证”“台湾通行证”也指内地居民往来港澳台的证件（C、W、L、T开头），真人会填，只算可疑。",
        "The code set's names also fit the exit permits of mainland residents (C, W, L, T and eight characters), "
        "which real people give: suspect only.",
        ("LIB",),
        asked=of_type("HM_PERMIT", "TW_PERMIT"),
        passes=({"cert_type": "HM_PERMIT", "cert_no": "H12345678"}, {"cert_type": "TW_PERMIT", "cert_no": "12345678"}),
        fails=(
            Failing("shape", {"cert_type": "HM_PERMIT", "cert_no": "A12345678"}),
            Failing("mainland_permit", {"cert_type": "HM_PERMIT", "cert_no": "C12345678"}),
        ),
    ),
    Rule(
        "D18",
        "军官证",
        "military document",
        "value",
        (Reason("shape", "W", "suspect", "不像军官证号", "not of a military document's form", ~WELL_FORMED),),
        "只有格式可查，写法很多，只算可疑。",
        "There is nothing but a form, and many ways to write it: suspect only.",
        ("LIB",),
        asked=of_type("MIL"),
        passes=({"cert_type": "MIL", "cert_no": "军字第2001988号"},),
        fails=(Failing("shape", {"cert_type": "MIL", "cert_no": "2001988"}),),
    ),
    Rule(
        "D19",
        "统一社会信用代码",
        "unified social credit code",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "位数或字符不符",
                "length or characters are wrong",
                ~WELL_FORMED & (TYPE != "TAX"),
            ),
            Reason(
                "check_digit",
                "F",
                "fail",
                "校验位不符",
                "the check character does not fit",
                ~CHECK_DIGIT & (TYPE != "TAX") & ~bears("cert_no", "early_fujian"),
            ),
            Reason(
                "early_fujian",
                "W",
                "suspect",
                "校验位不符，但福建早期代码确有此情形",
                "the check character does not fit, as with real early codes of Fujian",
                bears("cert_no", "early_fujian"),
            ),
            Reason(
                "tax_number",
                "W",
                "suspect",
                "税务登记号不是15、18或20位",
                "a tax number has 15, 18 or 20 characters",
                ~WELL_FORMED & (TYPE == "TAX"),
            ),
        ),
        "GB 32100 编码；福建（厦门）早期真实代码校验不符，只算可疑；税务登记证号随本条核查位数，只算可疑。",
        "GB 32100. Real early codes of Fujian fail the check: suspect. A tax registration number is asked here for "
        "its length, suspect only.",
        ("GB32100", "LIB"),
        asked=of_type("USCC", "TAX") | (of_type("BIZ") & (_LENGTH != 15).fill_null(value=True)),
        passes=(
            {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4X"},
            {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "91320100MA1X7K3P4X"},
        ),
        fails=(
            Failing(
                "check_digit", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4Y"}
            ),
            Failing("shape", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91320100MA1X7K3P4"}),
            Failing(
                "early_fujian", {"customer_type": "organisation", "cert_type": "USCC", "cert_no": "91350211M0000XUF46"}
            ),
            Failing("tax_number", {"customer_type": "organisation", "cert_type": "TAX", "cert_no": "1234"}),
        ),
    ),
    Rule(
        "D20",
        "组织机构代码",
        "organisation code",
        "value",
        (
            Reason(
                "shape",
                "F",
                "fail",
                "不是8位加校验位",
                "not eight characters and a check character",
                ~WELL_FORMED & ~_IS_CREDIT_CODE,
            ),
            Reason("check_digit", "F", "fail", "校验位不符", "the check character does not fit", ~CHECK_DIGIT),
        ),
        "GB 11714。一条信息只有一个证件号，所以与信用代码第9至17位的比对不在此处；填了信用代码的归 D22。",
        "GB 11714. An observation bears one number, so the comparison with characters 9 to 17 of a credit code is "
        "not asked here; a credit code in its place is D22's.",
        ("GB11714",),
        asked=of_type("ORG"),
        passes=({"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456788"},),
        fails=(
            Failing("check_digit", {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456789"}),
            Failing("shape", {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "1234-8"}),
        ),
    ),
    Rule(
        "D21",
        "旧营业执照号",
        "15-digit business licence",
        "value",
        (
            Reason(
                "check_digit",
                "W",
                "suspect",
                "15位注册号校验位不符",
                "the check digit does not fit",
                (_LENGTH == 15) & ~CHECK_DIGIT,
            ),
            Reason(
                "obsolete",
                "W",
                "suspect",
                "旧营业执照号，应索取统一社会信用代码",
                "an obsolete number: ask for the credit code",
                _LENGTH == 15,
            ),
        ),
        "15位注册号已由统一社会信用代码取代，有效也算可疑。",
        "The credit code replaced it, so even a valid one is suspect.",
        ("GS15", "LIB"),
        asked=of_type("BIZ"),
        passes=({"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "91320100MA1X7K3P4X"},),
        fails=(
            Failing("check_digit", {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "110108000000017"}),
            Failing("obsolete", {"customer_type": "organisation", "cert_type": "BIZ", "cert_no": "110108000000016"}),
        ),
    ),
    Rule(
        "D22",
        "证件类型与号码不符",
        "number of another document type",
        "row",
        (
            Reason(
                "other_type",
                "F",
                "fail",
                "号码不合所填类型，却完全符合另一种类型",
                "it fails its declared type and passes exactly one other",
                pl.when(NUMBER.is_not_null()).then(PASSES_AS.is_not_null() & ~_LAWFUL_OTHER & ~_SUCCESSOR),
            ),
            Reason(
                "successor_number",
                "W",
                "suspect",
                "类型为组织机构代码，号码已是统一社会信用代码",
                "declared an organisation code, but it is the credit code that replaced it",
                pl.when(NUMBER.is_not_null()).then(_SUCCESSOR),
            ),
        ),
        "建议改为所符合的类型，接受之前算不通过。居住证误填为身份证归 D14；外国人、港澳台居民的驾驶证号就是其本人证"
        "件号；信用代码已取代组织机构代码，只算可疑。",
        "The type it passes as is proposed; it fails until that is accepted. A residence permit declared as a "
        "resident id is D14's; the driving licence of a foreigner bears the number of his own document; the credit "
        "code replaced the organisation code, so that is only suspect.",
        ("CIRC82", "PRACTICE"),
        asked=(POLICY_PARTY | given("cert_no"))
        & DECLARED.is_not_null()
        & ~among(DECLARED, "OTHER", "RIC_ABN", "TRAVEL"),
        passes=({"customer_type": "organisation", "cert_type": "ORG", "cert_no": "123456788"},),
        fails=(
            Failing("other_type", {"cert_type": "RIC", "cert_no": "91320100MA1X7K3P4X"}),
            Failing(
                "successor_number",
                {"customer_type": "organisation", "cert_type": "ORG", "cert_no": "91320100MA1X7K3P4X"},
            ),
        ),
    ),
    Rule(
        "D23",
        "客户类型与证件类型",
        "customer type and document type",
        "row",
        (
            Reason(
                "person_with_organisation_document",
                "F",
                "fail",
                "个人客户用单位证件",
                "a person with an organisation's document",
                _PERSON_LICENSED & ~pl.col("cert_no__sole_trader"),
            ),
            Reason(
                "organisation_with_personal_document",
                "F",
                "fail",
                "单位客户用个人证件",
                "an organisation with a person's document",
                ORGANISATION & among(DECLARED, *RESIDENT, "PASSPORT_X"),
            ),
            Reason(
                "sole_trader",
                "W",
                "suspect",
                "个人客户用个体工商户执照",
                "a person with a sole trader's licence",
                _PERSON_LICENSED & pl.col("cert_no__sole_trader"),
            ),
        ),
        "个体工商户（92开头）在法律上是自然人，只算可疑。",
        "A sole trader (credit code beginning 92) is a natural person in law: suspect only.",
        ("CODE", "EAST"),
        asked=given("cert_type") | POLICY_PARTY,
        passes=({"customer_type": "organisation", "cert_type": "BIZ"},),
        fails=(
            Failing("person_with_organisation_document", {"cert_type": "BIZ"}),
            Failing("organisation_with_personal_document", {"customer_type": "organisation", "cert_type": "RIC"}),
            Failing("sole_trader", {"cert_type": "USCC", "cert_no": "92320102MA1N5Q7R8F"}),
        ),
    ),
)
