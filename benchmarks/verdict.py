"""What the verdicts are worth beside the truth of a synthetic city, and what they cost.

    python -m benchmarks.verdict --size 200000 --json FILE [--seed 1] [--folder DIR]

Makes a city of about ``--size`` observations with its truth, runs its night as its user would, and tells:

* per planted cause (the agent's phone, dead number, stranger, typo …): how many parties have it, how many of them are refuted
  (recall), unverified or authentic; honest ones beside them: how many are refuted all the same
* per reason told first of a refuted party: how many are false in truth (precision), and false in the field it names
* rates of the calibers beside the truth, in the city and on average over units; the estimate of the true rate with its
  interval, and how many of the intervals of months, units and channels hold the truth
* callers: the planted cheat and honest ones; signs of gaming: planted sellers found, honest ones marked
* seconds and CPU-seconds of the night with verdicts, lists and assessment and without them (:mod:`benchmarks.verdict_added`);
  and where theirs go, of a night that works on one partition at a time
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from benchmarks.verdict_added import added
from benchmarks.verdict_cost import Meter, watched
from connectors.synthetic import OBSERVATIONS_PER_PERSON, make_city
from pipeline.__main__ import main as zhenke
from pipeline.core.assessment import drawn
from pipeline.core.assessment.signals import OF_RULE, sales, signals
from pipeline.core.authenticity.calibers import CALIBERS, HEADLINE
from pipeline.core.authenticity.states import EXCLUDED, stated

PARTY = ["policy_no", "role"]
ROUNDS = 20
"""Honest nights simulated to see how often an honest seller is marked."""
TRUE = ("name_true", "cert_true", "mobile_true", "address_true")
CAUSES: dict[str, tuple[str, ...]] = {
    "agent's or shop's phone": ("mobile:agent", "mobile:repair_shop"),
    "family's phone": ("mobile:family",),
    "number the customer no longer has": ("mobile:former",),
    "typo in the phone": ("mobile:typo",),
    "made-up number": ("mobile:fabricated", "mobile:deny_list", "mobile:hotline", "mobile:relay"),
    "no phone": ("mobile:missing", "mobile:masked"),
    "typo in the document": ("cert_no:digit",),
    "another's document": ("cert_no:relative",),
    "document missing or masked": ("cert_no:missing", "cert_no:masked", "cert_no:excel", "cert_no:wrong_type"),
    "typo in the name": ("name:homophone", "name:lookalike", "name:extra"),
    "no real name": ("name:title", "name:null", "name:placeholder", "name:masked", "name:salesperson"),
    "no real address": ("address:placeholder", "address:missing", "address:dealer", "address:short"),
    "former address": ("address:former",),
}
"""What is told -> planted faults it stands for."""
REACHES = {"dead": "dead number", "stranger": "stranger's number", "seller": "number of a seller or shop"}
FIELD_OF = {"N": "name_true", "D": "cert_true", "P": "mobile_true", "A": "address_true"}
FIELD_OF_ANSWER = {"other_name": "name_true", "deregistered": "cert_true"}


def parties_beside_truth(night: Path, truth: Path) -> pl.DataFrame:
    """Natural-person policyholders and insured of standing policies, judged, beside what is true of them."""
    told = pl.read_parquet(night / "parties" / "*.parquet")
    known = pl.read_parquet(truth / "standing.parquet").drop("policy_status", "issued_on")
    counted = told.filter(
        (pl.col("role") != "owner")
        & (pl.col("customer_type").fill_null("person") == "person")
        & (pl.col("policy_status").fill_null("in_force") == "in_force")
    )
    return counted.join(known, on=PARTY).with_columns(
        true=pl.all_horizontal(pl.col(name).fill_null(value=False) for name in TRUE),
        # Nobody hears on the telephone that somebody moved, or that the dealer's address stands for his own.
        heard_true=pl.all_horizontal(pl.col(name).fill_null(value=False) for name in TRUE[:3]),
        family=(pl.col("reach") == "family").fill_null(value=False),
    )


def recall_by_cause(parties: pl.DataFrame, made_up: pl.DataFrame) -> pl.DataFrame:
    """Per cause: parties, and the share of them that is refuted, unverified, authentic."""
    cause = pl.col("causes").list
    named = {name: pl.any_horizontal(cause.contains(one) for one in causes) for name, causes in CAUSES.items()}
    wrong_phone = ~pl.col("mobile_true").fill_null(value=False)
    reached = {name: (pl.col("reach") == reach) & wrong_phone for reach, name in REACHES.items()}
    called = pl.struct(PARTY).is_in(made_up.select(pl.struct(PARTY)).to_series().implode())
    groups = {
        **named,
        **reached,
        "false, confirmed by the cheating caller": called & ~pl.col("true"),
        "any of these": ~pl.col("true"),
        "honest: all true": pl.col("true"),
        "honest noise: true, written in another form": pl.col("true") & (cause.len() > 0),
    }
    verdict = pl.col("verdict")
    rows = [
        parties.filter(group).select(
            cause=pl.lit(name),
            parties=pl.len(),
            **{word: (verdict == word).mean().round(4) for word in ("refuted", "unverified", "authentic")},
        )
        for name, group in groups.items()
    ]
    return pl.concat(rows)


def precision_by_reason(parties: pl.DataFrame, least: int = 20) -> pl.DataFrame:
    """Per first reason of the refuted: parties, share false in truth, share false in the very field it names."""
    refuted = parties.filter(pl.col("verdict") == "refuted").with_columns(reason=pl.col("reasons").list.first())
    rule = pl.col("reason").str.contains(r"^[A-Z]\d\d\.")
    answer = pl.col("reason").str.split(".").list.last()
    missing = pl.col("reason").str.strip_prefix("missing.")
    field = (
        pl.when(rule)
        .then(pl.col("reason").str.slice(0, 1).replace_strict(FIELD_OF, default=None, return_dtype=pl.String))
        .when(pl.col("reason").str.starts_with("missing."))
        .then(missing.replace_strict({"name": "name_true", "cert_type": "cert_true", "cert_no": "cert_true",
                                      "phone": "mobile_true", "address": "address_true"}, default=None,
                                     return_dtype=pl.String))
        .when(pl.col("reason") != "callback.field_wrong")
        .then(answer.replace_strict(FIELD_OF_ANSWER, default="mobile_true", return_dtype=pl.String))
    )  # fmt: skip
    own = pl.lit(None, pl.Boolean)
    for name in TRUE:
        own = pl.when(pl.col("field") == name).then(~pl.col(name).fill_null(value=False)).otherwise(own)
    return (
        refuted.with_columns(field=field)
        .with_columns(own=own)
        .group_by("reason")
        .agg(parties=pl.len(), precision=(~pl.col("true")).mean().round(4), in_its_field=pl.col("own").mean().round(4))
        .filter(pl.col("parties") >= least)
        .sort("parties", "reason", descending=[True, False])
    )


def overall(parties: pl.DataFrame) -> dict[str, float]:
    """Precision and recall of the two verdicts, against all fields and against those a call can hear."""
    told = {}
    for suffix, true in (("", pl.col("true")), (" but for addresses", pl.col("heard_true"))):
        refuted, authentic = pl.col("verdict") == "refuted", pl.col("verdict") == "authentic"
        row = parties.select(
            **{
                f"precision of refuted{suffix}": (refuted & ~true).sum() / refuted.sum(),
                f"recall of refuted{suffix}": (refuted & ~true).sum() / (~true).sum(),
                f"precision of authentic{suffix}": (authentic & true).sum() / authentic.sum(),
                f"recall of authentic{suffix}": (authentic & true).sum() / true.sum(),
            }
        ).row(0, named=True)
        told |= {name: round(float(value), 4) for name, value in row.items()}
    return told


def persons_beside_truth(parties: pl.DataFrame) -> pl.DataFrame:
    """Persons as the calibers count them (an insured who is the policyholder once with him), and whether all is true."""
    who = pl.when("same_person").then(pl.lit("policyholder")).otherwise("role")
    return parties.group_by("policy_no", counted_as=who).agg(
        pl.col("unit").min(), pl.col("true").all(), pl.col("heard_true").all(), pl.col("family").any()
    )


def rates(night: Path, persons: pl.DataFrame) -> dict[str, Any]:
    """The city's rates beside the truth, and how far each caliber is from it in units on average."""
    table = pl.read_parquet(night / "rates" / "*.parquet").filter(pl.col("period_kind") == "all")
    city = dict(table.filter(dimension="city").select("caliber", "rate").iter_rows())
    truth = float(persons["true"].mean())  # type: ignore[arg-type]
    of_unit = persons.group_by(value=pl.col("unit").fill_null("")).agg(truth=pl.col("true").mean(), size=pl.len())
    units = table.filter((pl.col("dimension") == "unit") & pl.col("caliber").is_in(["system", "final", "strict"]))
    far = units.join(of_unit.filter(pl.col("size") >= 100), on="value").group_by("caliber").agg(
        far=(pl.col("rate") - pl.col("truth")).abs().mean().round(4)
    )  # fmt: skip
    return {
        "truth": round(truth, 4),
        "truth but for addresses": round(float(persons["heard_true"].mean()), 4),  # type: ignore[arg-type]
        **{name: round(rate, 4) for name, rate in sorted(city.items()) if rate is not None and "_by_" not in name},
        "mean distance in units": dict(far.sort("caliber").iter_rows()),
    }


def estimates(night: Path, persons: pl.DataFrame) -> dict[str, Any]:
    """The estimate of the city beside the truth of the same parties; shares of all intervals that hold theirs.

    ``heard``: what perfect calls would tell: addresses aside, and without those whose family answers, which counts as
    an answer of nobody.
    """
    table = pl.read_parquet(night / "estimates" / "*.parquet").filter(
        (pl.col("caliber") == HEADLINE) & (pl.col("reached") > 0)
    )
    best = table.sort(pl.col("callers") != "unflagged").unique(
        ["period", "dimension", "value"], keep="first", maintain_order=True
    )
    evidence = pl.read_parquet(night / "evidence" / "*.parquet")
    calls = drawn.outcomes(evidence, pl.DataFrame(schema=dict.fromkeys(("feed", "vendor", "caller"), pl.String)))
    on, headline = table_day(night), CALIBERS[HEADLINE]
    stratified = drawn.stratified(stated(pl.read_parquet(night / "parties" / "*.parquet"), [headline], on), evidence)
    inside = drawn.could_be_drawn(drawn.weeks(stratified, calls))
    state = pl.col(f"state:{HEADLINE}")
    population = drawn.population(stratified.filter(inside), [headline], on)
    framed = population.filter(state.is_not_null() & (state != EXCLUDED)).join(
        persons.select("policy_no", "true", "heard_true", "family", role="counted_as"), on=["policy_no", "role"]
    )
    cells = []
    for kind in ("all", "month", "quarter", "year_to_date"):
        for dimension in drawn.DIMENSIONS:
            cells.append(
                framed.drop_nulls(kind)
                .group_by(period=kind, dimension=pl.lit(dimension), value=dimension)
                .agg(truth=pl.col("true").mean(), heard=pl.col("heard_true").filter(~pl.col("family")).mean())
            )
    told = best.join(pl.concat(cells), on=["period", "dimension", "value"]).with_columns(
        holds=pl.col("heard").is_between("low", "high"),
        holds_all=pl.col("truth").is_between("low", "high"),
        worst_holds=pl.col("truth").is_between("worst_low", "worst_high"),
    )
    city = told.filter((pl.col("dimension") == "city") & (pl.col("period") == "all")).row(0, named=True)
    shown = (
        *("population", "drawn", "reached", "callers", "estimate", "low", "high", "worst_low", "worst_high"),
        *("naive_rate", "bias", "decision", "worst_decision", "error", "truth", "heard", "holds", "holds_all"),
    )
    enough = told.filter(pl.col("reached") >= 30)
    return {
        "city": {name: _short(city[name]) for name in shown},
        "intervals of 30 answers or more": enough.height,
        "of them hold what perfect calls would tell": _short(enough["holds"].mean()),
        "of them hold the truth": _short(enough["holds_all"].mean()),
        "of their worst cases hold the truth": _short(enough["worst_holds"].mean()),
    }


def callers(night: Path, truth: Path) -> dict[str, Any]:
    """The planted cheat and the honest callers in the audit."""
    audit = pl.read_parquet(night / "vendor_audit" / "*.parquet").join(
        pl.read_parquet(truth / "callers.parquet"), on="caller"
    )
    cheats, honest = audit.filter("cheats"), audit.filter(~pl.col("cheats"))
    return {
        "cheats": cheats.height,
        "cheats found": int(cheats["flagged"].sum()),
        "reasons": sorted(set(cheats.explode("reasons")["reasons"].drop_nulls())),
        "honest": honest.height,
        "honest marked": int(honest["flagged"].sum()),
        "least p of the honest": _short(honest["p_adjusted"].min()),
    }


def gaming(night: Path, truth: Path) -> dict[str, Any]:
    """Sellers marked, by sign: planted ones (forgers, and those who write down their own phone) and honest ones."""
    sellers = pl.read_parquet(truth / "sellers.parquet").select("forger", "temptation", value="code")
    marked = pl.read_parquet(night / "signals" / "*.parquet").filter(dimension="salesperson").join(sellers, on="value")
    guilty = pl.col("forger") | (pl.col("temptation") > 0)
    honest, planted = marked.filter(~guilty), marked.filter(guilty)
    signs = {
        sign: {
            "honest sellers": honest.filter(signal=sign).height,
            "marked": int(honest.filter(signal=sign)["flagged"].sum()),
            "planted marked": int(planted.filter(signal=sign)["flagged"].sum()),
        }
        for sign in sorted(set(OF_RULE.values()))
    }
    forgers = marked.filter("forger").group_by("value").agg(pl.col("flagged").any())
    return {
        "forgers": forgers.height,
        "forgers found": int(forgers["flagged"].sum()),
        "honest questions": honest.height,
        "honest marked": int(honest["flagged"].sum()),
        "signs": signs,
        "honest nights": honest_nights(pl.read_parquet(night / "parties" / "*.parquet")),
    }


def honest_nights(parties: pl.DataFrame, rounds: int = ROUNDS) -> dict[str, Any]:
    """Honest by construction: each customer, with all his policies, is given to another seller by chance.

    How often a question is answered by a mark all the same, by sign, beside what the table expects.
    """
    rng = np.random.default_rng(1)
    holder = parties.filter(role="policyholder").select("policy_no", who=pl.coalesce("customer_id", "policy_no"))
    whole = parties.select("policy_no", "role", "agency_code", "salesperson_code", "reasons", "customer_id").join(
        holder.unique("policy_no"), on="policy_no"
    )
    sellers = whole.sort("who", "policy_no").unique("who", keep="first", maintain_order=True).select(
        "who", "agency_code", "salesperson_code"
    )  # fmt: skip
    questions, marked, expected = 0, dict.fromkeys(sorted(set(OF_RULE.values())), 0), 0.0
    for _ in range(rounds):
        others = sellers.select("agency_code", "salesperson_code")[rng.permutation(sellers.height)]
        told = whole.drop("agency_code", "salesperson_code").join(
            sellers.select("who").hstack(others), on="who", maintain_order="left"
        )
        table, _ = signals([sales(told)])
        questions += table.height
        expected += float(table["false_alarm"].sum())
        for sign, count in table.filter("flagged").group_by("signal").len().iter_rows():
            marked[sign] += count
    return {
        "nights": rounds,
        "questions": questions,
        "marked": sum(marked.values()),
        "expected by the table": round(expected, 2),
        "by sign": {sign: count for sign, count in marked.items() if count},
    }


def table_day(night: Path) -> Any:
    """Business date of the night."""
    from datetime import date

    return date.fromisoformat(json.loads((night / "run.json").read_text(encoding="utf-8"))["business_date"])


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


@contextmanager
def _secret() -> Iterator[None]:
    before = os.environ.get("ZHENKE_DRAW_SECRET")
    os.environ["ZHENKE_DRAW_SECRET"] = before or "secret of a benchmark"
    try:
        yield
    finally:
        if before is None:
            del os.environ["ZHENKE_DRAW_SECRET"]


def measure(folder: Path, size: int, seed: int) -> dict[str, Any]:
    """All figures of a city of ``size`` observations, made and run in ``folder``."""
    nightly = make_city(folder, round(size / OBSERVATIONS_PER_PERSON), seed)
    with _secret():
        cost = added(nightly)
    by_step = _by_step(nightly)
    night = (folder / "output" / "latest").resolve()
    truth = min((folder / "truth").iterdir())
    parties = parties_beside_truth(night, truth)
    persons = persons_beside_truth(parties)
    made_up = pl.read_parquet(truth / "calls.parquet").filter("made_up").select("policy_no").unique()
    made_up = parties.select(PARTY).join(made_up, on="policy_no", how="semi")
    tables: dict[str, Callable[[], Any]] = {
        "causes": lambda: recall_by_cause(parties, made_up).to_dicts(),
        "reasons": lambda: precision_by_reason(parties).to_dicts(),
        "overall": lambda: overall(parties),
        "rates": lambda: rates(night, persons),
        "estimate": lambda: estimates(night, persons),
        "callers": lambda: callers(night, truth),
        "signals": lambda: gaming(night, truth),
    }
    run = json.loads((night / "run.json").read_text(encoding="utf-8"))
    observations = int(run["tables"]["observations"]["rows"])
    return {
        "observations": observations,
        "seed": seed,
        **{name: told() for name, told in tables.items()},
        "cost": cost,
        "CPU-seconds by step": by_step,
    }


def _by_step(nightly: Path) -> dict[str, float]:
    """Run the night on one partition at a time: CPU-seconds of the verdicts' steps."""
    told = yaml.safe_load(nightly.read_text(encoding="utf-8"))
    settings = nightly.with_name("one-at-a-time.yaml")
    settings.write_text(yaml.safe_dump(told | {"engine": {"threads": 1}}, allow_unicode=True), encoding="utf-8")
    meter = Meter()
    with _secret(), watched(meter):
        code = zhenke(["run", str(settings)])
    if code != 0:
        raise SystemExit(f"the night ended with exit code {code}")
    return meter.by_step()


def show(told: dict[str, Any]) -> None:
    """Print the figures."""
    with pl.Config(tbl_rows=99, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=60):
        print(f"{told['observations']:,} observations, seed {told['seed']}")
        for name in ("causes", "reasons"):
            print(pl.DataFrame(told[name]))
    for name in ("overall", "rates", "estimate", "callers", "signals", "cost", "CPU-seconds by step"):
        print(name)
        for key, value in told[name].items():
            print(f"  {key}: {value}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--size", type=int, default=200_000)
    asked.add_argument("--json", type=Path, required=True)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--folder", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        told = measure(options.folder or Path(spare), options.size, options.seed)
    show(told)
    options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
