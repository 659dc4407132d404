"""When a colleague is called, and when it waits for the morning."""

from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from huiyin.kernel.actor import machine
from huiyin.platform.messages import actions, queries
from huiyin.platform.messages.models import Call, Notice
from huiyin.platform.messages.rules.quiet import Quiet, parse_quiet, told_at
from huiyin.platform.messages.tasks import call

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
BY = machine("test")


@pytest.mark.parametrize(
    ("hours", "rings", "told"),
    [
        ("22:00-07:00", "2026-03-05 21:59", "2026-03-05 21:59"),
        ("22:00-07:00", "2026-03-05 22:00", "2026-03-06 07:00"),
        ("22:00-07:00", "2026-03-06 00:00", "2026-03-06 07:00"),
        ("22:00-07:00", "2026-03-06 06:59:59", "2026-03-06 07:00"),
        ("22:00-07:00", "2026-03-06 07:00", "2026-03-06 07:00"),
        ("12:00-13:30", "2026-03-05 12:10", "2026-03-05 13:30"),
        ("12:00-13:30", "2026-03-05 23:00", "2026-03-05 23:00"),
        ("08:00-08:00", "2026-03-05 08:00", "2026-03-05 08:00"),
        ("", "2026-03-06 03:00", "2026-03-06 03:00"),
    ],
)
def test_quiet_hours_put_it_off_to_their_end(hours: str, rings: str, told: str) -> None:
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (rings, told))
    assert told_at(at, parse_quiet(hours), SHANGHAI) == wanted


@pytest.mark.parametrize(
    ("setting", "wall", "quiet"),
    [
        ("21:00-08:00", "2026-03-05 21:30", True), ("22:00-07:00", "2026-03-05 21:30", False),
        ("", "2026-03-06 03:00", False), ("no hours", "2026-03-06 03:00", False),
    ],
)  # fmt: skip
def test_customers_are_left_in_peace_by_the_same_setting(settings: Any, setting: str, wall: str, quiet: bool) -> None:
    settings.HUIYIN_QUIET_HOURS = setting
    assert queries.is_quiet(datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI)) is quiet


@pytest.mark.parametrize("text", ["22-7", "22:00", "25:00-07:00", "22:00-07:00-08:00", "22:00+08:00-07:00"])
def test_what_is_no_pair_of_times_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_quiet(text)


SPRING, AUTUMN = datetime(2026, 3, 29), datetime(2026, 10, 25)  # the clocks of Berlin are changed


@pytest.mark.parametrize("day", [SPRING, AUTUMN, datetime(2026, 6, 1)])
def test_nobody_is_called_in_quiet_hours_nor_much_after_them(day: datetime) -> None:
    for begin, long, minute in product(range(0, 1440, 47), (1, 59, 60, 121, 480, 719), range(0, 36 * 60, 37)):
        start, end = (time(n // 60 % 24, n % 60) for n in (begin, begin + long))
        quiet, at = Quiet(start, end), (day - timedelta(hours=6) + timedelta(minutes=minute)).replace(tzinfo=UTC)
        told = told_at(at, quiet, BERLIN)
        assert at <= told <= at + timedelta(minutes=long + 61)
        assert told_at(told, quiet, BERLIN) == told
        assert quiet.holds(at.astimezone(BERLIN).time()) or told == at


def test_what_waits_for_the_morning_is_kept_once_and_told_once(cast, settings, client) -> None:
    """The line, and its mail, are in the database at night; both come at seven, whoever dies in between."""
    settings.HUIYIN_SMTP_URL = "smtp://127.0.0.1:9"
    cast.zhao.email = "zhao@qinghe.example"
    cast.zhao.save()
    night = cast.at.replace(hour=18)  # 02:00 of the next day in Shanghai
    morning = queries.after_quiet(night)
    assert morning == night + timedelta(hours=5)
    settings.HUIYIN_NOW = night.isoformat()
    for _ in range(2):
        actions.notify(
            staff=cast.zhao.pk, kind="clock_rung", matter=None, params={"number": "TS-1"}, link="/desk/", by=BY,
            at=morning, key="rung", channels=("inbox", "mail", "sms"),
        )  # fmt: skip
    assert Notice.objects.count() == Call.objects.count() == 1, "SMS is not set up here"
    assert queries.unread_count(cast.zhao.pk, night) == 0 and not queries.inbox(cast.zhao.pk, night)
    actions.mark_read(staff=cast.zhao.pk, notices=None, by=BY, at=night)
    cast.login(client, "zhao")
    assert "TS-1" not in client.get("/desk/inbox/").content.decode()
    waiting = Call.objects.get()
    assert call.func(str(waiting.pk)) == "nothing to do" and actions.pump(by=BY, at=night) == 0
    settings.HUIYIN_NOW = morning.isoformat()
    assert queries.unread_count(cast.zhao.pk, morning) == 1
    assert actions.pump(by=BY, at=morning + timedelta(minutes=1)) == 1, "whether or not anybody lived through the night"
    assert call.func(str(waiting.pk)) == "waiting"  # nobody listens on that port: tried again later
    assert Call.objects.get().why == "unreachable" and Call.objects.get().next_try_at > morning
    actions.mark_read(staff=cast.zhao.pk, notices=None, by=BY, at=morning)
    settings.HUIYIN_NOW = (morning + timedelta(hours=1)).isoformat()
    assert call.func(str(waiting.pk)) == "dead" and Call.objects.get().why == "read", "who has read it is not called"
