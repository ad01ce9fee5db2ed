"""An explanation as a page."""

from pipeline.core.matching import meanings
from pipeline.core.matching.explanation import Explanation
from pipeline.core.matching.meanings import Meaning
from pipeline.core.matching.weighing import Weighing
from pipeline.pages import render

MOST_RECORDS = 300
MOST_LINKS = 500
"""What a browser shows without complaint; what is left out is counted on the page."""

TITLES = {
    "customer": Meaning("为何是同一客户", "Why these records are one customer"),
    "record": Meaning("这条信息属于谁", "Whose this record is"),
    "pair": Meaning("这两条信息是否同一人", "Whether these two records are one"),
}
WAYS = {
    "customer": Meaning("把信息连在一起的匹配，由强到弱", "What holds it together, strongest first"),
    "record": Meaning("这条信息自身的匹配", "Its own links"),
    "pair": Meaning("两者之间的路径", "The way between them"),
}


def explained_page(told: Explanation, *, unmasked: bool) -> str:
    """The page. ``unmasked``: say on it that it shows values in full."""
    return render(
        "explained",
        told=told,
        unmasked=unmasked,
        title=TITLES[told.kind],
        way=WAYS[told.kind],
        records=told.records[:MOST_RECORDS],
        most_links=MOST_LINKS,
        columns=[name for name in told.columns if any(record.values.get(name) for record in told.records)],
        words=meanings,
        bounds=bounds,
    )


def bounds(weighing: Weighing) -> tuple[float, float]:
    """Left edge and width of a waterfall, in bits."""
    ends = [0.0, weighing.prior, weighing.total, *(step.end for step in weighing.steps)]
    low, high = min(ends), max(ends)
    return low, max(high - low, 1.0)
