"""Writes ``docs/rules.md`` from the rule catalogue, ``docs/outputs.md`` from the tables' columns, ``docs/settings.md``
from the settings and the usual headers, ``docs/matching.md`` from keys, comparisons and the packaged model.

python docs/generate.py            writes the pages
python docs/generate.py --check    exit code 1 when a page is not what it would write
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import get_origin

import polars as pl
from pydantic import BaseModel

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from pipeline.core.feed_words import (  # noqa: E402
    ONE_COLUMN,
    PARTY_FIELD_WORDS,
    PARTY_WORDS,
    ROW_FIELD_WORDS,
    UNUSED_WORDS,
)
from pipeline.core.feeds import KINDS, FeedKind  # noqa: E402
from pipeline.core.matching import meanings, people  # noqa: E402
from pipeline.core.matching.matcher import packaged  # noqa: E402
from pipeline.core.matching.model import MILLIBITS, digest_of  # noqa: E402
from pipeline.core.published import TABLES  # noqa: E402
from pipeline.core.rules.catalogue import RULES  # noqa: E402 -- the checkout comes before an installed copy
from pipeline.core.rules.limits import Limits  # noqa: E402
from pipeline.core.rules.norms import NORMS  # noqa: E402
from pipeline.core.rules.rule import Example, Failing, Row, Rule  # noqa: E402
from pipeline.core.schema import Table  # noqa: E402
from pipeline.settings import (  # noqa: E402
    AssessmentSettings,
    CaliberSettings,
    EngineSettings,
    EvidenceSection,
    FeedSettings,
    ListsSettings,
    MailSettings,
    MatchingSettings,
    NotifySettings,
    RewardBand,
    RulesSettings,
    Settings,
)

FAMILIES = {
    "N": "姓名 Names",
    "D": "证件 Documents",
    "P": "电话 Phones",
    "A": "地址 Addresses",
    "E": "邮箱 E-mail",
    "R": "关系 Relations",
    "V": "车辆 Vehicles",
    "C": "业务行为与来源 Conduct and feeds",
}
SCOPES = {
    "value": "单值 value",
    "row": "单条信息 row",
    "policy": "同一保单或赔案 policy or claim",
    "shared": "相同取值的信息 shared value",
    "customer": "同一客户的信息 records of one customer",
    "evidence": "证据 evidence",
    "feed": "来源 feed",
}
EFFECTS = {
    "missing": "缺失 missing",
    "fail": "不真实 false",
    "suspect": "可疑 suspect",
    "repair": "修复 repair",
    "info": "提示 information",
    "quarantine": "隔离 quarantine",
    "refuse": "拒收 refuse",
}
TYPES = {
    "Int8": "int8",
    "String": "text",
    "Date": "date",
    "Boolean": "boolean",
    "Int64": "integer (int64)",
    "Float64": "number (float64)",
    "Datetime(time_unit='us', time_zone=None)": "timestamp (µs, local time)",
}
ASSUMED = {"source": "underwriting", "role": "policyholder", "customer_type": "person"}
"""What an example's observation is unless it says otherwise."""

RULES_HEAD = """# 规则 Rules

本页由 `python docs/generate.py` 根据规则目录生成，请勿手改。
Generated from the catalogue (`pipeline/core/rules/catalogue.py`) by `python docs/generate.py`; do not edit.

每条规则对每条信息的结果：**通过**、**不通过**（附原因）、**无法判断**（应问而缺少所需内容，既不算通过也不算不通过），或**不问**。
An outcome is *pass*, *fail* with its reason, *unknown* (it should have been asked, but what it needs is missing or
unusable; counted neither as passed nor as failed), or *not asked*.

级别 Severity: **F** 不真实 refutes · **W** 可疑 suspect · **I** 修复或提示 repair or information.
一条规则有多种原因时，取最先成立的最严重者。Of several reasons the first and worst that holds is given.

规则可在设置中关闭或改级，限值可改。Rules can be switched off or re-graded and limits changed in the settings:

```yaml
rules:
  off: [A06]
  severities: {E01.missing: F}
  limits: {persons_per_phone: 5}
```
"""

OUTPUTS_HEAD = """# 输出表 Output tables

本页由 `python docs/generate.py` 根据 `pipeline/core/schema.py` 生成，请勿手改。
Generated from `pipeline/core/schema.py` by `python docs/generate.py`; do not edit.

Parquet 文件，列的名称、类型和行的顺序固定。Parquet, with fixed column names, types and row order.
"""


def rules_page() -> str:
    """The page of rules, Chinese and English."""
    parts = [RULES_HEAD, *_limits()]
    for letter, family in groupby(RULES, key=lambda rule: rule.id[0]):
        parts.append(f"\n## {FAMILIES[letter]}\n")
        parts.extend(_rule(rule) for rule in family)
    return "\n".join([*parts, *_norms()]) + "\n"


def _limits() -> Iterator[str]:
    yield "## 限值 Limits\n"
    yield "| `rules.limits` | 默认 default | 含义 | meaning |\n|---|---|---|---|"
    for limit in fields(Limits):
        yield f"| `{limit.name}` | {limit.default} | {limit.metadata['zh']} | {limit.metadata['en']} |"


def _norms() -> Iterator[str]:
    yield "\n## 依据 Norms\n"
    yield "| | 中文 | English |\n|---|---|---|"
    for tag, (zh, en) in NORMS.items():
        yield f"| {tag} | {zh} | {en} |"


def _rule(rule: Rule) -> str:
    lines = [
        f"### {rule.id} {rule.zh} · {rule.en}\n",
        f"{SCOPES[rule.scope]} · {', '.join(rule.norm)}\n",
        f"{rule.why_zh}\n\n{rule.why}\n",
        "| 原因 reason | 级别 | 作用 effect | 中文 | English |\n|---|---|---|---|---|",
        *(f"| `{way.code}` | {way.severity} | {EFFECTS[way.effect]} | {way.zh} | {way.en} |" for way in rule.reasons),
        "",
        *(f"- 通过 passes: {_example(example)}" for example in rule.passes),
        *(f"- 不通过 fails `{failing.reason}`: {_failing(failing)}" for failing in rule.fails),
    ]
    return "\n".join(lines) + "\n"


def _failing(failing: Failing) -> str:
    needs = "".join(f" ({name} = {value})" for name, value in failing.limits.items())
    return _example(failing.example) + needs


def _example(example: Example) -> str:
    rows = example if isinstance(example, tuple) else (example,)
    shown = [_row(row) for row in rows[:3]]
    more = f" + {len(rows) - len(shown)} …" if len(rows) > len(shown) else ""
    return " + ".join(shown) + more


def _row(row: Row) -> str:
    told = {name: value for name, value in row.items() if name not in ASSUMED or ASSUMED[name] != value}
    return "`" + (" ".join(f"{name}={_value(value)}" for name, value in told.items()) or "—") + "`"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(f"{field}:{repair}({raw})" for field, repair, raw in value)
    return "∅" if value is None else str(value)


def outputs_page() -> str:
    """The page of output tables, Chinese and English."""
    return "\n".join([OUTPUTS_HEAD, *(_table(table) for table in TABLES)]) + "\n"


def _table(table: Table) -> str:
    lines = [
        f"## {table.name}\n",
        f"{table.zh}。{table.en[0].upper()}{table.en[1:]}.\n",
        f"排序 sorted by: {', '.join(f'`{name}`' for name in table.sorted_by)}\n",
        "| 列 column | 类型 type | 中文 | English |\n|---|---|---|---|",
        *(f"| `{column.name}` | {_type(column.dtype)} | {column.zh} | {column.en} |" for column in table.columns),
    ]
    return "\n".join(lines) + "\n"


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return f"list of {_type(dtype.inner)}"  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return "{" + ", ".join(f"{field.name}: {_type(field.dtype)}" for field in dtype.fields) + "}"  # type: ignore[arg-type]
    return TYPES[str(dtype)]


SETTINGS_HEAD = """# 设置 Settings

本页由 `python docs/generate.py` 根据 `pipeline/settings.py` 生成，请勿手改。
Generated from `pipeline/settings.py` and `pipeline/core/feeds.py` by `python docs/generate.py`; do not edit.

One YAML file. Unknown keys are refused and every problem is told at once. Paths are relative to the file; `{date}` in a
path is the business date as `20261121`, `{date:%Y-%m-%d}` gives it another form.
"""

SECTIONS = (
    ("nightly.yaml", Settings),
    ("feeds.&lt;name&gt;", FeedSettings),
    ("rules", RulesSettings),
    ("matching", MatchingSettings),
    ("evidence", EvidenceSection),
    ("calibers.&lt;name&gt;", CaliberSettings),
    ("assessment", AssessmentSettings),
    ("assessment.reward_bands", RewardBand),
    ("lists", ListsSettings),
    ("notify", NotifySettings),
    ("notify.mail", MailSettings),
    ("engine", EngineSettings),
)


HEADERS_HEAD = """## 常用表头 Usual headers

A *target* is where a column goes: `<field>` for the whole row, `<party>.<field>` for one party of it. `zhenke check`
tells of every header what it was taken for. Headers are compared without regard to letter case, width, blanks, `_`,
`-`, `*` and (必填); a party's header is the word of the party followed by the word of the field (投保人 + 手机号). A
target's own name is a header too (`policyholder.mobile`, `policyholder_mobile`).

Of several columns of one target the header that stands first here is the best: of {one} only that column is used, of
the others the next best fills the rows the best leaves empty. A second column of mobiles goes to `other_phones`.
"""


def settings_page() -> str:
    """The page of settings: every key, then the usual headers of every kind of feed."""
    parts = [SETTINGS_HEAD, *(_section(name, section) for name, section in SECTIONS)]
    parts.append(HEADERS_HEAD.format(one=", ".join(f"`{target}`" for target in sorted(ONE_COLUMN))))
    parts.extend(_kind(kind) for kind in KINDS.values())
    parts.append(_headers("### 当事人 Parties", PARTY_WORDS, "party"))
    parts.append(_headers("### 当事人各项 Fields of a party", PARTY_FIELD_WORDS))
    parts.append(_headers("### 整行各项 Fields of the whole row", ROW_FIELD_WORDS))
    parts.append("### 不用的表头 Not used\n\nKnown, and nothing is kept of them: " + " ".join(UNUSED_WORDS) + "\n")
    return "\n".join(parts)


def _headers(title: str, words: Mapping[str, Sequence[str]], column: str = "target") -> str:
    lines = [f"{title}\n", f"| {column} | headers |\n|---|---|"]
    lines.extend(f"| `{target}` | {' '.join(said)} |" for target, said in words.items())
    return "\n".join(lines) + "\n"


def _section(name: str, section: type[BaseModel]) -> str:
    lines = [f"## {name}\n", "| key | type | default | meaning |\n|---|---|---|---|"]
    for key, field in section.model_fields.items():
        default = "obligatory" if field.is_required() else f"`{field.get_default(call_default_factory=True)}`"
        if isinstance(field.default_factory, type) and issubclass(field.default_factory, BaseModel):
            default = "see below"
        lines.append(f"| `{key}` | {_hint(field.annotation)} | {default} | {field.description or ''} |")
    return "\n".join(lines) + "\n"


def _hint(annotation: object) -> str:
    """A type as a user would say it."""
    plain = str(annotation) if get_origin(annotation) or not isinstance(annotation, type) else annotation.__name__
    bare = re.sub(r"[A-Za-z_]+\.(?=[A-Za-z_])", "", plain)
    return re.sub(r"Annotated\[(\w+), FieldInfo\(.*?\]\)\]", r"\1", bare).replace("|", "or")


def _kind(kind: FeedKind) -> str:
    keys = " or ".join("+".join(key) for key in kind.keys)
    needs = "; ".join(" or ".join(targets) for targets in kind.obligatory)
    parties = f"Parties of a row: {', '.join(kind.parties)}. " if kind.parties else ""
    title = f"### {kind.name} {kind.zh}\n\n{parties}Key: {keys}. Needs: {needs}."
    return _headers(f"{title}\n\nWhat these headers mean here:", kind.own_words) if kind.own_words else title + "\n"


MATCHING_HEAD = """# 匹配 Matching

本页由 `python docs/generate.py` 根据 `pipeline/core/matching` 生成，请勿手改。
Generated from `pipeline/core/matching` by `python docs/generate.py`; do not edit.

说法相同的信息合为一个**表述**；至少有一个共同**键**的两个表述才比较。每项**比较**得出一个级别，级别的权重是
log2(m/u) 比特；先验与各级别权重之和达到 `matching.link_at` 即为同一客户，达到 `matching.review_at` 者供人工判断。
Records that tell the same are one *telling*; two tellings are compared when they have a *key* in common. Each
*comparison* gives a level, whose weight is log2(m/u) bits; from `matching.link_at` bits on (prior and weights added up)
both are one customer, from `matching.review_at` on a person may decide.

`zhenke explain` 说明任一客户、记录或记录对；`zhenke train` 用已发布的一夜重新估计模型。
`zhenke explain` explains any customer, record or pair; `zhenke train` estimates a model from a published night.
"""


def matching_page() -> str:
    """The page of matching: keys, comparisons, levels and the packaged weights."""
    model = packaged().model
    parts = [MATCHING_HEAD, "## 键 Keys\n", "| key | 中文 | English |\n|---|---|---|"]
    parts.extend(f"| {key.name} | {meanings.KEYS[key.name].zh} | {meanings.KEYS[key.name].en} |" for key in people.KEYS)
    parts.append("\n## 随附模型 Packaged model\n")
    parts.append(f"SHA-256 `{digest_of(model)}`\n")
    parts.extend(f"- {name}: {value}" for name, value in model.provenance.items())
    parts.append(f"\n先验 prior: {model.prior:.4f} ({model.prior_weight() / MILLIBITS:+.3f} bits)\n")
    for one, weights in zip(people.COMPARISONS, model.weights(people.COMPARISONS), strict=True):
        name = meanings.COMPARISONS[one.name]
        parts.append(f"### {one.name} {name.zh} {name.en}\n")
        parts.append("| level | 中文 | English | m | u | bits |\n|---|---|---|---:|---:|---:|")
        for level, weight in zip(("unknown", *one.levels), weights.tolist(), strict=True):
            means = meanings.level(one.name, level)
            m, u = (f"{side[one.name][level]:.4f}" if level != "unknown" else "" for side in (model.m, model.u))
            parts.append(f"| `{level}` | {means.zh} | {means.en} | {m} | {u} | {weight / MILLIBITS:+.3f} |")
        parts.append("")
    parts.append("## 拒绝原因 Refusals\n")
    parts.append("| reason | 中文 | English |\n|---|---|---|")
    parts.extend(f"| `{code}` | {means.zh} | {means.en} |" for code, means in meanings.REFUSALS.items())
    return "\n".join(parts) + "\n"


def pages() -> Mapping[Path, str]:
    """Path -> what should stand there."""
    return {
        HERE / "rules.md": rules_page(),
        HERE / "outputs.md": outputs_page(),
        HERE / "settings.md": settings_page(),
        HERE / "matching.md": matching_page(),
    }


def main(arguments: list[str]) -> int:
    """0 when the pages are written or right; 1 when ``--check`` found one that is not."""
    if arguments not in ([], ["--check"]):
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments:
        for path in stale:
            print(f"{path.name} is stale: run python docs/generate.py", file=sys.stderr)
        return int(bool(stale))
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
