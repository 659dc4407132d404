"""How long an account stays closed to an address after failures: longer each time, never for ever."""

from datetime import timedelta

from axes.models import AccessFailureLog, AccessLog
from django.http import HttpRequest

FIRST, LONGEST, STEP = timedelta(minutes=5), timedelta(hours=1), 5


def after(failures: int) -> timedelta:
    """Five minutes for the first five failures of a day, then twice as long for each further five, at most an hour."""
    rounds = max(failures - 1, 0) // STEP
    return min(FIRST * 2 ** min(rounds, 10), LONGEST)


def growing(request: HttpRequest | None) -> timedelta:
    """The delay for this account from this address (what axes asks). A good sign-in starts the count anew."""
    if request is None:
        return LONGEST
    name = str(request.POST.get("login", ""))[:255]
    here = {"username": name, "ip_address": request.META.get("REMOTE_ADDR") or None}
    now = request.now  # type: ignore[attr-defined]
    failures = AccessFailureLog.objects.filter(**here, attempt_time__gt=now - timedelta(days=1))
    success = AccessLog.objects.filter(**here).order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    if success:
        failures = failures.filter(attempt_time__gt=success)
    return after(failures.count() + 1)


def sprayed(request: HttpRequest) -> int:
    """How many different accounts one address has failed at within ten minutes."""
    recent = request.now - timedelta(minutes=10)  # type: ignore[attr-defined]
    found = AccessFailureLog.objects.filter(ip_address=request.META.get("REMOTE_ADDR"), attempt_time__gt=recent)
    return found.order_by().values("username").distinct().count()
