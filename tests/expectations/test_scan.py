"""Every byte of a report is searched for the customers of the city, also what is packed, encoded or inlined."""

import base64
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.reporting import report
from expectations.scorecard import masked_lists
from pipeline.core import masks
from pipeline.core.fields import address

SEARCHED = ("reports", "expectations")
EXACT = (
    "cert_no", "mobile", "landline", "contact_phone", "address", "plate", "vin", "engine_no", "email", "openid",
    "unionid", "policy_no", "claim_no", "record_id", "customer_id",
)  # fmt: skip
NAMES = ("name", "legal_representative", "contact_name", "account_name")
LEAST = 5
"""A shorter value says nothing of who somebody is and is part of many others."""

BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def texts(name: str, content: bytes) -> Iterator[str]:
    """``content`` as text, and everything that is hidden in it."""
    if name.endswith(".parquet"):
        frame = pl.read_parquet(BytesIO(content))
        yield " ".join(str(row) for row in frame.iter_rows())
        return
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for part in packed.namelist():
                yield part
                yield from texts(part, packed.read(part))
        return
    text = content.decode("utf-8", errors="replace")
    yield text
    yield unescape(text)
    yield unquote(text)
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    for blob in BASE64.findall(text):
        # Whatever only looks like it is cut to a length that can be decoded.
        whole = blob if len(blob) % 4 == 0 else blob.rstrip("=")[: len(blob.rstrip("=")) // 4 * 4]
        decoded = base64.b64decode(whole)
        yield decoded.decode("utf-8", errors="replace")
        if zipfile.is_zipfile(BytesIO(decoded)):
            yield from texts("inlined", decoded)


def values(city: Path, night: LocalNight) -> tuple[set[str], set[str]]:
    """What must not be found: exact values, and names; of the published records and of the truth behind them."""
    observations = night.scan("observations").select(*EXACT, *NAMES).collect()
    people = pl.read_parquet(sorted((city.parent / "truth").glob("*/people.parquet")))
    truth = people.select("cert_no", "mobile", "former_mobile", "landline", "openid", "unionid", "address")
    cars = pl.read_parquet(sorted((city.parent / "truth").glob("*/vehicles.parquet"))).select("vin", "plate")
    exact: set[str] = set()
    for frame in (observations.select(EXACT), truth, cars):
        for column in frame:
            exact |= {str(value).strip() for value in column.drop_nulls().unique() if len(str(value).strip()) >= LEAST}
    spoken = pl.concat([people["name"], people["former_name"], *(observations[name] for name in NAMES)])
    own = set(night.scan("observations").select(pl.col("unit").unique()).collect()["unit"])
    # The company's own branches stand in the directory under the names the report calls them by.
    return exact, {str(name) for name in spoken.drop_nulls().unique() if len(str(name)) > 1} - own


Files = dict[str, bytes]
WORDS = re.compile(r"[A-Za-z0-9@._/\-\u4e00-\u9fff]+|[\u4e00-\u9fff]+|[A-Za-z0-9]+")
PARTS = (re.compile("[\u4e00-\u9fff]+"), re.compile("[A-Za-z0-9]+"), re.compile("[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}"))
PHONE = re.compile(r"(?<![\d.A-Za-z])1[3-9]\d{9}(?![\d.])")
PLACEHOLDER = "13800138000"
"""Named by the text of a rule, and nobody's."""

DOCUMENT = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dX](?!\d)")


def files(night: LocalNight) -> Files:
    """Every file of the report, by its place."""
    paths = sorted(one for part in SEARCHED for one in (night.folder / part).rglob("*") if one.is_file())
    return {str(path.relative_to(night.folder)): path.read_bytes() for path in paths}


def around(text: str, match: re.Match[str]) -> str:
    """What was found, with a little of where."""
    return text[max(0, match.start() - 20) : match.end() + 20]


def found(told: Files, secrets: tuple[set[str], set[str]]) -> list[tuple[str, str]]:
    """(file, kind of value or what looks like one) of everything that is there and must not be."""
    exact, names = secrets
    met = set()
    for name, content in told.items():
        for text in (name, *texts(name, content)):
            tokens = {word for form in (WORDS, *PARTS) for word in form.findall(text)}
            met |= {(name, "value")} if tokens & exact else set()
            met |= {(name, "name")} if tokens & names else set()
            met |= {
                (name, around(text, match))
                for form in (PHONE, DOCUMENT)
                for match in form.finditer(text)
                if match.group() != PLACEHOLDER
            }
    return sorted(met)


@pytest.fixture(scope="module")
def secrets(city: Path) -> tuple[set[str], set[str]]:
    """What must not be found."""
    night = LocalArchive(city.parent / "output").night()
    assert night is not None
    return values(city, night)


@pytest.fixture(scope="module")
def reported(city: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalNight:
    """A night with its report."""
    folder = tmp_path_factory.mktemp("scanned") / "output"
    shutil.copytree(city.parent / "output", folder, symlinks=True)
    archive = LocalArchive(folder)
    night = archive.night()
    assert night is not None
    report(archive, night)
    return night


def test_no_byte_of_a_report_tells_of_a_customer(reported: LocalNight, secrets: tuple[set[str], set[str]]) -> None:
    assert [len(one) > 100 for one in secrets] == [True, True]
    assert len(files(reported)) > 10
    assert found(files(reported), secrets) == []


def plain(value: str) -> tuple[str, bytes]:
    return "planted.html", f"<td>{value}</td>".encode()


def inlined(value: str) -> tuple[str, bytes]:
    return "planted.js", b"x = '" + base64.b64encode(f"some words before {value}".encode()) + b"'"


def escaped(value: str) -> tuple[str, bytes]:
    return "planted.json", json.dumps({"a": f"<{value}>"}).encode()


def packed(value: str) -> tuple[str, bytes]:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{value}</t>")
    return "planted.xlsx", content.getvalue()


def tabled(value: str) -> tuple[str, bytes]:
    content = BytesIO()
    pl.DataFrame({"a": [value]}).write_parquet(content)
    return "planted.parquet", content.getvalue()


@pytest.mark.parametrize("hide", [plain, inlined, escaped, packed, tabled])
@pytest.mark.parametrize("column", ["mobile", "cert_no", "name", "address", "plate"])
def test_a_planted_value_is_found_wherever_it_hides(
    reported: LocalNight, secrets: tuple[set[str], set[str]], hide: Callable[[str], tuple[str, bytes]], column: str
) -> None:
    told = reported.scan("observations").select(column).drop_nulls().unique().sort(column).collect()[column]
    # A word or two of an address are of others too: the longest is a whole one.
    value = max((one for one in told if " " not in one and "*" not in one), key=lambda one: (len(one), one))
    name, content = hide(value)
    assert {path for path, _ in found({name: content}, secrets)} == {name}


def test_no_two_masked_fields_stand_together(reported: LocalNight) -> None:
    rows = reported.scan("observations").select("name", "cert_no", "mobile", "address", "email").collect()
    masked = {
        column: set((address.mask if column == "address" else masks.MASKS[column])(rows[column]).drop_nulls())
        for column in rows.columns
    }
    page = (reported.folder / "reports" / "index.html").read_text(encoding="utf-8")
    met = set()
    for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL):
        told = re.findall(r"<code>([^<]*)</code>", row)
        kinds = [{column for column, values in masked.items() if one in values} for one in told]
        assert all(kinds), row[:80]
        met |= set.union(*kinds) if kinds else set()
        assert not kinds or set.intersection(*kinds), "samples of one row are of one field"
    assert met
    assert (
        "*"
        not in re.sub(r"<tr.*?</tr>|<code>[^<]*</code>|<!--.*?-->", "", page, flags=re.DOTALL)
        .split("<body>")[1]
        .split("<script")[0]
    )


def test_a_row_of_a_workbook_shows_one_masked_field_and_nobody_s_key(reported: LocalNight) -> None:
    books = sorted((reported.folder / "reports").rglob("*.xlsx"))
    assert books
    for path in books:
        for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True):
            told = dict(zip(masked_lists.HEADINGS, row, strict=True))
            masked = [name for name, value in told.items() if "*" in str(value)]
            assert masked in ([], ["现值（已遮盖）"]), path.name
            assert not {"policy_no", "保单号", "记录号", "客户号"} & set(told)
