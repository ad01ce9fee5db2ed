"""Opens a workbook in a process of its own, which a damaged one may bring down.

Called as ``python -P workbook_probe.py SHEET < WORKBOOK``; SHEET empty means the first visible sheet. Calamine lays a
sheet out as a full rectangle, so one stray cell in the last column and row asks for more memory than there is, and
some damaged files make it panic. Tells on standard output, a line each: the sheet to read (exit code 0), then other
visible sheets that hold data. Exit codes: 1 anything else went wrong, 4 there is no such sheet (the sheets there are
follow), 5 no sheet is visible.
"""

import io
import sys

MEMORY_BYTES = 3 << 30
"""What the process may take; a sheet of a million rows of thirty cells needs a third of it."""

NO_SUCH_SHEET = 4
NO_VISIBLE_SHEET = 5


def main(told: str) -> int:
    """Look at the workbook on standard input; the exit code."""
    _limit_memory()
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    if told and told not in names:
        _say(*names)
        return NO_SUCH_SHEET
    if not told and not visible:
        return NO_VISIBLE_SHEET
    wanted = told or visible[0]
    for _ in workbook.get_sheet_by_name(wanted).iter_rows():
        pass
    _say(wanted)
    for other in visible:
        if not told and other != wanted and workbook.get_sheet_by_name(other).height > 1:
            _say(other)
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _say(*names: str) -> None:
    for name in names:
        sys.stdout.buffer.write(name.replace("\n", " ").encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
