from datetime import date

import polars as pl

from benchmarks.peers.exact_union import USED, match

SCHEMA = {name: pl.Date if name.endswith("birth_date") else pl.String for name in USED}


def together(*rows):
    """Which records share a cluster, as sets of their places."""
    records = pl.DataFrame([{"record_id": str(at), **row} for at, row in enumerate(rows)], schema=SCHEMA)
    clusters = match(records).group_by("cluster").agg(pl.col("record_id").cast(pl.Int64))["record_id"].to_list()
    return sorted(sorted(one) for one in clusters)


def test_one_number_joins():
    assert together({"lifetime_no": "1"}, {"lifetime_no": "1", "name": "王伟"}, {"lifetime_no": "2"}) == [[0, 1], [2]]


def test_a_name_joins_only_with_another_key():
    wei = {"name": "王伟"}
    assert together(wei, wei) == [[0], [1]]
    assert together({**wei, "plate": "苏A12345"}, {**wei, "plate": "苏A12345"}) == [[0, 1]]
    assert together({**wei, "mobile": "13900000001"}, {**wei, "landline": "025-84550000"}) == [[0], [1]]
    born = date(1980, 1, 1)
    assert together({**wei, "birth_date": born}, {**wei, "cert_birth_date": born}) == [[0, 1]]


def test_another_name_on_one_phone_stays_apart():
    assert together({"name": "王伟", "mobile": "13900000001"}, {"name": "李娜", "mobile": "13900000001"}) == [[0], [1]]


def test_titles_and_masked_phones_do_not_join():
    titled = {"name": "王先生", "name_problem": "title", "mobile": "13900000001"}
    assert together(titled, titled) == [[0], [1]]
    masked = {"name": "王伟", "mobile": "139****0001"}
    assert together(masked, masked) == [[0], [1]]


def test_joins_chain():
    first = {"lifetime_no": "1", "name": "王伟", "mobile": "13900000001"}
    second = {"name": "王伟", "mobile": "13900000001", "vin": "LSV"}
    third = {"name": "王伟", "vin": "LSV"}
    assert together(third, first, {}, second) == [[0, 1, 3], [2]]
