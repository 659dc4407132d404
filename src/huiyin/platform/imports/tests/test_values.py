"""From cell to value: what is forgiven and what is refused."""

import contextlib
import time
from datetime import date, datetime
from decimal import Decimal

import pytest

from huiyin.platform.imports import queries
from huiyin.platform.imports.rules import (
    CHOSEN,
    TEXTS,
    Broken,
    Fields,
    Mapped,
    Refuse,
    fields_of,
    mapping_from,
    suits,
    values,
)


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026-03-05", date(2026, 3, 5)),
        ("2026/3/5", date(2026, 3, 5)),
        ("2026.03.05", date(2026, 3, 5)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("２０２６年３月５日", date(2026, 3, 5)),
        ("20260305", date(2026, 3, 5)),
        ("2026-03-05 14:30", date(2026, 3, 5)),
        ("2026-03-05T00:00:00", date(2026, 3, 5)),
        ("46086", date(2026, 3, 5)),
        ("46086.604", date(2026, 3, 5)),
        ("03/05/26", date(2026, 3, 5)),
    ],
)
def test_dates_in_every_spelling(text, day):
    assert values.date_of(("%m/%d/%y",), 1900)(text) == day


def test_excel_of_1904_counts_from_another_day():
    assert values.date_of((), 1904)("44624") == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "yesterday", "5", "1E5"])
def test_days_that_cannot_be_meant(text):
    with pytest.raises(Refuse):
        values.date_of((), 1900)(text)


@pytest.mark.parametrize("text", ["00123", "B-01", "0571/88", "１２３"])
def test_codes_keep_their_leading_zeros(text):
    assert values.code_of(20)(text) == ("123" if text == "１２３" else text)


@pytest.mark.parametrize("text", ["1E5", "1.23E+05", "6.22202E+18", "10001.0", "a b", "x" * 21, "1\x002"])
def test_codes_that_a_spreadsheet_damaged(text):
    with pytest.raises(Refuse):
        values.code_of(20)(text)


def test_invisible_marks_leave_a_name_and_control_characters_are_refused():
    assert values.text_of(20)("王\u202e丽\u200b") == "王丽"
    for text in ("a\0b", "a\x1bb", "a\ud800b"):
        with pytest.raises(Refuse):
            values.text_of(20)(text)


@pytest.mark.parametrize(
    "text, number",
    [
        ("１３８００１３８０００", "13800138000"),
        ("0571-8888 6666", "057188886666"),
        ("+86 138 0013 8000", "+8613800138000"),
    ],
)
def test_telephones(text, number):
    assert values.phone_of(text) == number


@pytest.mark.parametrize("text", ["1.38E+10", "12", "abc", "1" * 30])
def test_what_is_no_telephone(text):
    with pytest.raises(Refuse):
        values.phone_of(text)


def test_numbers():
    assert values.int_of("12,345") == 12345 and values.int_of("７") == 7 and values.int_of("5.0") == 5
    assert values.number_of("1,234.50") == Decimal("1234.50")
    for text in ("NaN", "Infinity", "1e999", "x", "9" * 5000):
        with pytest.raises(Refuse):
            values.number_of(text)
    for text in ("5.5", "9" * 5000, "٣x"):
        with pytest.raises(Refuse):
            values.int_of(text)


def test_times_and_months():
    assert values.datetime_of((), 1900)("2026/3/5 14:30") == datetime(2026, 3, 5, 14, 30)
    assert values.datetime_of((), 1900)("46086.5") == datetime(2026, 3, 5, 12)
    for text in ("2026-03", "2026年3月", "202603", "2026/3/17"):
        assert values.month_of(1900)(text) == date(2026, 3, 1)
    with pytest.raises(Refuse):
        values.datetime_of((), 1900)("2026-03-05 25:00")


def test_our_own_patterns_stay_quick():
    started = time.process_time()
    for parse in (values.code_of(60_000), values.email_of, values.phone_of, values.int_of, values.date_of((), 1900)):
        with contextlib.suppress(Refuse):
            parse("a" * 50_000)
    assert time.process_time() - started < 1


MAPPING = """
code = "calls"
key = ["id"]
key_prefix = "calls:"
key_else = "row"
empty = ["None"]
[constant]
source = "calls"
[[column]]
to = "id"
from = ["Id", "编号"]
[[column]]
to = "channel"
from = "Via"
kind = "choice"
choices = { Web = "web" }
else = "unknown"
[[column]]
to = "tags"
from = "Tags"
split = ";"
"""


def mapped(header):
    mapping = mapping_from(MAPPING)
    return Mapped(mapping, mapping.shape_of(header), header)


def test_a_row_becomes_values():
    row = mapped(["编号 *", "via", "TAGS"]).row(2, ["7", "web", "a；b; "])
    assert row.key == "calls:7"
    assert row.values == {"id": "7", "channel": "web", "tags": ("a", "b"), "source": "calls"}


def test_rows_without_a_key_are_told_apart_by_content_and_ordinal():
    sheet = mapped(["Id", "Via"])
    first, second = sheet.row(2, ["None", "Fax"]), sheet.row(3, ["None", "Fax"])
    assert first.values["channel"] == "unknown" and first.key != second.key
    assert mapped(["Id", "Via"]).row(9, ["None", "Fax"]).key == first.key


def test_a_row_of_another_width_is_refused_unless_the_rest_is_empty():
    sheet = mapped(["Id", "Via"])
    assert sheet.row(2, ["1", "Web", "", ""]).key == "calls:1"
    assert sheet.row(3, ["1"])[0].code == "width"
    assert sheet.row(4, ["1", "Web", "x"])[0].code == "width"


def test_shapes_are_told_apart_by_their_headers():
    mapping = mapping_from(
        'code="x"\nkey=["id"]\n[[column]]\nto="id"\n[[shape]]\nname="new"\n[[shape.column]]\nto="sent"\n'
        'from="Date sent"\nheader=true\n[[shape]]\nname="old"\n[[shape.column]]\nto="sent"\nfrom="Date received"\n'
    )
    assert mapping.shape_of(["id", "Date sent", "Date received"]).name == "new"
    assert mapping.shape_of(["id", "Date received"]).name == "old"


@pytest.mark.parametrize(
    "text",
    [
        "not toml =",
        'code="x"',
        'code="x"\nkey=["id"]\n[[column]]\nto="other"',
        'code="x"\nkey=["id"]\n[[column]]\nto="id"\nkind="colour"',
        'code="x"\nkey=["id"]\n[[column]]\nto="id"\nkind="choice"',
        'code="x"\nkey=["id"]\n[[column]]\nto="id"\nkind="choice"\nchoices=["a"]',
        'code="x"\nkey=["id"]\n[[column]]\nto="id"\nmax="long"',
        'code="编号"\nkey=["id"]\n[[column]]\nto="id"',
        'code="x"\nkey="id"\n[[column]]\nto="id"',
        'code="x"\nkey=["id"]\ncolumn=3',
    ],
)
def test_a_mistake_in_a_mapping_is_named(text):
    with pytest.raises(Broken) as no:
        mapping_from(text)
    assert no.value.words.zh != no.value.words.en


FIELDS = Fields(
    "notes", {"id": TEXTS, "on": frozenset({"date"}), "way": CHOSEN, "source": CHOSEN}, ("on", "source"),
    {"way": frozenset({"phone"})}, ("source",),
)  # fmt: skip
SUITS = """code="x"
sink="notes"
key=["id"]
[constant]
source="old"
[[column]]
to="id"
[[column]]
to="on"
kind="date"
required=true
[[column]]
to="way"
kind="choice"
choices={"电话"="phone"}
"""


@pytest.mark.parametrize("code", ["units", "staff", "products", "exposures", "cases", "posts"])
def test_a_built_in_mapping_suits_itself(code):
    suits(queries.mapping(code), fields_of(queries.mapping(code)))


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('sink="notes"', 'sink="units"', 'sink must be "notes"'),
        ('to="way"', 'to="road"', "there is no field road"),
        ('kind="date"', 'kind="text"', "column on: kind must be date"),
        ("required=true", "required=false", "field on is missing"),
        ('source="old"', "", "field source is missing"),
        ('source="old"', 'source="旧系统"', "constant source"),
        ('="phone"', '="pigeon"', "way cannot be pigeon; it may be: phone"),
    ],
)
def test_a_mapping_suits_what_takes_its_rows_before_a_row_is_read(was, now, words):
    suits(mapping_from(SUITS), FIELDS)
    with pytest.raises(Broken, match=words):
        suits(mapping_from(SUITS.replace(was, now)), FIELDS)
