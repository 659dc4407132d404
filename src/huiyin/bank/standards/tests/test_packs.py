"""Worked dates of every pack, which definition a matter meets, and what the linter proves and refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from huiyin.bank.standards import queries, rules
from huiyin.bank.standards.templatetags.standards import call_words, said_once
from huiyin.kernel.calendar import due, earliest
from huiyin.kernel.limits import Book, Limit, Rung, chosen

SHIPPED = queries.shipped_book()
NAMES = sorted(pack.code for pack in SHIPPED.packs)


def pack(code: str) -> Any:
    return next(pack for pack in SHIPPED.packs if pack.code == code)


def limit(code: str, id: str) -> Limit:
    return next(found for found in pack(code).limits if found.id == id)


def due_of(found: Limit, at: str, calendar: str = "", book: Book = SHIPPED) -> str:
    """The due time in the calendar's zone, as `2026-03-31 24:00` or `2026-03-31 10:00`."""
    days = book.calendar(calendar or found.calendar)
    moment = datetime.fromisoformat(at)
    zone = ZoneInfo(days.zone)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    _, end = earliest(days, [(term, 0) for term in found.terms], int(moment.timestamp()), ())
    local = datetime.fromtimestamp(end.at, zone)
    if end.date and local.date() > end.date:
        return f"{end.date} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


# received → due, each worked out by hand on the calendar of the place
WORKED = [
    ("cn-nfra-complaint", "reg", "2026-09-18 09:10", "2026-10-03 24:00"),  # in the holiday: not moved
    ("cn-nfra-complaint", "reg", "2026-01-30 18:00", "2026-02-14 24:00"),
    ("cn-pboc-consumer", "reg", "2026-02-01 10:00", "2026-02-16 24:00"),
    ("cn-credit-report", "reg", "2026-09-21 10:00", "2026-10-11 24:00"),
    ("cn-aml", "reg", "2026-09-21 10:00", "2026-10-06 24:00"),
    ("uk-fca-disp", "final", "2026-01-05 09:00", "2026-03-02 24:00"),  # 8 weeks to the day
    ("uk-fca-disp", "final", "2026-03-01 23:30", "2026-04-26 24:00"),  # over the change to summer time, on a Sunday
    ("uk-fca-disp", "summary", "2026-04-01 10:00", "2026-04-08 17:00"),  # Good Friday and Easter Monday between
    ("uk-fca-disp", "summary", "2026-03-06 16:59", "2026-03-11 17:00"),
    ("uk-fca-disp", "psd", "2026-12-10 10:00", "2027-01-04 24:00"),  # beyond 2026 the plain week: provisional
    ("uk-fca-disp", "psd", "2026-04-20 10:00", "2026-05-12 24:00"),  # 4 May is a bank holiday
    ("uk-fca-disp", "ack", "2026-05-22 10:00", "2026-06-01 17:00"),
    ("us-cfpb", "respond", "2026-06-19 10:00", "2026-07-04 24:00"),  # calendar days, Independence Day or not
    ("us-cfpb", "final", "2026-06-19 10:00", "2026-08-18 24:00"),
    ("au-rg271", "ack", "2026-03-06 18:00", "2026-03-07 18:00"),  # Friday evening: 24 hours end before Monday's close
    ("au-rg271", "ack", "2026-03-03 18:00", "2026-03-04 17:00"),  # Tuesday evening: the business day ends first
    ("au-rg271", "ack", "2026-03-03 10:00", "2026-03-04 10:00"),
    ("au-rg271", "standard", "2026-03-06 18:00", "2026-04-05 24:00"),
    ("au-rg271", "hardship", "2026-03-06 18:00", "2026-03-27 24:00"),
    ("au-rg271", "super", "2026-03-06 18:00", "2026-04-20 24:00"),
    ("au-rg271", "death-benefit", "2026-03-06 18:00", "2026-06-04 24:00"),
    ("au-rg271", "short", "2026-04-01 09:00", "2026-04-10 17:00"),  # Easter
    ("eu-jc", "reply", "2026-04-01 09:00", "2026-04-24 24:00"),  # Good Friday, Easter Monday
    ("eu-jc", "psd2", "2026-04-20 09:00", "2026-05-12 24:00"),  # 1 May
    ("iso-house", "ack", "2026-09-30 09:00", "2026-10-08 17:30"),
    ("iso-house", "response", "2026-02-13 16:30", "2026-02-14 17:30"),  # a make-up Saturday
    ("iso-house", "total-simple", "2026-03-02 09:00", "2026-03-07 24:00"),
    ("iso-house", "total-complex", "2026-03-02 09:00", "2026-03-17 24:00"),
    ("iso-house", "total-exceptional", "2026-03-02 09:00", "2026-04-01 24:00"),
]


@pytest.mark.parametrize(("code", "id", "at", "expected"), WORKED, ids=[f"{c}-{i}-{a}" for c, i, a, _ in WORKED])
def test_worked_dates(code: str, id: str, at: str, expected: str) -> None:
    assert due_of(limit(code, id), at) == expected


@pytest.mark.parametrize(
    ("calendar", "at", "expected"),
    [
        ("uk-england-wales", "2026-04-02 10:00", "2026-04-09 17:00"),
        ("uk-scotland", "2026-04-02 10:00", "2026-04-08 17:00"),  # Easter Monday is a working day there
        ("uk-northern-ireland", "2026-03-16 10:00", "2026-03-20 17:00"),  # Saint Patrick's Day
        ("uk-england-wales", "2026-03-16 10:00", "2026-03-19 17:00"),
    ],
)
def test_each_nation_of_the_uk_has_its_own_bank_holidays(calendar: str, at: str, expected: str) -> None:
    assert due_of(limit("uk-fca-disp", "summary"), at, calendar) == expected


@pytest.mark.parametrize(
    ("calendar", "open_on"),
    [("au-vic", False), ("au-nsw", True), ("au-qld", True)],
)
def test_each_australian_state_has_its_own_days(calendar: str, open_on: bool) -> None:
    """Melbourne Cup Day is Victoria's alone."""
    assert SHIPPED.calendar(calendar).open_on(date(2026, 11, 3)) is open_on


def test_a_customer_s_right_ends_on_a_working_day() -> None:
    """核查 may be asked for within 30 days of the decision; a rest day moves to the next working day."""
    right = next(p for p in pack("cn-nfra-complaint").provisions if p.id == "request-review")
    days = SHIPPED.calendar(right.calendar)
    told = datetime.fromisoformat("2026-01-20T10:00:00+08:00")
    end = due(days, right.term, int(told.timestamp()))
    assert (end.unrolled, end.date, end.rolled_by) == (date(2026, 2, 19), date(2026, 2, 24), "roll_next")


MATTERS = [
    ({"topic": "payment_service"}, "uk-fca-disp", "REG", "psd"),
    ({"topic": "general"}, "uk-fca-disp", "REG", "final"),
    ({}, "uk-fca-disp", "REG", "final"),
    ({"topic": "hardship"}, "au-rg271", "REG", "hardship"),
    ({"topic": "superannuation"}, "au-rg271", "REG", "super"),
    ({"topic": "death_benefit"}, "au-rg271", "REG", "death-benefit"),
    ({}, "au-rg271", "REG", "standard"),
    ({"topic": "hardship"}, "au-rg271", "RESPONSE", None),  # hardship always gets a written response
    ({"topic": "credit_report"}, "cn-credit-report", "REG", "reg"),
    ({}, "cn-credit-report", "REG", None),
    ({"topic": "aml_measure"}, "cn-aml", "REG", "reg"),
    ({"source": "pboc"}, "cn-pboc-consumer", "REG", "reg"),
    ({}, "cn-pboc-consumer", "REG", None),
    ({"kind": "enquiry"}, "cn-nfra-complaint", "REG", None),
    ({"topic": "payment_service"}, "eu-jc", "REG", "psd2"),
]


@pytest.mark.parametrize(("attrs", "code", "family", "expected"), MATTERS)
def test_which_definition_a_matter_meets(
    attrs: Mapping[str, str], code: str, family: str, expected: str | None
) -> None:
    whole = {"kind": "complaint", "complexity": "simple", "severity": "ordinary", "topic": "general", **attrs}
    found = chosen(pack(code).limits, "complaint.received", "case", whole)
    assert [one.id for one in found if one.family == family] == ([expected] if expected else [])


def test_two_packs_on_one_case_keep_their_own_clocks() -> None:
    """The same family and purpose in two packs are two clocks: each runs by itself."""
    limits = [*pack("uk-fca-disp").limits, *pack("au-rg271").limits, *pack("iso-house").limits]
    found = chosen(
        limits, "complaint.received", "case", {"kind": "complaint", "complexity": "simple", "topic": "general"}
    )
    assert sorted(one.pack for one in found if one.family == "ACK") == ["au-rg271", "iso-house", "uk-fca-disp"]


@pytest.mark.parametrize("code", NAMES)
def test_every_shipped_pack_is_proven(code: str) -> None:
    """The gate: for every sort of matter exactly one definition per pack and family, and every name known."""
    found = queries.lint(pack(code), SHIPPED)
    assert not found, "\n".join(queries.finding_words(one, "en") for one in found)


@pytest.mark.parametrize("code", NAMES)
def test_every_rule_says_how_sure_it_is_and_where_it_stands(code: str) -> None:
    for one in (*pack(code).limits, *pack(code).provisions):
        assert one.verified in ("primary", "secondary", "memory", "own"), one.id
        assert one.section or code.startswith(("iso-house", "house-")), one.id


def test_cn_elder_has_no_clocks_but_flags_wording_and_exclusions() -> None:
    elder = pack("cn-elder")
    assert elder.limits == ()
    assert {p.sort for p in elder.provisions} >= {"flag", "wording", "exclusion"}
    assert next(p.codes for p in elder.provisions if p.sort == "exclusion") == ("M50", "M56")


BROKEN = [
    ({"priority": 10}, "two", (("topic", "general"),)),
    ({"calendar": "mars"}, "calendar", (("calendar", "mars"),)),
    ({"selector": {"topic": ["moonshine"]}}, "unknown", (("topic", "moonshine"),)),
    ({"selector": {"weather": ["wet"]}}, "unknown", (("weather", "wet"),)),
    ({"arm": ["cow.jumped"]}, "event", (("event", "cow.jumped"),)),
    ({"anchor": "somewhen"}, "anchor", (("anchor", "somewhen"),)),
    ({"ladder": ["left 99"]}, "rung", (("rung", "left-99"),)),
    ({"ladder": ["due", "due"]}, "rung", (("rung", "due"),)),
    ({"ladder": ["after 2", {"at": "due", "every": 1, "times": 2}]}, "rung", (("rung", "after-2"),)),
    ({"ladder": [{"at": "80%", "every": 1, "times": 2}]}, "repeat", (("rung", "80%"),)),
    ({"ladder": [{"at": "due", "every": 1}]}, "repeat", (("rung", "due"),)),
    ({"ladder": [{"at": "due", "to": ["cook"]}]}, "recipient", (("rung", "due"), ("to", "cook"))),
    ({"ladder": [{"at": "due", "to": ["owner"]}], "kinds": ["review"]}, "recipient", (("to", "owner"),)),
    ({"ladder": [{"at": "due", "channel": ["pigeon"]}]}, "channel", (("channel", "pigeon"),)),
    ({"zh": "English only"}, "words", ()),
    ({"en": "只有中文"}, "words", ()),
    ({"source_en": " "}, "source", ()),
    ({"extension": [{"to": 10, "role": "supervisor"}]}, "extension", ()),
    ({"extension": [{"to": 90, "role": "cook"}]}, "extension", (("role", "cook"),)),
    ({"stop": []}, "stop", ()),
]


@pytest.mark.parametrize(("change", "why", "case"), BROKEN, ids=[why + str(n) for n, (_, why, _c) in enumerate(BROKEN)])
def test_the_linter_names_what_is_wrong(change: dict[str, Any], why: str, case: tuple[tuple[str, str], ...]) -> None:
    table = next(s.table for s in queries.shipped() if s.code == "uk-fca-disp")
    entries = [{**one, **change} if one["id"] == "final" else one for one in table["limit"]]
    if why == "two":  # two definitions for a general matter
        entries += [{**table["limit"][-1], "id": "again"}]
    broken = rules.parse_pack({**table, "limit": entries}, "")
    found = queries.lint(broken, SHIPPED)
    if why == "two":
        broken = replace(broken, limits=tuple(replace(x, priority=100) for x in broken.limits))
        found = queries.lint(broken, SHIPPED)
    assert why in {one.why for one in found}
    if case:
        assert any(set(case) <= set(one.case) for one in found if one.why == why), found
    assert all(queries.finding_words(one, lang) for one in found for lang in ("zh-hans", "en"))


def ladder(*entries: Any, code: str = "uk-fca-disp", id: str = "final") -> tuple[Rung, ...]:
    table = next(s.table for s in queries.shipped() if s.code == code)
    limit = next(one for one in table["limit"] if one["id"] == id)
    return rules.parse_pack({**table, "limit": [{**limit, "ladder": list(entries)}]}, "").limits[0].ladder


def test_a_rung_says_whom_it_calls_how_and_how_often() -> None:
    assert ladder("80%", "after 1") == (Rung("80%", "percent", 80), Rung("after-1", "after", 1, ("head",)))
    loud = {"at": "due", "to": ["holder", "head"], "channel": ["sms", "inbox"], "urgent": True, "every": 2, "times": 2}
    due, two, four = ladder(loud)
    assert (due.code, due.to, due.channels, due.urgent) == ("due", ("holder", "head"), ("inbox", "sms"), True)
    assert [(r.code, r.point, r.amount, r.again) for r in (two, four)] == [
        ("after-2", "after", 2, 1), ("after-4", "after", 4, 2),
    ]  # fmt: skip
    assert {(r.to, r.channels, r.urgent) for r in (due, two, four)} == {(due.to, due.channels, True)}
    (late, later) = ladder({"at": "after 4", "every": 2, "times": 1}, code="house-steps", id="handle")
    assert (late.amount, later.amount, later.code) == (4 * 3600, 6 * 3600, "after-6"), "hours are kept in seconds"
    assert said_once((due, two, four)) == [due]
    with translation.override("en"):
        assert call_words(due, "natural_day") == (
            "when due: whoever works on it, the head of the unit, also by SMS, in quiet hours too, "
            "again after every 2 calendar days, 2 times"
        )


@pytest.mark.parametrize(
    "entry",
    [
        3, {"to": ["head"]}, {"at": "soon"}, {"at": "due", "colour": 1}, {"at": "due", "to": "head"}, {"at": "due", "to": []},
        {"at": "due", "urgent": "yes"}, {"at": "due", "every": -1}, {"at": "due", "every": 1, "times": 10**9},
        {"at": "due", "every": True}, {"at": "after 123456789"},
    ],
)  # fmt: skip
def test_a_rung_that_cannot_be_read_is_refused_by_name(entry: Any) -> None:
    with pytest.raises(rules.StandardRejected, match="uk-fca-disp/final"):
        ladder(entry)


@pytest.mark.django_db
def test_every_body_that_a_pack_asks_about_may_have_forwarded_a_complaint() -> None:
    asked = {
        code for p in SHIPPED.packs for c in (p.applies, *(x.arm_if for x in p.limits)) for code in c.get("source", ())
    }
    assert {one.code for one in queries.forwarders()} == asked | {"nfra"} >= {"nfra", "pboc", "cfpb"}


def test_a_gap_is_shown_with_the_matter_that_falls_into_it() -> None:
    table = next(s.table for s in queries.shipped() if s.code == "au-rg271")
    entries = [one for one in table["limit"] if one["id"] != "standard"]
    entries[-1] = {**entries[-1], "selector": {"topic": ["general"]}}  # nothing is left for hardship
    found = queries.lint(rules.parse_pack({**table, "limit": entries}, ""), SHIPPED)
    gaps = [dict(one.case)["topic"] for one in found if one.why == "none" and one.family == "REG"]
    assert "hardship" in gaps and "general" not in gaps


@pytest.mark.parametrize(
    "terms",
    [
        {"earliest_of": [{"unit": "elapsed_hour", "target": 24}, "REG"]},
        {"earliest_of": [{"unit": "elapsed_hour", "target": 24}], "target": 3},
        {"earliest_of": [{"unit": "elapsed_hour"}]},
        {"earliest_of": [{"unit": "elapsed_hour", "target": 24, "colour": 1}]},
        {"ladder": ["left 1"]},
    ],
)
def test_terms_side_by_side_are_checked(terms: dict[str, Any]) -> None:
    table = next(s.table for s in queries.shipped() if s.code == "au-rg271")
    with pytest.raises(rules.StandardRejected, match="au-rg271/ack"):
        rules.parse_pack({**table, "limit": [{**table["limit"][0], **terms}]}, "")


@pytest.mark.parametrize(
    "body", ["", "code = 1", 'code = "x"', "[[limit]]", "limit = 3", 'code="x"\nversion="1"\napplies=3']
)
def test_a_text_that_is_no_pack_is_refused_with_a_reason(body: str) -> None:
    with pytest.raises(rules.StandardRejected):
        queries.read_pack(body)


def test_hours_come_before_days_whatever_the_order_in_the_file() -> None:
    """A due time that depends on the hour must not be remembered by the date of its anchor."""
    table = next(s.table for s in queries.shipped() if s.code == "au-rg271")
    entry = dict(table["limit"][0])
    entry["earliest_of"] = list(reversed(entry["earliest_of"]))
    (found,) = rules.parse_pack({**table, "limit": [entry]}, "").limits
    assert [term.unit for term in found.terms] == ["elapsed_hour", "business_day"]
