"""Imports as jobs: an entry point like a view, that may be run twice, late, or die half-way."""

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils import translation
from django_tasks import task

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.label import Label
from huiyin.kernel.lease import held
from huiyin.kernel.permit import Denied, can
from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports import queries
from huiyin.platform.imports.models import GOING, Run
from huiyin.platform.imports.queries import UPLOAD, Look
from huiyin.platform.imports.tasks.slices import BUNDLES, Stopped, Turn, clear, end, write_look
from huiyin.platform.messages import actions as messages
from huiyin.platform.present.queries import now

TURN = 15.0  # seconds: then whatever else waits for the worker has its turn
ATTEMPTS = 5
__all__ = ["BUNDLES", "carry_on", "end", "turn"]
Acting = Callable[[str, datetime], Actor | None]
ACTING: list[Acting] = []
CHECKED = Label(
    "import_checked", "您上传的文件已核对，请确认是否导入", "The file you uploaded is checked and waits for you"
)
OVER = Label("import_over", "您上传的文件已处理完毕", "The file you uploaded is done with")


@task()
def carry_on(run: str, ticket: int) -> str:
    """Go on with a run; the next turn stands at the end of the queue. A ticket that is no longer the newest is void."""
    state = turn(UUID(run), ticket)
    if state in GOING:
        carry_on.enqueue(run, ticket)
    return state


def turn(id: UUID, ticket: int, seconds: float = TURN) -> str:
    """One turn; the state in which it leaves the run, or why it did nothing."""
    path = queries.upload_path(id)
    try:
        with held(path) as mine:
            return _turn(id, ticket, seconds) if mine else "busy"
    except FileNotFoundError:
        found = Run.objects.filter(pk=id, state__in=GOING, ticket=ticket)
        return "failed" if found.update(state="failed", why="gone") else "over"


def _turn(id: UUID, ticket: int, seconds: float) -> str:
    mine = Run.objects.filter(pk=id, ticket=ticket, state__in=GOING)
    if not mine.update(attempts=F("attempts") + 1, touched_at=now()):
        return "over"
    row = mine.get()
    by = next((actor for find in ACTING if (actor := find(row.actor, now()))), None)
    ends = by or machine("import")
    until = time.monotonic() + seconds
    with translation.override(row.language or translation.get_language()):
        try:
            if by is None or not can(by, "import.run"):
                end(row, "failed", ends, now(), "rights")
            elif row.attempts > ATTEMPTS:
                end(row, "failed", by, now(), "broken")
            elif row.stop:
                raise Stopped
            else:
                Turn(row, by, now, UPLOAD, lambda: time.monotonic() > until).go()
        except Stopped:
            end(row, "stopped", ends, now())
        except (Refusal, Denied) as no:
            write_look(id, Look(refusal=str(getattr(no, "message", ""))))
            end(row, "failed", ends, now(), "file")
    row.refresh_from_db()
    if row.state not in (*GOING, "waiting"):
        clear(id, look=row.why != "file")
    if row.state not in GOING:
        _tell(row, by)
    return row.state


def _tell(row: Run, by: Actor | None) -> None:
    """A line in the inbox of whoever uploaded it."""
    if by is None or by.staff is None:
        return
    words = CHECKED if row.state == "waiting" else OVER
    link = f"/desk/imports/{row.pk}/" + ("preview/" if row.state == "waiting" else "")
    messages.notify(
        staff=by.staff, kind=words.code, matter=None, params={"zh": words.zh, "en": words.en}, link=link,
        key=f"{words.code}:{row.pk}", by=by, at=now(),
    )  # fmt: skip
