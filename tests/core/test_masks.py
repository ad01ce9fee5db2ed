"""What may be shown of a customer's values."""

from datetime import date

import polars as pl

from pipeline.core.masks import masked, shown_ids
from pipeline.core.schema import OBSERVATIONS

ROW = {
    "record_id": "do_not_call/13905142687/contact",
    "name": "王小明",
    "cert_no": "320102198801011236",
    "birth_date": date(1988, 1, 1),
    "mobile": "13905142687",
    "other_phones": ["025-84550000"],
    "address": "南京市玄武区北京东路41号",
    "room": "602",
    "plate": "苏A7Q3Z9",
    "occupation": "国家机关工作人员处长",
}


def rows(*told: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(told), schema=OBSERVATIONS.schema)


def test_every_value_is_masked_as_its_field_masks_it():
    shown = masked(rows(ROW)).row(0, named=True)
    assert {name: shown[name] for name in ROW if name != "record_id"} == {
        "name": "王**",
        "cert_no": "3****************6",
        "birth_date": "1988-**-**",
        "mobile": "139****2687",
        "other_phones": ["025-****0000"],
        "address": "南京********",
        "room": "***",
        "plate": "苏A***Z9",
        "occupation": "国家********",
    }


def test_nulls_stay_null_and_columns_their_order():
    shown = masked(rows({"record_id": "a/b/c"}))
    assert shown.columns == OBSERVATIONS.schema.names()
    assert shown.drop("record_id").null_count().row(0) == (1,) * (shown.width - 1)


def test_a_value_within_a_record_id_is_masked():
    assert shown_ids(rows(ROW)) == {ROW["record_id"]: "do_not_call/139****2687/contact"}


def test_ids_that_masking_makes_alike_stay_apart():
    other = {"record_id": "do_not_call/13977772687/contact", "mobile": "13977772687"}
    assert sorted(shown_ids(rows(ROW, other)).values()) == [
        "do_not_call/139****2687/contact",
        "do_not_call/139****2687/contact#2",
    ]
