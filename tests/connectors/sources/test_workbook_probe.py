import subprocess
import sys

import pytest

from connectors.sources import workbook_probe
from tests.deliveries_sources import as_xls, as_xlsx


def _probe(content: bytes, told: str = "") -> tuple[int, list[str]]:
    command = [sys.executable, "-P", workbook_probe.__file__, told]
    done = subprocess.run(command, input=content, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    ("content", "told", "code", "names"),
    [
        (as_xlsx([["a"]]), "", 0, ["回访"]),
        (as_xls([["a"]]), "", 0, ["回访"]),
        (as_xlsx([["a"]]), "回访", 0, ["回访"]),
        (as_xlsx([["a"]], lambda book, _: book.add_worksheet("二").write_column(0, 0, "ab")), "", 0, ["回访", "二"]),
        (as_xlsx([["a"]]), "三", workbook_probe.NO_SUCH_SHEET, ["回访"]),
        (b"rubbish", "", 1, []),
    ],
)
def test_it_tells_the_sheet_to_read(content: bytes, told: str, code: int, names: list[str]) -> None:
    assert _probe(content, told) == (code, names)
