"""From facts to findings: the ledger is copied into columns, the detectors walk through them."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import id_from
from huiyin.ledger import actions as ledger
from huiyin.ledger import news
from huiyin.ledger.actions import Happening
from huiyin.listen.surveys.facts import AnswerGiven
from huiyin.listen.voices.facts import VoiceHeard
from huiyin.measure.alerts import actions, queries
from huiyin.measure.alerts.models import Alert
from huiyin.measure.history import actions as history
from huiyin.resolve.triage.facts import VoiceClassified

pytestmark = pytest.mark.django_db
BY = machine("demo")
START = date(2024, 1, 1)
LAST = date(2026, 3, 4)  # the cast plays on 2026-03-05
STATES = ("CA", "TX", "FL", "NY", "NV")


@pytest.fixture
def tell(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterator[Happening]], None]:
    """Record, seal and copy a batch that already holds every fact of its story: nobody reacts to it."""
    settings.HUIYIN_HOME = tmp_path

    def record(happenings: Iterator[Happening]) -> None:
        at = datetime(2026, 3, 5, tzinfo=UTC)
        with monkeypatch.context() as quiet:
            quiet.setattr(news, "REACTIONS", {})
            ledger.record_many(happenings=list(happenings), recorded_at=at)
        while ledger.seal(at=at):
            pass
        history.copy(by=BY, at=at)

    return record


class Teller:
    """Facts of complaints and ratings from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0

    def complaint(self, day: date, **more: object) -> Iterator[Happening]:
        self.count += 1
        at = datetime(day.year, day.month, day.day, 3, self.count % 60, tzinfo=UTC)
        voice = id_from(int(at.timestamp() * 1000), self.dice.randbytes(10))
        category = more.pop("category", None)
        fact = VoiceHeard(
            voice=voice, number=f"QH{self.count:07}", kind="complaint", channel="phone", received_at=at, language="zh-hans",
            **more,
        )  # fmt: skip
        yield Happening(fact, f"matter:{voice}", BY, at)
        if category:
            kind = VoiceClassified(
                voice=voice,
                category=category,
                cause="process",
                complexity="simple",
                severity="ordinary",
                confidence=900,
            )
            yield Happening(kind, f"matter:{voice}", BY, at)

    def rating(self, day: date, unit: UUID, good: bool) -> Happening:
        self.count += 1
        at = datetime(day.year, day.month, day.day, 4, self.count % 60, tzinfo=UTC)
        answer = id_from(int(at.timestamp() * 1000), self.dice.randbytes(10))
        fact = AnswerGiven(answer=answer, kind="counter", score=5 if good else 2, channel="counter", unit=unit)
        return Happening(fact, f"answer:{answer}", BY, at)


def days() -> Iterator[date]:
    day = START
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def test_a_surge_at_one_outlet_is_scanned_and_raised_and_its_months_are_counted(cast, tell):
    teller, dice = Teller(1), random.Random(2)
    outlets = [cast.unit[code].pk for code in ("O0101", "O0102", "O0201")]

    def story() -> Iterator[Happening]:
        for day in days():
            for _ in range(dice.choice((0, 1, 1, 2))):
                yield from teller.complaint(
                    day, unit=dice.choice(outlets), category=dice.choice(("savings", "loan", "bank_card"))
                )
            if date(2026, 2, 23) <= day <= date(2026, 3, 1):
                for _ in range(2):
                    yield from teller.complaint(day, unit=outlets[2], category="payment")

    tell(story())
    told = list(queries.scan(date(2026, 2, 1), date(2026, 3, 1)))
    cell = {"branch": "B02", "outlet": "O0201", "category": "payment"}
    assert any(part["cell"] == cell for one in told for part in one["explained_by"])
    assert set(told[0]) == {"indicator", "cell", "since", "observed", "expected", "p", "explained_by"}
    assert actions.look(by=BY, at=cast.at) == len(told)
    assert actions.look(by=BY, at=cast.at) == 0
    assert actions.look(by=BY, at=cast.at, force=True) == 0
    alert = next(
        a for a in Alert.objects.all() if a.cell.get("outlet") == "O0201" or a.cell.get("category") == "payment"
    )
    assert alert.series and alert.unit_path.startswith("HO/")
    months = dict(queries.volume("bank", cell, date(2026, 1, 1), date(2026, 3, 1)))
    assert months == {date(2026, 1, 1): 0, date(2026, 2, 1): 12}


def test_imported_rows_are_watched_in_the_taxonomy_of_their_source_and_peers_are_not(cast, tell):
    teller, dice = Teller(3), random.Random(4)

    def row(day: date, issue: str, state: str, company: str | None = None) -> Iterator[Happening]:
        yield from teller.complaint(day, source="cfpb", product="Mortgage", issue=issue, region=state, company=company)

    def story() -> Iterator[Happening]:
        for day in days():
            for _ in range(2):
                yield from row(day, dice.choice(("Closing", "Paying")), dice.choice(STATES))
            if date(2025, 9, 1) <= day <= date(2025, 9, 7):
                for _ in range(3):
                    yield from row(day, "Paying", "NV")
                    yield from row(day, "Closing", "TX", company="Another Bank")

    tell(story())
    told = list(queries.scan(date(2025, 8, 1), date(2025, 10, 31)))
    assert [one["cell"] for one in told] == [{"product": "Mortgage", "issue": "Paying", "region": "NV"}]
    assert told[0]["since"] == "2025-09-01"
    assert told[0]["observed"] >= 21 and told[0]["expected"] < 5


def test_satisfaction_that_falls_at_one_outlet_is_an_alert_about_that_outlet(cast, tell):
    teller, dice = Teller(5), random.Random(6)
    outlets = {code: cast.unit[code].pk for code in ("O0101", "O0102", "O0201")}

    def story() -> Iterator[Happening]:
        for day in days():
            for code, unit in outlets.items():
                good = 0.7 if code == "O0102" and day >= date(2026, 2, 1) else 0.93
                for _ in range(3):
                    yield teller.rating(day, unit, dice.random() < good)

    tell(story())
    told = [one for one in queries.findings(date(2026, 2, 1), LAST) if one.indicator == "M01"]
    assert [(one.cell, one.rule) for one in told] == [({"branch": "B01", "outlet": "O0102"}, "nelson1")]
    assert told[0].since == date(2026, 2, 1)
    assert 0.6 < told[0].observed < 0.8 < told[0].expected
    points = queries.rate("M01", told[0].cell, "HO/B01/O0102/", date(2025, 12, 1), date(2026, 3, 1))
    assert [p.start.month for p in points] == [12, 1, 2]
    assert points[0].value > 0.85 and points[-1].value == pytest.approx(told[0].observed, abs=1e-3)


def test_nothing_to_look_at_is_no_finding(cast, tell):
    tell(iter(()))
    assert list(queries.scan(START, LAST)) == []
    assert actions.look(by=BY, at=cast.at) == 0
