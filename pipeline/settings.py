"""The settings of a night: one YAML file, every problem told in one error.

Unknown keys are refused. Paths are relative to the settings file. ``{date}`` in a path is the business date as
``20261121``; ``{date:%Y-%m-%d}`` gives it another form.
"""

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.core.feeds import KINDS
from pipeline.core.fields.dates import is_format
from pipeline.core.matching.contraction import MOST_ROUNDS
from pipeline.errors import SettingsError

_FORMAT = re.compile(r"(?=.*%(Y|F))(?:[^%]|%[YmdbBFTHMSfpz])+")
"""A date format: known directives only, and a year of four digits among them."""

Severity = Literal["F", "W", "I"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedSettings(_Section):
    """One feed: where its files are and how they differ from the usual."""

    path: str = Field(description="file or glob; {date} is the business date")
    kind: str = Field(default="", description="kind of feed; the feed's own name when empty")
    format: Literal["auto", "text", "jsonl", "parquet", "excel"] = Field(
        default="auto",
        description="auto goes by the file's ending: .csv .txt .dat .unl (text) .jsonl .parquet .xlsx .xls",
    )
    encoding: str = Field(
        default="auto", description="auto: utf-8-sig strictly, then gb18030 strictly, then line by line"
    )
    delimiter: str = Field(default="auto", description="auto, or one character; \\x01 and \\t may be written so")
    quote: str = Field(default='"', description="quote character, empty for none")
    header: list[str] | None = Field(default=None, description="headers of a file that has no header line")
    trailer: str = Field(
        default="",
        description="trailer file holding the row count; {path} and {stem} are the feed file's; empty for none",
    )
    sheet: str = Field(default="", description="Excel sheet; the first when empty")
    mode: Literal["full", "increment"] = Field(default="increment", description="full: what is absent is gone")
    obligatory: bool | None = Field(default=None, description="no night without it; by default only underwriting")
    columns: dict[str, str] = Field(default_factory=dict, description="header -> target, before the usual headers")
    ignored: list[str] = Field(default_factory=list, description="headers that are known and not wanted")
    key: list[str] = Field(default_factory=list, description="targets that name a row, when not the usual ones")
    codes: dict[str, dict[str, str]] = Field(default_factory=dict, description="field -> source code -> our word")
    null_words: list[str] = Field(default_factory=list, description="further words that mean nothing was told")
    date_formats: list[str] = Field(default_factory=list, description="further date formats, strptime")
    defaults: dict[str, str] = Field(default_factory=dict, description="target -> value of a column the feed lacks")
    max_age_days: int = Field(default=1, ge=0, description="business days the newest row may be behind (C13)")
    max_reject_share: float = Field(default=0.5, gt=0, le=1, description="above it the feed is refused, 0–1")

    @field_validator("delimiter", "quote")
    @classmethod
    def _one_character(cls, value: str) -> str:
        plain = {"\\t": "\t", "\\x01": "\x01", "\\x1b": "\x1b"}.get(value, value)
        if value != "auto" and len(plain) > 1:
            raise ValueError("must be one character")
        return plain

    @field_validator("date_formats")
    @classmethod
    def _readable_formats(cls, value: list[str]) -> list[str]:
        wrong = [form for form in value if not (_FORMAT.fullmatch(form) and is_format(form))]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: not a date format; %Y-%m-%d %H:%M:%S is one")
        return value


class RulesSettings(_Section):
    """How the rules are asked: limits, rules switched off, severities changed."""

    limits: dict[str, Any] = Field(default_factory=dict, description="limit -> value, see docs/rules.md")
    off: list[str] = Field(default_factory=list, description="rule ids not asked")
    severities: dict[str, Severity] = Field(default_factory=dict, description="rule or rule.reason -> F, W or I")


class MatchingSettings(_Section):
    """With which model customers are matched, and from what weight on two records are one."""

    model: str = Field(default="", description="model file made by zhenke train; the packaged one when empty")
    link_at: float = Field(default=0.0, ge=-50, le=50, description="bits from which two records are one customer")
    review_at: float = Field(default=-3.0, ge=-50, le=50, description="bits from which a person may decide")
    largest_block: int = Field(default=60, ge=2, le=10_000, description="records that may share a key and be compared")
    largest_component: int = Field(
        default=10_000, ge=2, le=1_000_000, description="records that may hang together before light links are cut"
    )
    largest_forest: int = Field(
        default=50_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="links that one worker may be given to connect; some 120 bytes of memory each",
    )
    contraction_rounds: Literal["auto"] | Annotated[int, Field(ge=0, le=MOST_ROUNDS)] = Field(
        default="auto",
        description="rounds in which all workers make links fewer before one connects them, 0–12; the results are the "
        "same; auto: none up to as many observations as largest_forest",
    )

    @model_validator(mode="after")
    def _review_below_links(self) -> "MatchingSettings":
        if self.review_at > self.link_at:
            raise ValueError("review_at must not be above link_at")
        return self


class Caller(_Section):
    """A caller of a vendor."""

    vendor: str = Field(description="vendor as call-backs name it")
    caller: str = Field(description="caller as call-backs name him")


class EvidenceSection(_Section):
    """How evidence is read and weighed. Vendors' other codes are mapped here, unknown ones go to rejects."""

    shelf_lives: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="source -> days it counts; assumed: callback, sms_code, wechat, inbound_call 365, three_factor, identity, claims "
        "180, number_status, sms_delivery 30",
    )
    order: list[list[str]] = Field(
        default_factory=list,
        description="groups of sources, best first; callback, then checks and codes, then wechat and inbound calls, then claims when empty",
    )
    tries: int = Field(default=3, ge=1, description="tries after which a suspended number (21) is a dead one")
    tries_days: int = Field(default=7, ge=0, description="days over which these tries must be spread")
    callback_codes: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="vendor -> its result code -> code of callback_codes.csv"
    )
    number_tables: dict[str, str] = Field(
        default_factory=dict, description="vendor of number status -> table of its codes in check_codes.csv: A or B"
    )
    distrusted: list[Caller] = Field(default_factory=list, description="callers whose calls are no evidence")
    proof: list[str] = Field(
        default_factory=lambda: ["phone"], description="fields evidence must confirm before a party is authentic"
    )

    own_name_required: bool = Field(
        default=False, description="a number held by another in the carrier's books refutes (P13); else it is suspect"
    )


Treatment = Literal["authentic", "refuted", "unverified", "excluded"]


class CaliberSettings(_Section):
    """A definition of the rate. What is not said is as in the caliber it is like."""

    like: str = Field(default="", description="caliber it follows; of its own name if there is one, else final")
    zh: str = Field(default="", description="name in Chinese, printed beside every number")
    basis: Literal["rules", "verdict", "callback"] = Field(
        default="verdict", description="rules: findings alone; verdict: findings and evidence; callback: calls alone"
    )
    unit: Literal["party", "policy", "customer"] = Field(
        default="party", description="unit of count; a policy or customer is what the worst of its parties is"
    )
    roles: list[str] = Field(default_factory=list, description="roles in the population")
    organisations: bool = Field(default=False, description="whether organisations are counted")
    excluded_status: list[str] = Field(default_factory=list, description="policy_status left out")
    excluded_vehicles: list[str] = Field(default_factory=list, description="vehicle_kind left out")
    excluded_channels: list[str] = Field(default_factory=list, description="channels left out")
    fields: list[str] = Field(default_factory=list, description="fields that count; all when empty")
    obligatory: list[str] = Field(default_factory=list, description="fields whose absence refutes")
    proof: list[str] = Field(default_factory=list, description="fields that evidence must confirm")
    unverified: Treatment = Field(default="authentic", description="what the unverified count as")
    not_reached: Treatment = Field(default="unverified", description="what those not reached count as")
    suspects: Treatment | None = Field(
        default=None, description="what parties with W findings count as; empty: as others"
    )
    family: bool = Field(default=False, description="whether calls answered by the family are in the denominator")
    weight: Literal["count", "premium"] = Field(default="count", description="count parties, or fen of premium")
    evidence_order: list[list[str]] = Field(default_factory=list, description="another order of evidence")


class RewardBand(_Section):
    """A band of the rate."""

    rate: Annotated[float, Field(ge=0, le=1)] = Field(description="rate from which the factor is earned, 0–1")
    factor: Annotated[float, Field(ge=0)] = Field(description="share of the premium base that is earned")


class AssessmentSettings(_Section):
    """League tables and reward base."""

    least_parties: int = Field(default=30, ge=1, description="parties below which nobody is ranked or rewarded")
    reward_bands: list[RewardBand] = Field(
        default_factory=lambda: [
            RewardBand(rate=rate, factor=factor) for rate, factor in ((0.95, 1.0), (0.93, 0.9), (0.9, 0.5), (0.0, 0.0))
        ],
        min_length=1,
        description="bands of the rate and the factor each earns; an assumption to be replaced by the scheme in force",
    )


class ListsSettings(_Section):
    """Lists people act on. Drawn ones need the operator's secret: ZHENKE_DRAW_SECRET, or a file."""

    secret_file: str = Field(default="", description="file with the secret of the draws, when not in the environment")
    calls: int = Field(default=200, ge=0, description="call-backs to draw for the next day")
    least_of_stratum: int = Field(
        default=5, ge=1, description="call-backs of each stratum, if there are so many parties"
    )
    caliber: str = Field(default="final", description="caliber whose interval the call-backs are to narrow")
    issued_days: int = Field(default=15, ge=1, description="days from issue to the first try, at most")
    rest_days: int = Field(default=40, ge=0, description="days in which a number is not called again")
    tries: int = Field(default=3, ge=1, description="attempts per entry")
    tries_days: int = Field(default=7, ge=0, description="days from the first attempt to the last")
    unsubscribed_days: int = Field(default=183, ge=0, description="days who unsubscribed from messages is on no list")
    lapsed: int = Field(default=100, ge=0, description="lapsed customers without a claim to draw")
    lapsed_days: int = Field(default=365, ge=1, description="days since their cover ended, at most")


class MailSettings(_Section):
    """A mail server; the password is in ZHENKE_MAIL_PASSWORD."""

    host: str = Field(description="server")
    port: int = Field(default=25, ge=1, le=65_535, description="port")
    sender: str = Field(description="address it is from")
    to: list[str] = Field(min_length=1, description="addresses told")
    starttls: bool = Field(default=True, description="whether the connection must be encrypted")
    user: str = Field(default="", description="user name, where the server wants one")


class NotifySettings(_Section):
    """Who is told at once when a line is crossed: the rate its target, a new critical failure, a feed refused, the report
    failed. Words only, no figure and no customer's value. Off by default.
    """

    webhook: str = Field(
        default="", description="address of a group robot (企业微信); ZHENKE_WEBHOOK in the environment when empty"
    )
    mail: MailSettings | None = Field(default=None, description="mail server and addresses")


class StewardsSettings(_Section):
    """What stewards may decide alone."""

    false_positive_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.05,
        description="share of a rule's findings of the night before, 0–1, that one person may call false positives; "
        "beyond it a second person must review each",
    )


class EngineSettings(_Section):
    """How the work is cut and run. None of it changes the results, but ``partitions`` changes the file layout."""

    workers: int = Field(default=1, ge=1, le=64, description="processes on this machine")
    threads: Literal["auto"] | Annotated[int, Field(ge=1, le=16)] = Field(
        default="auto",
        description="partitions each process works on at a time: a number, or auto: two where one process has the machine",
    )
    shuffle: Literal["auto", "spill", "memory"] = Field(
        default="auto", description="spill writes to disk and needs one machine, memory is for clusters; auto chooses"
    )
    partitions: int = Field(
        default=0, ge=0, le=4096, description="partitions of every shuffle; 0 goes by the number of rows"
    )
    batch_rows: int = Field(default=131_072, ge=100, le=1_048_576, description="rows of an element")
    chunk_mb: int = Field(default=64, ge=1, le=1024, description="size of the part of a file one task reads, MB")


class Settings(_Section):
    """The whole file."""

    output: str = Field(
        description="folder of the published nights, or the URI of one in an object store (s3://, gs://, hdfs://)"
    )
    feeds: dict[str, FeedSettings] = Field(min_length=1, description="feed name -> feed")
    business_date: date | None = Field(default=None, description="--date wins; yesterday when neither is given")
    target_rate: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.93, description="target of the rate, 0–1")
    rules: RulesSettings = Field(default_factory=RulesSettings)
    matching: MatchingSettings = Field(default_factory=MatchingSettings)
    evidence: EvidenceSection = Field(default_factory=EvidenceSection)
    calibers: dict[str, CaliberSettings] = Field(
        default_factory=dict,
        description="further definitions of the rate, or others of system, strict, proven, final, callback, phone_only",
    )
    assessment: AssessmentSettings = Field(default_factory=AssessmentSettings)
    lists: ListsSettings = Field(default_factory=ListsSettings)
    notify: NotifySettings = Field(default_factory=NotifySettings)
    stewards: StewardsSettings = Field(default_factory=StewardsSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)

    @model_validator(mode="after")
    def _known_kinds(self) -> "Settings":
        unknown = [name for name, feed in self.feeds.items() if (feed.kind or name) not in KINDS]
        if unknown:
            raise ValueError(f"feeds {', '.join(unknown)}: not a known kind; say kind: one of {', '.join(KINDS)}")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of everything they say, defaults included; whom to tell changes no result and is left out."""
        return hashlib.sha256(self.model_dump_json(exclude={"notify"}).encode()).hexdigest()

    def kind_of(self, feed: str) -> str:
        """Kind of the feed called ``feed``."""
        return self.feeds[feed].kind or feed

    def is_obligatory(self, feed: str) -> bool:
        """Whether there is no night without it: as said, else only underwriting."""
        said = self.feeds[feed].obligatory
        return self.kind_of(feed) == "underwriting" if said is None else said


def load(path: Path) -> Settings:
    """Settings in the YAML file at ``path``. Raises :class:`SettingsError` naming every problem."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            str(path), f"cannot be read ({error.strerror})", "Give the path of a nightly.yaml."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 1}" if where else ""
        raise SettingsError(str(path), f"is not valid YAML{line}", "Check indentation and quotes.") from error
    try:
        settings = Settings.model_validate(told)
    except ValidationError as error:
        problems = "; ".join(_told(problem) for problem in error.errors(include_url=False, include_input=False))
        raise SettingsError(str(path), problems, "docs/settings.md lists every setting.") from error
    return settings


def path_for(pattern: str, folder: Path, night: date) -> str:
    """Absolute path or glob for ``night``; a path with a scheme stays as it is."""
    filled = pattern.format(date=_Date(night))
    return filled if "://" in filled else str((folder / filled).absolute())


def night_before(today: date) -> date:
    """Business date of a night that runs in the small hours of ``today``."""
    return today - timedelta(days=1)


class _Date:
    """A date that prints as 20261121 unless told otherwise."""

    def __init__(self, day: date) -> None:
        self._day = day

    def __format__(self, form: str) -> str:
        return self._day.strftime(form or "%Y%m%d")


def _told(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"]) or "settings"
    return f"{place}: {problem['msg']}"
