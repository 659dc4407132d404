"""Where units stood, and which columns history has."""

from datetime import date

from huiyin.kernel.fact import FACTS
from huiyin.measure.history.rules.fold import SURVEYED
from huiyin.measure.history.rules.placements import ALWAYS, FOREVER, Placed, stays
from huiyin.measure.history.rules.schema import event_columns


def placed(unit: str, day: str, parent: str | None = None, until: str | None = None, kind: str = "outlet") -> Placed:
    end = date.fromisoformat(until) if until else None
    return Placed(unit, unit.upper(), kind, date.fromisoformat(day), parent, end)


def test_a_unit_that_moves_keeps_its_old_path_for_the_old_days() -> None:
    found = stays(
        [
            placed("ho", "2000-01-01", kind="head"),
            placed("b1", "2000-01-01", "ho"),
            placed("b2", "2000-01-01", "ho"),
            placed("o1", "2020-01-01", "b1"),
            placed("o1", "2025-07-01", "b2"),
        ]
    )
    own = [(s.path, s.from_day, s.until_day) for s in found if s.unit == "o1"]
    moved = date(2025, 7, 1)
    assert own == [("HO/B1/O1/", ALWAYS, moved), ("HO/B2/O1/", moved, FOREVER)]


def test_a_child_moves_with_its_parent() -> None:
    found = stays(
        [
            placed("ho", "2000-01-01", kind="head"),
            placed("b1", "2000-01-01", "ho"),
            placed("b2", "2000-01-01", "ho"),
            placed("s1", "2001-01-01", "b1"),
            placed("o1", "2001-01-01", "s1"),
            placed("s1", "2010-01-01", "b2"),
        ]
    )
    assert [s.path for s in found if s.unit == "o1"] == ["HO/B1/S1/O1/", "HO/B2/S1/O1/"]


def test_a_closed_unit_still_counts_where_it_was() -> None:
    found = stays([placed("ho", "2000-01-01", kind="head"), placed("o1", "2001-01-01", "ho", until="2002-01-01")])
    assert [(s.path, s.until_day) for s in found if s.unit == "o1"] == [("HO/O1/", FOREVER)]


def test_a_circle_of_parents_ends() -> None:
    assert stays([placed("a", "2000-01-01", "b"), placed("b", "2000-01-01", "a")])


def test_the_columns_cover_every_service_fact_and_no_sign_in() -> None:
    columns = event_columns(FACTS)
    assert {"received_at": "instant", "due_date": "day", "met": "bool", "score": "int", "unit": "text"}.items() <= (
        columns.items()
    )
    assert "user" not in columns and "token" not in columns


def test_an_invitation_is_one_row_with_whether_it_arrived_and_was_answered():
    """A rating after a matter arrives on its page at once; a survey's invitation when the gateway took it."""
    import duckdb

    columns = "key, invitation, seq, type, kind, channel, unit, product, campaign, occurred_at, purpose, nps, ces"
    aspects = ", ".join(
        f"NULL::INTEGER AS {name}"
        for name in (
            "efficiency",
            "professionalism",
            "attitude",
            "environment",
            "channels",
            "gap_reliability",
            "gap_responsiveness",
            "gap_assurance",
            "gap_empathy",
            "gap_tangibles",
        )
    )
    rows = """
      ('m1', 'i1', 2, 'survey.invited', 'after_service', NULL, NULL, NULL, NULL, '2026-03-01 02:00:00', NULL, NULL, NULL),
      ('m1', NULL, 1, 'voice.heard', 'complaint', 'phone', 'U1', NULL, NULL, '2026-02-01 02:00:00', NULL, NULL, NULL),
      ('m1', 'i1', 3, 'answer.given', 'after_service', 'portal', 'U1', NULL, NULL, '2026-03-02 17:00:00', NULL, NULL, NULL),
      ('i2', 'i2', 4, 'survey.invited', 'campaign', 'email', 'U2', 'CARD', 'c', '2026-03-01 02:00:00', NULL, NULL, NULL),
      ('i2', NULL, 5, 'message.delivered', NULL, 'smtp', NULL, NULL, NULL, '2026-03-01 02:05:00', 'survey', NULL, NULL),
      ('i2', 'i2', 6, 'survey.answered', NULL, 'email', 'U2', 'CARD', 'c', '2026-03-03 02:00:00', NULL, 9, 6),
      ('i3', 'i3', 7, 'survey.invited', 'campaign', 'email', 'U2', NULL, 'c', '2026-03-01 03:00:00', NULL, NULL, NULL)
    """
    with duckdb.connect() as con:
        con.execute(
            f"CREATE TABLE ev AS SELECT * REPLACE (CAST(occurred_at AS TIMESTAMP) AS occurred_at,"
            f" CAST(ces AS INTEGER) AS ces), {aspects} FROM (VALUES {rows}) t({columns})"
        )
        con.execute("SET TimeZone='UTC'")
        found = con.execute(
            "SELECT invitation, matter, unit, channel, strftime(delivered_day, '%m-%d'), strftime(answered_day, '%m-%d'),"
            f" ces FROM ({SURVEYED.replace('{tz}', 'Asia/Shanghai')}) x ORDER BY invitation"
        ).fetchall()
    assert found == [
        ("i1", "m1", "U1", "portal", "03-01", "03-03", None),
        ("i2", None, "U2", "email", "03-01", "03-03", 6),
        ("i3", None, "U2", "email", None, None, None),
    ]
