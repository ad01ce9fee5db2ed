"""An explanation on the terminal."""

from collections.abc import Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from pipeline.core.matching import meanings
from pipeline.core.matching.explanation import Explanation, Link, Record
from pipeline.core.matching.weighing import Weighing

BESIDE = 4
"""Records that stand side by side."""

MOST_RECORDS = 24
MOST_LINKS = 40
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
    _golden(console, told)
    _records(console, told)
    for number, ids in told.tellings.items():
        say(f"telling {number}: {len(ids)} records tell the same: {', '.join(ids)}")
    way = {"customer": "what holds it together, strongest first", "record": "its own links", "pair": "the way"}[told.kind]
    _links(console, way, told.chain)
    if told.more:
        say(f"\n{len(told.more):,} further links within the customer")
    _links(console, "refused, or left to a person", told.refused)
    for event in told.events:
        other = f" {event.other_id}" if event.other_id else ""
        means = meanings.EVENTS[event.event].en
        say(f"{event.on}  {event.event} {event.customer_id}{other}, {event.records} records: {means}")


def _golden(console: Console, told: Explanation) -> None:
    if told.golden:
        table = _table("golden record", "field", "value", "from", "told on")
        for field in told.golden:
            table.add_row(field.column, field.value, field.source, field.told_on)
        console.print(table)


def _records(console: Console, told: Explanation) -> None:
    shown = told.records[:MOST_RECORDS]
    for start in range(0, len(shown), BESIDE):
        _beside(console, shown[start : start + BESIDE], f"records {start + 1} to {min(start + BESIDE, len(shown))}")
    left = len(told.records) - len(shown)
    if left:
        console.print(f"{left:,} more records: --html shows them", markup=False, highlight=False)
    for record in shown:
        for found in record.findings:
            line = f"{record.record_id}: {found.rule} {found.severity} {found.means.en} ({found.reason})"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _beside(console: Console, records: Sequence[Record], title: str) -> None:
    table = _table(title, "", *(record.record_id for record in records))
    table.add_row("telling", *(str(record.telling or "") for record in records))
    for column in records[0].values:
        values = [record.values[column] for record in records]
        if any(values):
            table.add_row(column, *values)
    console.print(table)


def _links(console: Console, title: str, links: Sequence[Link]) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    if links:
        say(f"\n{title}:")
    for number, link in enumerate(links[:MOST_LINKS], 1):
        held = "" if link.support is None else f", {link.support} further links do the same"
        say(f"{number}. {link.record_a} — {link.record_b}: {link.weight:+.2f} bits, {link.probability:.2%}{held}")
        if link.reason:
            say(f"   {link.reason}: {meanings.REFUSALS[link.reason].en}; {link.customer_a} and {link.customer_b}")
        if link.weighing:
            _waterfall(console, link.weighing)
    if len(links) > MOST_LINKS:
        say(f"{len(links) - MOST_LINKS:,} more links: --html shows them")


def _waterfall(console: Console, weighing: Weighing) -> None:
    rows = [("prior", "", 0.0, weighing.prior)]
    rows += [
        (step.comparison, meanings.level(step.comparison, step.level).en, step.start, step.end) for step in weighing.steps
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
