"""Rows as delivered -> observations | rejects.

What a row says once is cleaned once; each party of it becomes an observation that carries the row's own fields. Beside
the columns of the observations table a frame that travels has working columns (:data:`TRAVEL_SCHEMA`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

import polars as pl

from pipeline.core.cleaning import Words, clean
from pipeline.core.digest import digest
from pipeline.core.feed_words import PARTY_FIELD_WORDS, ROW_FIELD_WORDS
from pipeline.core.feeds import KINDS, FeedKind, role_of
from pipeline.core.fields import name, text
from pipeline.core.quarantine import Problems, as_told, find_problems
from pipeline.core.record_ids import record_ids
from pipeline.core.schema import OBSERVATION_SCHEMA, REJECTS
from pipeline.core.tables import codes

TRAVEL_SCHEMA = pl.Schema(
    {
        **OBSERVATION_SCHEMA,
        "_content": pl.UInt64(),  # digest of the row as delivered, wherever it stood
        "_first": pl.Boolean(),  # first party of its row: counting these counts rows
        "_carried": pl.Boolean(),  # told on an earlier night
        "_tombstone": pl.Boolean(),  # the source says the row is gone
        "_customer": pl.String(),  # whose it was last night
    }
)

DELETIONS = ("D", "DEL", "DELETE", "删除", "3")
"""Words of the operation column that say a row is gone."""
DELETED = ("D", "DEL", "DELETED", "删除", "已删除", *(word for word, flag in codes.FLAGS.items() if flag == "true"))
"""Words of a column of deletion flags that say so."""

_TELLING = ("name", "cert_no", "mobile", "landline", "other_phones", "openid", "unionid", "email", "address")
_VEHICLE = ("plate", "vin")
_ORGANISATION_TYPES = ("ORG", "TAX", "BIZ", "USCC")
_MARK = "\x1f"


@dataclass(frozen=True)
class FeedSpec:
    """What standardising needs to know of a feed. ``key``: targets that name a row, empty for append-only."""

    name: str
    kind: str
    key: tuple[str, ...]
    night: date
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    null_words: frozenset[str] = frozenset()
    date_formats: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def words(self) -> Words:
        """The feed's own codes, null words and date formats."""
        return Words(self.codes, self.null_words, self.date_formats)


@dataclass
class Standardised:
    """``observations`` in :data:`TRAVEL_SCHEMA`; ``rejects`` in the rejects table's schema."""

    observations: pl.DataFrame
    rejects: pl.DataFrame


def standardise(rows: pl.DataFrame, spec: FeedSpec) -> Standardised:
    """Observations of ``rows`` (``feed_file``, ``feed_row`` and text columns named by target).

    Every row is in the observations (with at least one party, or as a tombstone) or in the rejects, never in both.
    """
    kind = KINDS[spec.kind]
    told = _with_defaults(rows, spec.defaults)
    content = _content(rows, named=bool(spec.key))
    keys = _keys(told, spec, content)
    gone = _operation(told)
    parties = _parties(told, kind, gone)
    observations = _cleaned(told, parties, spec)
    roles = _said_roles(told, spec.words)
    problems = find_problems(observations, parties["_row"], roles.with_columns(key=keys), spec.kind)
    good = parties["_row"].is_in(problems.rows["row"].implode()).not_()
    observations = (
        _identified(
            observations, parties, spec, told.select("feed_file", "feed_row", key=keys, content=content, gone=gone)
        )
        .with_columns(role=pl.coalesce(roles["said"].gather(parties["_row"]), "role"))
        .filter(good)
        .select(pl.col(column).cast(dtype) for column, dtype in TRAVEL_SCHEMA.items())
    )
    return Standardised(observations, _rejects(rows, problems, spec.name))


def travelling(observations: pl.DataFrame) -> pl.DataFrame:
    """Published observations of an earlier night, ready to travel with tonight's."""
    return observations.select(
        *OBSERVATION_SCHEMA,
        pl.lit(0, pl.UInt64).alias("_content"),
        pl.lit(value=False).alias("_first"),
        pl.lit(value=True).alias("_carried"),
        pl.lit(value=False).alias("_tombstone"),
        pl.col("customer_id").alias("_customer"),
    )


def _with_defaults(rows: pl.DataFrame, defaults: Mapping[str, str]) -> pl.DataFrame:
    lacking = {target: value for target, value in defaults.items() if target not in rows.columns}
    filled = {target: value for target, value in defaults.items() if target in rows.columns}
    return rows.with_columns(
        *(pl.lit(value).alias(target) for target, value in lacking.items()),
        *(pl.col(target).fill_null(value) for target, value in filled.items()),
    )


def _content(rows: pl.DataFrame, *, named: bool) -> pl.Series:
    """Digest of what each row says, whatever the order of columns and wherever the row stood.

    It names rows that have no key, for ever. For ``named`` rows it only settles which of two contradicting rows of one
    night stands; then polars' own hash will do, which is many times faster and never written down.
    """
    columns = sorted(set(rows.columns) - {"feed_file", "feed_row"})
    if not columns:
        return pl.Series("_content", [0], pl.UInt64).new_from_index(0, rows.height)
    if named:
        return rows.select(pl.struct(columns).hash(seed=0).alias("_content")).to_series()
    said = rows.select(pl.concat_str(pl.col(columns).fill_null(""), separator=_MARK)).to_series()
    return pl.Series("_content", digest(said))


def _keys(told: pl.DataFrame, spec: FeedSpec, content: pl.Series) -> pl.Series:
    """``source/key`` of each row; null where a part of the key is missing that it cannot do without."""
    kind = KINDS[spec.kind]
    if not spec.key:
        made = pl.DataFrame({"content": content}).select("#" + pl.col("content").cast(pl.String).str.zfill(20))
        return spec.name + "/" + made.to_series()
    key = _named_by(told, spec.key, kind.either)
    if kind.spare_key and spec.key != kind.spare_key and set(kind.spare_key) <= set(told.columns):
        key = pl.select(pl.coalesce(key, _named_by(told, kind.spare_key, kind.either))).to_series()
    return spec.name + "/" + key


def _named_by(told: pl.DataFrame, targets: tuple[str, ...], either: frozenset[str]) -> pl.Series:
    """The parts of each row's key joined; of those in ``either`` one is enough."""
    parts = told.select(text.to_ascii_forms(told[target]).str.strip_chars().replace("", None) for target in targets)
    loose = [target for target in targets if target in either]
    enough = pl.any_horizontal(pl.col(loose).is_not_null()) if loose else pl.lit(value=True)
    joined = pl.concat_str(
        [pl.col(target).fill_null("") if target in loose else pl.col(target) for target in targets], separator="|"
    )
    return parts.select(key=pl.when(enough).then(joined)).to_series()


def _operation(told: pl.DataFrame) -> pl.Series:
    """Whether each row says that it is gone: by an operation (3, D, 删除) or by a flag of its own (1, Y, 是)."""
    gone = pl.Series([False], dtype=pl.Boolean).new_from_index(0, told.height)
    for column, words in (("operation", DELETIONS), ("deleted", DELETED)):
        if column in told.columns:
            said = text.to_ascii_forms(told[column]).str.strip_chars().str.to_uppercase()
            gone |= said.is_in(words).fill_null(value=False)
    return gone


def _parties(told: pl.DataFrame, kind: FeedKind, gone: pl.Series) -> pl.DataFrame:
    """One row per party as delivered, role by role: its fields, ``_row`` (place of its row) and ``_party`` (prefix)."""
    numbered = told.with_row_index("_row").with_columns(_gone=gone)
    found = [
        _party(
            numbered,
            party,
            {column: column[len(party) + 1 :] for column in told.columns if column.startswith(party + ".")},
        )
        for party in kind.parties
    ]
    alone = {column: column for column in told.columns if column in PARTY_FIELD_WORDS and column not in _VEHICLE}
    found.append(_party(numbered, kind.role or "contact", alone))
    parties = pl.concat([party for party in found if party is not None], how="diagonal")
    stubs = numbered.filter("_gone").select("_row", _party=pl.lit(""))
    return pl.concat([parties, stubs], how="diagonal")


def _party(numbered: pl.DataFrame, party: str, columns: Mapping[str, str]) -> pl.DataFrame | None:
    telling = [column for column, target in columns.items() if target in _TELLING]
    if not telling:
        return numbered.clear().select("_row", pl.lit(party).alias("_party"))
    there = pl.any_horizontal(pl.col(telling).is_not_null()) & ~pl.col("_gone")
    chosen = {target: pl.col(column) for column, target in columns.items()}
    return numbered.filter(there).select("_row", pl.lit(party).alias("_party"), **chosen)


def _cleaned(told: pl.DataFrame, parties: pl.DataFrame, spec: FeedSpec) -> pl.DataFrame:
    """Cleaned fields of every party, its row's fields beside them, and ``repairs``."""
    whole = clean(told.select(column for column in told.columns if _is_of_row(column)), spec.words)
    own = clean(parties.drop("_row", "_party"), spec.words)
    row = parties["_row"]
    of_row = whole.columns.select(pl.all().gather(row))
    frame = own.columns.with_columns(
        _of_party_or_row(own.columns, of_row[column], parties["_party"]) for column in of_row.columns
    )
    on_party = parties.select(place=pl.int_range(pl.len(), dtype=pl.UInt32), row="_row")
    spread = whole.repairs.join(on_party, on="row").select(row="place", field="field", repair="repair", raw="raw")
    return frame.with_columns(_listed(pl.concat([own.repairs, spread]), frame.height))


def _is_of_row(column: str) -> bool:
    return column in _VEHICLE or (column in ROW_FIELD_WORDS and column in OBSERVATION_SCHEMA and column != "role")


def _of_party_or_row(own: pl.DataFrame, of_row: pl.Series, party: pl.Series) -> pl.Series:
    if of_row.name not in own.columns:
        if of_row.name in _VEHICLE:
            return pl.select(pl.when(~party.str.starts_with("third_party")).then(of_row)).to_series().alias(of_row.name)
        return of_row
    theirs = party.str.starts_with("third_party")
    row_value = pl.when(~theirs).then(of_row) if of_row.name in _VEHICLE else pl.lit(of_row)
    return pl.select(pl.coalesce(own[of_row.name], row_value)).to_series().alias(of_row.name)


def _listed(repairs: pl.DataFrame, height: int) -> pl.Series:
    """The ``repairs`` column: a sorted list per row, null where nothing was repaired."""
    lists = (
        repairs.sort("row", "field", "repair", "raw")
        .group_by("row", maintain_order=True)
        .agg(repairs=pl.struct("field", "repair", "raw"))
    )
    places = pl.DataFrame({"row": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    return places.join(lists, on="row", how="left", maintain_order="left")["repairs"].cast(
        OBSERVATION_SCHEMA["repairs"]
    )


def _identified(observations: pl.DataFrame, parties: pl.DataFrame, spec: FeedSpec, rows: pl.DataFrame) -> pl.DataFrame:
    """Adds who told it, when and where, the role by the party's prefix, and the working columns."""
    of_row = rows.select(pl.all().gather(parties["_row"]))
    given = set(observations.columns)
    lacking = [pl.lit(None, dtype).alias(column) for column, dtype in OBSERVATION_SCHEMA.items() if column not in given]
    frame = observations.with_columns(lacking)
    midnight = datetime.combine(spec.night, time())
    prefixes = {party: role_of(party) for party in parties["_party"].unique().to_list() if party}
    return frame.with_columns(
        record_id=record_ids(of_row["key"], parties["_party"]),
        source=pl.lit(spec.name),
        feed_file=of_row["feed_file"],
        feed_row=of_row["feed_row"],
        observed_at=pl.coalesce(
            "observed_at", "captured_at", pl.col("issued_on").cast(pl.Datetime("us")), pl.lit(midnight)
        ),
        role=parties["_party"].replace_strict(prefixes, default=None, return_dtype=pl.String),
        customer_type=_customer_type(frame),
        _content=of_row["content"],
        _first=parties["_row"].is_first_distinct(),
        _carried=pl.lit(value=False),
        _tombstone=of_row["gone"],
        _customer=pl.lit(None, pl.String),
    )


def _said_roles(told: pl.DataFrame, words: Words) -> pl.DataFrame:
    """``said``: the role a row's own column gives, null when it says none; ``unknown_role``: it says one nobody knows."""
    nothing = pl.Series("said", [None], pl.String).new_from_index(0, told.height)
    if "role" not in told.columns:
        return pl.DataFrame({"said": nothing, "unknown_role": nothing.is_not_null()})
    known = codes.CLOSED["role"] | {code.upper(): word for code, word in words.codes.get("role", {}).items()}
    written = text.to_ascii_forms(told["role"]).str.strip_chars().str.to_uppercase().replace("", None)
    said = written.replace_strict(known, default=None, return_dtype=pl.String).alias("said")
    return pl.DataFrame({"said": said, "unknown_role": written.is_not_null() & said.is_null()})


def _customer_type(frame: pl.DataFrame) -> pl.Series:
    """As told; else by the document, else by the words in the name."""
    by_document = (
        pl.when(pl.col("cert_type").is_in(_ORGANISATION_TYPES))
        .then(pl.lit("organisation"))
        .when(pl.col("cert_type").is_not_null() & (pl.col("cert_type") != "OTHER"))
        .then(pl.lit("person"))
    )
    told = frame.select(pl.coalesce("customer_type", by_document)).to_series()
    # Few are left for their name to tell.
    left = (told.is_null() & frame["name"].is_not_null()).arg_true()
    if left.is_empty():
        return told
    named = pl.when(name.is_organisation(frame["name"].gather(left))).then(pl.lit("organisation"))
    return told.scatter(left, pl.select(named.otherwise(pl.lit("person"))).to_series())


def _rejects(rows: pl.DataFrame, problems: Problems, feed: str) -> pl.DataFrame:
    told = [column for column in rows.columns if column not in ("feed_file", "feed_row")]
    bad = rows.select(pl.all().gather(problems.rows["row"]))
    return bad.select(
        feed=pl.lit(feed),
        feed_file="feed_file",
        feed_row="feed_row",
        field=problems.rows["field"],
        reason=problems.rows["reason"],
        advice=problems.rows["advice"],
        raw=as_told(told),
    ).cast(REJECTS.schema)
