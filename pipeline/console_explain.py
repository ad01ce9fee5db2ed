"""An explanation on the terminal."""

from collections.abc import Mapping, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from pipeline.core.authenticity.why import PartyVerdict
from pipeline.core.matching import meanings
from pipeline.core.matching.explanation import Explanation, Link, Record
from pipeline.core.matching.weighing import Weighing

BESIDE = 4
"""Tellings that stand side by side."""

MOST_TELLINGS = 24
MOST_RECORDS = 12
MOST_VALUES = 3
MOST_LINKS = 40
MOST_PARTIES = 12
MOST_EVIDENCE = 6
"""What a terminal shows; the page shows more."""

BAR = 24


def explained(console: Console, told: Explanation) -> None:
    """Everything, the answer first."""
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    say(f"{told.kind} {' and '.join(told.asked)}, night of {told.day}")
    if told.kind != "customer":
        say("customer " + (", ".join(told.customers) or "none: it names nobody, or is the insurer's own"))
    if told.pair:
        say(f"verdict  {meanings.VERDICTS[told.pair.verdict].en}")
        for key in told.pair.keys:
            say(f"  in common: {meanings.KEYS[key].en}")
        if told.pair.weighing:
            _waterfall(console, told.pair.weighing)
    _verdicts(console, told.verdicts)
    _golden(console, told)
    _records(console, told)
    way = {"customer": "what holds it together, strongest first", "record": "its own links", "pair": "the way"}[
        told.kind
    ]
    _links(console, way, told.chain, told.parties)
    if told.more:
        say(f"\n{len(told.more):,} further links within the customer")
    _links(console, "refused, or left to a person", told.refused, told.parties)
    for event in told.events:
        other = f" {event.other_id}" if event.other_id else ""
        means = meanings.EVENTS[event.event].en
        say(f"{event.on}  {event.event} {event.customer_id}{other}, {event.records} records: {means}")


def _verdicts(console: Console, verdicts: Sequence[PartyVerdict]) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    for party in verdicts[:MOST_PARTIES]:
        kind = f" ({party.kind})" if party.kind else ""
        say(f"\n{party.policy_no} {party.role}: {party.verdict}{kind}")
        for reason in party.reasons:
            say(f"  because {reason.en} [{reason.code}]")
        for advice in party.advice:
            say(f"  to change it: {advice.en}")
        for heard in party.evidence[:MOST_EVIDENCE]:
            when = heard.at.strftime("%Y-%m-%d %H:%M") if heard.at else "no time"
            counts = "counts" if heard.used else f"does not count: {heard.why_not}"
            times = f", {heard.repeats} times" if heard.repeats > 1 else ""
            say(f"  {when} {heard.field} {heard.direction}: {heard.said.en}{times}; {counts}")
        if len(party.evidence) > MOST_EVIDENCE:
            say(f"  and {len(party.evidence) - MOST_EVIDENCE:,} more pieces of evidence: --html shows them")
    if len(verdicts) > MOST_PARTIES:
        say(f"{len(verdicts) - MOST_PARTIES:,} more parties: --html shows them")


def _golden(console: Console, told: Explanation) -> None:
    if told.golden:
        table = _table("golden record", "field", "value", "from", "told on")
        for field in told.golden:
            table.add_row(field.column, field.value, field.source, field.told_on)
        console.print(table)


def _records(console: Console, told: Explanation) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    tellings = _tellings(told.records)
    shown = tellings[:MOST_TELLINGS]
    for start in range(0, len(shown), BESIDE):
        _beside(console, shown[start : start + BESIDE])
    if len(tellings) > len(shown):
        say(f"{len(tellings) - len(shown):,} more tellings: --html shows them")
    for records in shown:
        number = records[0].telling
        say(f"{_heading(records)}: {'one record' if len(records) == 1 else f'{len(records)} records tell the same'}")
        for record in records[:MOST_RECORDS]:
            failed = "; ".join(
                f"{found.rule} {found.severity} {found.means.en} ({found.reason})" for found in record.findings
            )
            say(f"  {record.record_id}" + (f"  failed {failed}" if failed else ""))
        if len(records) > MOST_RECORDS:
            say(f"  and {len(records) - MOST_RECORDS:,} more of telling {number}: --html shows them")


def _tellings(records: Sequence[Record]) -> list[list[Record]]:
    """Records by telling; one that has none stands alone."""
    groups: dict[object, list[Record]] = {}
    for record in records:
        groups.setdefault(record.telling or record.record_id, []).append(record)
    return list(groups.values())


def _heading(records: Sequence[Record]) -> str:
    return f"telling {records[0].telling}" if records[0].telling else "no telling"


def _beside(console: Console, tellings: Sequence[Sequence[Record]]) -> None:
    table = _table("", "", *(_heading(records) for records in tellings))
    table.add_row("records", *(str(len(records)) for records in tellings))
    for column in tellings[0][0].values:
        cells = [_distinct(records, column) for records in tellings]
        if any(cells):
            table.add_row(column, *cells)
    console.print(table)


def _distinct(records: Sequence[Record], column: str) -> str:
    """The values of a column, each once; how many more there are."""
    values = list(dict.fromkeys(record.values[column] for record in records if record.values[column]))
    more = f" +{len(values) - MOST_VALUES}" if len(values) > MOST_VALUES else ""
    return ", ".join(values[:MOST_VALUES]) + more


def _links(console: Console, title: str, links: Sequence[Link], parties: Mapping[str, str]) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    if links:
        say(f"\n{title}:")
    for number, link in enumerate(links[:MOST_LINKS], 1):
        held = "" if link.support is None else f", {link.support} further links do the same"
        say(f"{number}. {link.record_a} — {link.record_b}: {link.weight:+.2f} bits, {link.probability:.2%}{held}")
        if link.reason:
            say(f"   {link.reason}: {meanings.REFUSALS[link.reason].en}")
            for customer in dict.fromkeys((link.customer_a, link.customer_b)):
                say(f"   {customer}: {parties.get(customer, '')}")
        if link.weighing:
            _waterfall(console, link.weighing)
    if len(links) > MOST_LINKS:
        say(f"{len(links) - MOST_LINKS:,} more links: --html shows them")


def _waterfall(console: Console, weighing: Weighing) -> None:
    rows = [("prior", "", 0.0, weighing.prior)]
    rows += [
        (step.comparison, meanings.level(step.comparison, step.level).en, step.start, step.end)
        for step in weighing.steps
    ]
    rows.append(("total", "", 0.0, weighing.total))
    low = min(0.0, *(min(start, end) for _, _, start, end in rows))
    high = max(0.0, *(max(start, end) for _, _, start, end in rows))
    table = Table(box=None, show_header=False, padding=(0, 1))
    for _ in range(4):
        table.add_column(no_wrap=True)
    for name, means, start, end in rows:
        table.add_row(f"   {name}", f"{end - start:+.2f}", _bar(start, end, low, high), means)
    console.print(table, markup=False, highlight=False)


def _bar(start: float, end: float, low: float, high: float) -> str:
    scale = BAR / max(high - low, 1.0)
    left, right = (round((side - low) * scale) for side in sorted((start, end)))
    return " " * left + ("█" if end >= start else "░") * max(right - left, 1)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
