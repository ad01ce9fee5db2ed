"""Work on the distinct values of a column once, and hand the answers back to every row."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core import runs

FEW = 1_024
"""So few distinct values are always remembered; more only where they repeat within the column."""
MOST = 262_144
"""Values remembered at one time."""


def on_distinct(values: pl.Series, function: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Answers of ``function`` for every row of ``values``, computed once per distinct value.

    ``function`` takes distinct values (one of them may be null) and gives a frame with as many rows.
    """
    codes, distinct = encoded(values)
    return function(distinct)[codes]


def on_distinct_rows(keys: pl.DataFrame, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """The same for several columns together: ``function`` takes their distinct rows."""
    codes, distinct = numbered_rows(keys)
    return function(distinct)[codes]


def numbered_rows(keys: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """The number of each row among the distinct rows of ``keys``, and these, in order of first appearance."""
    widths = [_width(column) for column in keys]
    if (combinations := math.prod(widths)) <= _IN_A_TABLE:
        return _by_table(keys, widths, combinations)
    codes, most = pl.Series("code", [0], pl.UInt64).new_from_index(0, keys.height), 1
    for column in keys:
        part, distinct = encoded(column)
        if most * max(len(distinct), 1) > _MOST_COMBINATIONS:
            codes, known = encoded(codes)
            codes, most = codes.cast(pl.UInt64), max(len(known), 1)
        codes, most = codes * max(len(distinct), 1) + part.cast(pl.UInt64), most * max(len(distinct), 1)
    codes, _ = encoded(codes)
    # Codes count up in order of first appearance.
    return codes, keys[codes.arg_unique()]


def _width(column: pl.Series) -> int:
    """How many different values of flags, numbers and words that are numbers there can be, null among them; of texts any
    number.
    """
    if isinstance(column.dtype, pl.Enum):
        return column.dtype.categories.len() + 1
    if column.dtype.is_unsigned_integer():
        return int(column.max() or 0) + 2  # type: ignore[arg-type]
    return _FLAGS if column.dtype == pl.Boolean else _IN_A_TABLE + 1


def _by_table(keys: pl.DataFrame, widths: Sequence[int], combinations: int) -> tuple[pl.Series, pl.DataFrame]:
    """:func:`numbered_rows` where a table has room for all combinations: nothing is looked for."""
    number = np.zeros(keys.height, np.uint32)
    for column, width in zip(keys, widths, strict=True):
        value = column.to_physical().cast(pl.UInt32)
        number = number * np.uint32(width) + value.fill_null(width - 1).to_numpy()
    first = np.zeros(combinations, np.intp)
    # Of several rows the last to be written is the first.
    first[number[::-1]] = np.arange(keys.height)[::-1]
    there = np.flatnonzero(np.bincount(number, minlength=1))
    rows = np.sort(first[there])
    codes = np.empty(combinations, np.uint32)
    codes[number[rows]] = np.arange(len(rows), dtype=np.uint32)
    return pl.Series("code", codes[number]), keys[rows]


_FLAGS = 3
_IN_A_TABLE = 1 << 20
"""Combinations so few that a table of them stays in the processor's cache."""


def order_of(keys: pl.DataFrame) -> npt.NDArray[np.intp]:
    """Order of the rows sorted by the columns of ``keys``: null first, of equals the earlier row.

    Where columns say the same words again and again a number stands for them all: a fifth of the cost of sorting the words.
    """
    number, most = in_order(keys)
    return runs.order(number, most)


def in_order(keys: pl.DataFrame) -> tuple[npt.NDArray[np.uint64], int]:
    """A number for each row, in the order of the columns of ``keys``, the same for equal rows, null the least; and one that is
    more than all of them.
    """
    number, most = np.zeros(keys.height, np.uint64), 1
    for column in keys:
        codes, words = encoded(column)
        if most * max(len(words), 1) > _MOST_COMBINATIONS:
            codes_before, before = encoded(pl.Series(number))
            number, most = _placed(codes_before, before), len(before)
        number = number * np.uint64(len(words)) + _placed(codes, words)
        most *= max(len(words), 1)
    return number, most


def _sorting(words: pl.Series) -> npt.NDArray[np.integer]:
    """Order of sorted ``words``, null first. To sort few, arrow needs a tenth of what polars takes to begin."""
    if isinstance(words.dtype, pl.Enum):
        words = words.cast(pl.String)
    if len(words) > FEW:
        return runs.order_of_texts(words).to_numpy()
    order: npt.NDArray[np.integer] = pc.array_sort_indices(_in_arrow(words), null_placement="at_start").to_numpy()
    return order


def placed(values: pl.Series) -> tuple[npt.NDArray[np.uint64], pl.Series]:
    """The place of each row among the sorted distinct ``values``, null first, and these."""
    codes, words = encoded(values)
    return _placed(codes, words), words.gather(_sorting(words))


def _placed(codes: pl.Series, words: pl.Series) -> npt.NDArray[np.uint64]:
    """The place of the word of each row among the sorted ``words``."""
    place = np.empty(len(words), np.uint64)
    place[_sorting(words)] = np.arange(len(words), dtype=np.uint64)
    placed: npt.NDArray[np.uint64] = place[codes.to_numpy()]
    return placed


_MOST_COMBINATIONS = 1 << 64


@dataclass(frozen=True)
class Answers:
    """``table``: an answer a row; ``at``: which of them each row of the column gets."""

    table: pl.DataFrame
    at: pl.Series

    def rows(self) -> pl.DataFrame:
        """The answers, a row for each row of the column."""
        return self.table[self.at]


@dataclass(frozen=True)
class _Question:
    """``new``: values of a column that no answer is known to. ``places``: where those of the others stand in ``known``.

    Without ``places`` nothing is known and nothing worth remembering. ``codes``: of the column's rows.
    """

    codes: pl.Series
    new: pl.Series
    places: pl.Series | None
    known: tuple[pa.Array, pl.DataFrame]

    @property
    def open(self) -> bool:
        """Whether the function must be asked."""
        return self.places is None or len(self.new) > 0


class Remembered:
    """A function of distinct values and what it answered: a column of codes says the same few values all night.

    The answer to a value may depend on nothing but the value. Threads may share it: one sees what another remembered, or
    asks again.
    """

    def __init__(self, function: Callable[[pl.Series], pl.DataFrame]) -> None:
        self.function = function
        self._known: tuple[pa.Array | None, pl.DataFrame] = (None, pl.DataFrame())

    def on(self, values: pl.Series) -> pl.DataFrame:
        """As :func:`on_distinct`."""
        return answers_to([(self, values)])[0].rows()

    def question(self, values: pl.Series) -> _Question:
        """What must be asked to answer ``values``."""
        codes, distinct = encoded(values)
        told = _in_arrow(distinct)
        known, answers = self._known
        known = told.slice(0, 0) if known is None else known
        few = 0 < len(distinct) <= FEW
        if not few and (2 * len(distinct) >= len(values) or len(distinct) > MOST):
            return _Question(codes, distinct, None, (known, answers))
        places = pl.Series(pc.index_in(told, value_set=known), dtype=pl.UInt32)
        if len(known) + places.null_count() > MOST:
            known, places = known.slice(0, 0), places.clear(len(places))
        return _Question(codes, distinct.filter(places.is_null()), places, (known, answers))

    def answers(self, question: _Question, new: pl.DataFrame) -> Answers:
        """``new``: the answers to its new values; remembered where that is worth it."""
        known, answers = question.known
        if question.places is None:
            return Answers(new, question.codes)
        if not question.open:
            return Answers(answers, question.places.gather(question.codes))
        answers = pl.concat([answers, new], rechunk=True) if len(known) else new
        self._known = (pa.concat_arrays([known, _in_arrow(question.new)]), answers)
        at = question.places.is_null().arg_true()
        numbers = pl.int_range(len(known), len(known) + len(at), dtype=pl.UInt32, eager=True)
        return Answers(answers, question.places.scatter(at, numbers).gather(question.codes))


def answers_to(columns: Sequence[tuple[Remembered, pl.Series]]) -> list[Answers]:
    """The answers to several columns. A function that some of them share is asked once: few values cost many steps."""
    questions = [remembered.question(values) for remembered, values in columns]
    asked: dict[Callable[[pl.Series], pl.DataFrame], list[int]] = {}
    for place, ((remembered, _), question) in enumerate(zip(columns, questions, strict=True)):
        if question.open:
            asked.setdefault(remembered.function, []).append(place)
    new = [pl.DataFrame()] * len(columns)
    for function, places in asked.items():
        told, start = function(pl.concat([questions[place].new for place in places])), 0
        for place in places:
            new[place] = told.slice(start, len(questions[place].new))
            start += len(questions[place].new)
    return [
        remembered.answers(question, of_new)
        for (remembered, _), question, of_new in zip(columns, questions, new, strict=True)
    ]


def encoded(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Codes of the rows, and the distinct values they stand for, in order of first appearance."""
    if len(values) and values.null_count() == len(values):
        return pl.Series(values.name, [0], pl.Int32).new_from_index(0, len(values)), values.head(1)
    if isinstance(values.dtype, pl.Enum):
        codes, numbers = encoded(values.to_physical())
        return codes, numbers.cat.to(values.dtype)
    # Arrow's encoder passes over the values once; polars' unique and join would hash them twice.
    told = _in_arrow(values)
    dictionary = told.dictionary_encode(null_encoding="encode")
    return pl.Series(values.name, dictionary.indices), pl.Series(values.name, dictionary.dictionary, dtype=values.dtype)


def worded(values: pl.Series, more: Sequence[str] = ()) -> pl.Series:
    """Few ``values`` said again and again, as numbers of words: an Enum of those there are, in order of first appearance, and
    of ``more``; those of other numbers as well. A number is asked, fetched and written in a fraction of the time of a text.
    """
    there = isinstance(values.dtype, pl.Enum)
    dictionary = _in_arrow(values.to_physical() if there else values).dictionary_encode()
    words = pl.Series(dictionary.dictionary)
    dtype = pl.Enum(list(dict.fromkeys((*(words.cat.to(values.dtype) if there else words), *more))))
    width = pl.Series(dtype=dtype).to_physical().dtype
    return pl.Series(values.name, dictionary.indices).cast(width).cat.to(dtype)


def ordered_words(values: pl.Series, more: Sequence[str] = ()) -> pl.Enum:
    """The words of ``values``, and ``more``, as numbers that are sorted as their texts are."""
    return pl.Enum(sorted({*values.drop_nulls().unique(), *more}))


def _in_arrow(values: pl.Series) -> pa.Array:
    told = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    return told.combine_chunks() if isinstance(told, pa.ChunkedArray) else told
