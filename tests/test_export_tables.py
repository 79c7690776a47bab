"""Tables: pandas, polars, pyarrow and csv read exactly the rows, and a spreadsheet runs no formula."""

import csv
import io
import sys
from dataclasses import fields
from datetime import UTC, datetime

import pandas
import polars
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import reported
from khabar import records
from khabar.errors import ResourceError
from khabar.export import sheets, tables
from khabar.export.sheets import Sheet
from khabar.store import Store
from reported import written

NAMES = ("claims", "events", "entities", "documents")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "store"
    reported.fill(path)
    with Store.open(path) as opened:
        yield opened


def rows_of(store, name):
    return list(getattr(records, name)(store))


def shown(value) -> list[str]:
    """The cells of a value as they must stand in CSV, before the guard."""
    if value is None:
        return [""]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, datetime):
        return [value.strftime("%Y-%m-%dT%H:%M:%SZ")]
    return [value] if isinstance(value, str) else [str(value)]


def expected(row) -> list[str]:
    cells = []
    for field in fields(row):
        value = getattr(row, field.name)
        if field.type == "tuple[Named, ...]":
            cells += ["|".join(label for _, label in value), "|".join(node for node, _ in value)]
        elif isinstance(value, tuple):
            cells.append("|".join(value))
        else:
            cells += shown(value)
    return [f"'{cell}" if cell[:1] in "=-" and cell and not is_number(cell) else cell for cell in cells]


def is_number(cell) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_csv_holds_every_row_exactly(store, name):
    data = written(store, f"{name}-csv")
    assert data.startswith(b"\xef\xbb\xbf")
    head, *body = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    rows = rows_of(store, name)
    assert body == [expected(row) for row in rows]
    assert len(set(head)) == len(head)
    assert "class_" not in head


@pytest.mark.parametrize("name", NAMES)
def test_pandas_and_polars_read_the_csv_alike(store, name):
    data = written(store, f"{name}-csv")
    rows = [expected(row) for row in rows_of(store, name)]
    frame = pandas.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert frame.to_numpy().tolist() == rows
    other = polars.read_csv(data, infer_schema=False).fill_null("")
    assert [list(row) for row in other.iter_rows()] == rows
    assert other.columns == list(frame.columns)


def test_types_are_found_without_being_told(store):
    frame = pandas.read_csv(io.BytesIO(written(store, "claims-csv")), parse_dates=["not_before", "issued"])
    assert frame["fact"].dtype == bool
    assert frame["begin"].dtype == "int64"
    assert frame["not_before"].dropna().iloc[0] == pandas.Timestamp("2019-10-27", tz="UTC")
    assert frame["fact"].sum() == sum(row.fact for row in records.claims(store))


def test_what_a_spreadsheet_would_take_for_a_formula_is_guarded(store):
    frame = pandas.read_csv(io.BytesIO(written(store, "documents-csv")), dtype=str, keep_default_na=False)
    second = frame[frame.document == reported.SECOND_KEY].iloc[0]
    assert (second.publisher, second.title) == ("'=وكالة", "'-خبر")


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(st.tuples(TEXT, st.none() | st.integers(), st.booleans(), st.lists(TEXT, max_size=3)), max_size=5))
def test_any_text_survives_and_none_begins_a_formula(rows):
    for guard in (True, False):
        output = io.BytesIO()
        sheet = Sheet(output, ("text", "number", "flag", "list"), guard=guard)
        for row in rows:
            sheet.write(row)
        text = output.getvalue().decode("utf-8-sig" if guard else "utf-8")
        _, *read = csv.reader(io.StringIO(text, newline=""))
        assert len(read) == len(rows)
        for (words, number, flag, items), cells in zip(rows, read, strict=True):
            guarded = guard and words[:1] and words[0] in "=+-@\t\r＝＋－＠"
            assert cells[0] == ("'" if guarded else "") + words
            assert cells[1] == ("" if number is None else str(number))
            assert cells[2] == str(flag).lower()
            assert cells[3].count("|") == max(0, len(items) - 1)
            assert not guard or not cells[3].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_below_zero_stay_numbers():
    output = io.BytesIO()
    Sheet(output, ("lon",)).write([-13.18])
    assert output.getvalue() == b"\xef\xbb\xbflon\r\n-13.18\r\n"


@pytest.mark.parametrize("name", NAMES[:3])
def test_parquet_holds_every_row_exactly(store, name):
    table = parquet.read_table(io.BytesIO(written(store, f"{name}-parquet")))
    rows = rows_of(store, name)
    assert table.column_names == [field.name.rstrip("_") for field in fields(rows[0])]

    def known(value):
        if isinstance(value, tuple):
            return [{"iri": one[0], "label": one[1]} if isinstance(one, tuple) else one for one in value]
        return None if value == "" else value

    assert [list(row.values()) for row in table.to_pylist()] == [
        [known(getattr(row, field.name)) for field in fields(row)] for row in rows
    ]
    assert table.schema.metadata[b"policy"] == b"reported"


def test_parquet_has_proper_types(store):
    schema = parquet.read_schema(io.BytesIO(written(store, "events-parquet")))
    assert schema.field("fact").type == pyarrow.bool_()
    assert schema.field("killed").type == pyarrow.int64()
    assert schema.field("lat").type == pyarrow.float64()
    assert schema.field("not_before").type == pyarrow.timestamp("us", tz="UTC")
    assert schema.field("claims").type.value_type == pyarrow.string()
    assert schema.field("agent").type.value_type.names == ["iri", "label"]


def test_polars_and_pandas_read_the_parquet(store):
    data = written(store, "events-parquet")
    frame = polars.read_parquet(data)
    strike = frame.filter(polars.col("fact"), polars.col("document") == reported.FIRST_KEY).row(0, named=True)
    assert strike["agent"] == [{"iri": "https://w3id.org/khabar/entity/haftar", "label": "خليفة حفتر"}]
    assert strike["not_before"] == datetime(2019, 10, 27, tzinfo=UTC)
    other = pandas.read_parquet(io.BytesIO(data))
    assert other[other.fact]["killed"].tolist() == [3, 3]


def test_parquet_is_written_in_row_groups(store, monkeypatch):
    whole = parquet.read_table(io.BytesIO(written(store, "claims-parquet")))
    monkeypatch.setattr(tables, "GROUP", 4)
    file = parquet.ParquetFile(io.BytesIO(written(store, "claims-parquet")))
    count = len(rows_of(store, "claims"))
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert sizes == [4] * (count // 4) + [count % 4] * bool(count % 4)
    assert file.read().equals(whole)


def test_an_empty_store_gives_heads_alone(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as empty:
        for name in NAMES:
            head, *rest = written(empty, f"{name}-csv").decode("utf-8-sig").splitlines()
            assert head
            assert not rest
        assert parquet.read_table(io.BytesIO(written(empty, "claims-parquet"))).num_rows == 0


def test_progress_counts_every_row(store, monkeypatch):
    monkeypatch.setattr(sheets, "_EVERY", 3)
    told = []
    written(store, "claims-csv", progress=told.append)
    assert sum(told) == len(rows_of(store, "claims"))
    assert max(told) == 3


def test_without_text_no_long_quote_leaves(store):
    assert reported.LONG.encode() in written(store, "claims-csv")
    for form in ("claims-csv", "events-csv", "entities-csv", "documents-csv"):
        assert ("ق" * 170).encode() not in written(store, form, text=False)


def test_without_pyarrow_one_line_says_what_to_install(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ResourceError, match=r"pip install 'khabar\[tables\]'"):
        written(store, "claims-parquet")
