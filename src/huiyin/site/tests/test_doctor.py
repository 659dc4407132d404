"""What the doctor finds, and that it says what to do."""

from datetime import datetime, timedelta

import pytest

from huiyin.ledger.tests.stories import fill
from huiyin.site import doctor

pytestmark = pytest.mark.django_db


def test_a_clock_that_was_set_back_is_found_by_what_is_on_record(at: datetime) -> None:
    assert [finding.level for finding in doctor._clock(at)] == ["ok"]
    fill(1, at)
    assert [finding.level for finding in doctor._clock(at + timedelta(minutes=1))] == ["ok"]
    [found] = doctor._clock(at - timedelta(hours=1))
    assert found.level == "bad"
    assert "behind the newest entry" in found.words.en and "NTP" in found.words.en and "校时" in found.words.zh
