"""Calendars and packs as data, the linter, the word lists and the approved texts."""

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from huiyin.bank.standards import actions, queries, rules
from huiyin.bank.standards.models import Adoption
from huiyin.kernel.actor import machine
from huiyin.kernel.label import Label
from huiyin.ledger import queries as ledger

pytestmark = pytest.mark.django_db
INIT = machine("init")
AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[6] / "shared" / "data")) / "cn_holidays"


def test_our_holiday_file_agrees_with_the_published_arrangements_day_by_day() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: the holiday file is not compared with the data set")
    office = queries.calendar("cn-office")
    with (SHARED / "holiday_cn_all.csv").open(encoding="utf-8") as sheet:
        published = {date.fromisoformat(row["date"]): row["is_off_day"] == "True" for row in csv.DictReader(sheet)}
    day = date(2020, 1, 1)
    while day <= date(2026, 12, 31):
        working = not published[day] if day in published else day.weekday() < 5
        assert office.open_on(day) is working, day
        day += timedelta(days=1)
    assert all((SHARED / "holiday-cn" / f"{year}.json").is_file() for year in range(2020, 2027))


def test_every_exception_names_a_notice_with_number_and_address() -> None:
    if SHARED.is_dir():
        papers = {
            p
            for y in range(2020, 2027)
            for p in json.loads((SHARED / "holiday-cn" / f"{y}.json").read_text("utf-8"))["papers"]
        }
        assert papers == {notice.url for notice in queries.calendar("cn-office").notices}
    office = queries.calendar("cn-office")
    numbers = {notice.number for notice in office.notices}
    assert {x.notice for x in office.exceptions.values()} == numbers
    assert all(number.startswith("国办发明电〔") for number in numbers)


def test_other_countries_days_come_from_the_holidays_package_inside_coverage() -> None:
    federal = queries.calendar("us-federal")
    assert not federal.open_on(date(2024, 7, 4))
    assert federal.open_on(date(2024, 7, 5))
    assert max(federal.exceptions) <= date(2026, 12, 31)


@pytest.mark.parametrize(
    ("today", "missing"), [("2026-10-31", None), ("2026-11-01", 2027), ("2027-01-01", 2027), ("2026-03-05", None)]
)
def test_the_next_year_is_missed_from_november(today: str, missing: int | None) -> None:
    office = next(cover for cover in queries.coverage() if cover.code == "cn-office")
    assert office.missing_year(datetime.fromisoformat(f"{today}T12:00:00+08:00")) == missing
    hotline = next(cover for cover in queries.coverage() if cover.code == "hotline")
    assert hotline.missing_year(AT) is None


@pytest.mark.parametrize("pack", [pack.code for pack in queries.shipped_book().packs])
def test_every_matter_meets_exactly_one_definition(pack: str) -> None:
    found = queries.pack(pack)
    assert found is not None
    assert queries.lint(found) == []


def test_the_linter_finds_gaps_doubles_dead_rules_and_unknown_values() -> None:
    house = queries.pack("iso-house")
    assert house is not None
    values = queries.attribute_values()
    by_id = {limit.id: limit for limit in house.limits}
    gap = replace(house, limits=tuple(x for x in house.limits if x.id != "total-complex"))
    assert {f.why for f in rules.lint(gap, values)} == {"none"}
    double = replace(house, limits=(*house.limits, replace(by_id["total-simple"], id="again")))
    assert {f.why for f in rules.lint(double, values)} == {"two", "dead"}
    strange = replace(
        house,
        limits=(*house.limits, replace(by_id["total-simple"], id="x", selector={"complexity": frozenset({"huge"})})),
    )
    assert {f.why for f in rules.lint(strange, values)} == {"unknown", "dead"}
    blank = replace(house, limits=(*house.limits, replace(by_id["total-simple"], id="all", selector={}, priority=1)))
    assert {f.limits for f in rules.lint(blank, values)} == {
        ("total-simple",),
        ("total-complex",),
        ("total-exceptional",),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "fortnight"}, {"family": "SOMEDAY"}, {"roll": "sideways"}, {"reopen": "maybe"}, {"verified": "sure"},
        {"ladder": ["soon"]}, {"pause": ["tired"]}, {"colour": "red"}, {"end_of_term": "25:00"}, {"target": -1},
    ],
)  # fmt: skip
def test_a_pack_with_a_mistake_is_refused_by_name(change: dict[str, object]) -> None:
    table = next(s.table for s in queries.shipped() if s.code == "cn-nfra-complaint")
    broken = {**table, "limit": [{**table["limit"][0], **change}]}
    with pytest.raises(rules.StandardRejected, match="cn-nfra-complaint/reg"):
        rules.parse_pack(broken, "")


def test_taking_a_standard_into_use_is_a_fact_and_happens_once() -> None:
    actions.adopt_all(by=INIT, at=AT)
    actions.adopt_all(by=INIT, at=AT + timedelta(days=1))
    assert Adoption.objects.count() == len(queries.shipped())
    (entry,) = ledger.entries_of("standard:cn-office")
    assert entry.type == "standard.changed"
    assert queries.effective("cn-office") == ("2026.1", AT)


@pytest.mark.parametrize(
    "body",
    ["", "code = ", 'code = "cn-office"', 'code = "other"\nversion = "2"', 'code = "cn-office"\nversion = "2"\nzone = "Asia/Shanghai"\n[week]\nmon = []'],
)  # fmt: skip
def test_a_text_that_cannot_be_used_is_refused_and_nothing_is_stored(body: str) -> None:
    with pytest.raises(actions.Refused):
        actions.adopt(code="cn-office" if body else "nothing", by=INIT, at=AT, body=body)
    assert Adoption.objects.count() == 0


def test_the_bank_s_own_calendar_version_becomes_current_and_the_old_one_stays_readable() -> None:
    from huiyin.bank.clocks.tests.test_life import office_of_2027

    actions.adopt(code="cn-office", by=INIT, at=AT, body=office_of_2027())
    assert queries.calendar("cn-office").version == "2027.1"
    assert queries.calendar("cn-office/2026.1").coverage_to == date(2026, 12, 31)


def test_packs_apply_from_their_date() -> None:
    assert "cn-nfra-complaint" in {pack.code for pack in queries.packs(AT)}
    assert "cn-nfra-complaint" not in {pack.code for pack in queries.packs(datetime(2019, 1, 1, tzinfo=UTC))}


def test_words_exist_in_both_languages_and_unknown_codes_stay_readable() -> None:
    for name, labels in queries.facets().items():
        for label in labels:
            assert label.zh and label.en, (name, label.code)
            assert label.en.isascii() or "’" in label.en, (name, label.code)
    assert queries.label("cause", "pricing") == Label("pricing", "定价收费", "Pricing and fees")
    assert queries.label("cause", "gone") == Label("gone", "gone", "gone")
    assert [label.code for label in queries.facet("category")] == (
        [
            "savings",
            "bank_card",
            "loan",
            "payment",
            "wealth_own",
            "agency",
            "other_intermediary",
            "forex",
            "precious_metal",
            "treasury",
            "cash",
            "personal_info",
            "collection",
            "other",
        ]
    )
    assert set(queries.parents("subcategory").values()) <= {label.code for label in queries.facet("category")}
    assert "unknown" in {label.code for label in queries.facet("channel")}
    assert set(queries.official_codes("category").values()) == {""}


def test_approved_texts_agree_about_their_placeholders() -> None:
    assert {
        "acknowledgement",
        "reply",
        "update",
        "closing",
        "invitation",
        "reopen",
        "reclassified",
        "extension",
        "withdrawn",
    } <= set(queries.wordings())
    with pytest.raises(rules.StandardRejected):
        rules.check_wording("x", ["number"], ("{number}", "", "{nummer}", ""))
    with pytest.raises(rules.StandardRejected):
        rules.check_wording("x", [], ("{", "", "", ""))


def test_a_brace_in_a_value_stays_a_brace() -> None:
    title, body = queries.worded(
        "reply", "zh-hans", number="T-1", owner="王丽", bank="青禾银行", text="{number} {{7*7}}", link="/x"
    )
    assert "{number} {{7*7}}" in body
    assert title == "关于您投诉的答复（T-1）"
    with pytest.raises(KeyError):
        queries.worded("reply", "en", number="T-1")


def test_t2_a_regional_holiday_stays_in_its_region() -> None:
    """Each calendar is of one place: a day that is free in Scotland or Bavaria alone moves no limit elsewhere."""
    calendars = queries.shipped_book().calendars
    andrew, assumption, easter = date(2026, 11, 30), date(2026, 8, 15), date(2026, 4, 6)
    assert not calendars["uk-scotland"].open_on(andrew) and calendars["uk-england-wales"].open_on(andrew)
    assert calendars["uk-scotland"].open_on(easter) and not calendars["uk-england-wales"].open_on(easter)
    assert assumption not in calendars["eu-de"].exceptions, "free in Bavaria and the Saarland alone"
