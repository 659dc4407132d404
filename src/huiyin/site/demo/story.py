"""The order in which the demo bank comes to life, with a bar for every part of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import perf_counter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from tqdm import tqdm

from huiyin.bank.standards import actions as standards
from huiyin.kernel.actor import machine
from huiyin.kernel.ids import seeded
from huiyin.ledger import actions as ledger
from huiyin.measure.history import actions as history
from huiyin.platform.tables import actions as tables
from huiyin.protect.access import queries as access
from huiyin.site.demo import act, columns, found, matters, plan, rooms, second
from huiyin.site.demo import tampered as forgery
from huiyin.site.demo.rooms.stage import Stage

ZONE = ZoneInfo("Asia/Shanghai")
PLENTY = 10_000  # from so many cases on the other rooms are as full as a bank's
# Tables that the cases fill, and the indexes by which rows are looked for meanwhile; every other is made at the end.
FULL = (
    "cases_case", "cases_closure", "cases_finding", "clocks_clock", "huiyin_messages_message", "huiyin_messages_notice",
    "profiles_meeting", "surveys_answer", "surveys_invitation", "triage_classification", "vault_sealed", "voices_voice",
)  # fmt: skip
ASKED = ("case_customer", "case_received")
AFTER_SERVICE = 0.07  # the share of all ratings that comes after closed cases


def tell(*, seed: int, last: date | None, cases: int, ratings: int, months: int, whole: bool = True) -> None:
    """Found the bank, live through its cases and ratings, copy the columns, look for alerts, act on them."""
    last = last or datetime.now(ZONE).date() - timedelta(days=1)
    end_day = last + timedelta(days=1)
    end = datetime.combine(end_day, time(), ZONE).astimezone(UTC)
    started = perf_counter()
    copy = settings.HUIYIN_HOME / "tampered"
    alike = connection.vendor == "sqlite"  # then the copy is a snapshot of the first month
    forging = forgery.begin(copy, seed) if whole and not alike else None
    with (
        second.beside() as helper, columns.ahead() as ahead, tables.in_bulk(), tables.unsynced(),
        seeded(seed, int(end.timestamp() * 1000)),
    ):  # fmt: skip
        by = machine("demo")
        start = plan.first_day(end_day, months)
        with _stage("机构与人员 · the institution", 1) as bar:
            standards.adopt_all(by=by, at=end)
            bank = found.found(seed=seed, start=start, end=end_day, by=by, at=end)
            bar.update()
        actors = {actor.staff: actor for actor in access.actors_for(bank.accounts, end).values() if actor.staff}
        planned = plan.cases(
            seed=seed, as_of=end_day, count=cases, months=months, outlets=bank.outlets, branch_of=bank.branch_of
        )
        ours, theirs = second.divide(planned)
        count = ratings - int(ratings * AFTER_SERVICE)
        drawn = plan.ratings(
            seed=seed, as_of=end_day, count=count, months=months, outlets=bank.outlets, branch_of=bank.branch_of
        )
        with _stage("投诉与办理 · cases", len(planned)) as bar:
            errand = second.Errand(seed, end, bank, theirs)
            with (
                tables.unlogged(), tables.unindexed(FULL, but=ASKED), second.working(helper, errand, ahead, bar.update),
            ):  # fmt: skip
                matters.live_through(
                    ours, founded=bank, actors=actors, seed=f"{seed}", end=end, progress=bar.update,
                    first=partial(forgery.snapshot, copy, end) if whole and alike else None,
                )  # fmt: skip
                with _stage("柜面评价 · ratings", count) as rated:
                    matters.rate_counters(drawn, founded=bank, end=end, progress=rated.update)
        if helper is not None:
            ahead.begin(settings.HUIYIN_HOME, 0, helper.first)
        if whole:
            with _stage("渠道与聆听 · the rooms", len(rooms.PARTS)) as bar:
                stage = Stage(founded=bank, actors=actors, end=end, seed=seed, plenty=cases >= PLENTY)
                rooms.furnish(stage, bar.update)
                matters.recover(founded=bank, actors=actors, seed=f"{seed} rooms", end=end)
        act.refuse_conflict(founded=bank, actors=actors, end=end)
        act.leave_work_on_the_desk(founded=bank, actors=actors, end=end, seed=seed)
        with _stage("账本入列 · columns", 1) as bar:
            ledger.seal_all(at=end)  # on PostgreSQL entries wait for the sealer, and the columns for them
            ahead.copy(by, end)
            bar.update()
        with _stage("预警与整改 · alerts", 3) as bar:
            act.settle_alerts(founded=bank, actors=actors, end=end, end_day=end_day, step=bar.update)
        with _stage("时限与月报 · clocks", 1) as bar:
            act.catch_up(end=end, end_day=end_day, months=months)
            ledger.checkpoint(at=end)
            history.copy(by=by, at=end)
            bar.update()
    if whole and (forging is None or forging.wait() == 0):
        forgery.tamper(copy)
    tqdm.write(f"{perf_counter() - started:.0f} s")


@contextmanager
def _stage(name: str, total: int) -> Iterator[tqdm]:
    with tqdm(total=total, desc=name, unit="", dynamic_ncols=True) as bar:
        yield bar
