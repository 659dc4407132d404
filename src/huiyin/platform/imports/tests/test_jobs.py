"""Large files: looked at and taken by the worker, in turns, watched, called off, and gone on with after a kill."""

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.kernel.lease import held
from huiyin.ledger.models import Entry
from huiyin.listen.social.models import Post
from huiyin.platform.imports import actions, queries, tasks
from huiyin.platform.imports.models import Run
from huiyin.platform.imports.queries import Limits
from huiyin.platform.imports.tasks import slices
from huiyin.platform.imports.tasks.sinks import SINKS
from huiyin.platform.messages.models import Notice
from huiyin.protect.access.models import Grant

HEAD = "平台,帖文编号,发布时间,内容\n"
LATER = timedelta(minutes=2)


def posts(n: int) -> str:
    rows = "".join(f"微博,P{i},2026-03-01 10:00,第{i}条：柜台排队太久\n" for i in range(n))
    return HEAD + rows + "微博,P0,2026-03-01 10:00,第0条：柜台排队太久\n" + "微博,坏,昨天,没有时间\n"


@pytest.fixture
def admin(client: Any, cast: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Fifty rows are many here."""
    settings.HUIYIN_HOME = tmp_path
    monkeypatch.setattr(slices, "BATCH", 50)
    monkeypatch.setattr(actions, "AT_ONCE", Limits(rows=50, columns=100, size=1_000_000, seconds=10))
    return cast.login(client, "admin")


def send(client: Any, content: bytes, code: str = "posts") -> Run:
    file = SimpleUploadedFile("posts.csv", content)
    answer = client.post(reverse("imports:upload", args=[code]), {"file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return Run.objects.get()


def turn(row: Run, seconds: float = 60) -> Run:
    tasks.turn(row.pk, row.ticket, seconds)
    row.refresh_from_db()
    return row


def test_a_large_file_is_checked_confirmed_and_taken_by_the_worker(admin: Any, at: datetime) -> None:
    row = send(admin, posts(60).encode())
    assert row.state == "checking" and not Post.objects.exists()
    preview = reverse("imports:preview", args=[row.pk])
    assert "<progress" not in admin.get(preview).content.decode(), "nothing is counted yet"
    assert turn(row, 0).state == "checking" and row.read == 50 and row.whole == 62, "one turn, then others"
    assert 'value="50"' in admin.get(preview).content.decode() and not Post.objects.exists()
    with queries.keys_path(row.pk).open("ab") as tried:
        tried.write(b"what a killed worker tried")
    assert turn(row).state == "waiting" and not queries.keys_path(row.pk).exists()
    assert (row.read, row.new, row.unchanged, row.rejected) == (62, 60, 1, 1)
    page = admin.get(preview).content.decode()
    assert "第0条" in page and ">63<" in page and not Post.objects.exists(), "the first rows and the mistake"
    assert admin.post(preview, {"partial": "1"})["Location"] == reverse("imports:run", args=[row.pk])

    row.refresh_from_db()
    assert row.state == "queued"
    late, other = row.ticket, []
    assert turn(row, 0).state == "running" and Post.objects.count() == 50
    taker = SINKS["posts"]
    SINKS["posts"] = lambda rows, **more: other.append(taker(rows, **more)) or 1 / 0  # type: ignore[assignment]
    try:
        with pytest.raises(ZeroDivisionError):
            tasks.turn(row.pk, row.ticket)
    finally:
        SINKS["posts"] = taker
    assert other and Post.objects.count() == 50, "what had no end has not been"
    with queries.report_path(row.pk).open("a") as report:
        report.write("999,half a line that a killed worker wro")
    assert actions.keep_up(at=at) == 0, "it may still be at work"
    assert actions.keep_up(at=at + LATER) == 1
    assert tasks.turn(row.pk, late) == "over", "an older ticket is void"
    row.refresh_from_db()
    with held(queries.upload_path(row.pk)):
        assert tasks.turn(row.pk, row.ticket) == "busy", "one worker at a time"
    assert turn(row).state == "finished" and Post.objects.count() == 60
    assert queries.closing_line(row) in (
        "62 read, 60 new, 1 unchanged, 1 rejected", "读取 62 行，新增 60 行，未变 1 行，拒收 1 行",
    )  # fmt: skip
    done = admin.get(reverse("imports:run", args=[row.pk])).content.decode()
    assert queries.closing_line(row) in done
    report = b"".join(admin.get(reverse("imports:report", args=[row.pk])).streaming_content).decode("utf-8-sig")
    assert [line[:3] for line in report.splitlines()[1:]] == ["63,"], "each rejected row once"
    assert not list(queries.upload_path(row.pk).parent.glob("*.upload")), "the upload is gone"
    assert not list(queries.upload_path(row.pk).parent.glob("*.rows")) and not queries.look_path(row.pk).exists()
    assert Entry.objects.filter(type="import.finished").count() == 1
    assert [notice.kind for notice in Notice.objects.order_by("at", "id")] == ["import_checked", "import_over"]


def test_what_is_called_off_stays_as_far_as_it_came_and_the_rest_comes_with_the_file_again(admin: Any) -> None:
    row = turn(send(admin, posts(55).encode()))
    admin.post(reverse("imports:preview", args=[row.pk]), {"partial": "1"})
    row.refresh_from_db()
    turn(row, 0)
    page = reverse("imports:run", args=[row.pk])
    assert "<progress" in admin.get(page).content.decode()
    admin.post(page)
    row.refresh_from_db()
    assert row.state == "stopped" and Post.objects.count() == row.new == 50
    assert '"stopped":true' in Entry.objects.get(type="import.finished").payload
    Run.objects.all().delete()
    again = turn(send(admin, posts(55).encode()))
    assert (again.new, again.unchanged, again.rejected) == (5, 51, 1)


def test_what_cannot_go_on_says_why(admin: Any, cast: Any, at: datetime) -> None:
    bomb = turn(send(admin, gzip.compress(b"x" * 30_000_000)))
    assert bomb.state == "failed" and bomb.why == "file"
    assert queries.why(bomb) == str(queries.TooManyColumns.message)
    assert queries.why(bomb) in admin.get(reverse("imports:run", args=[bomb.pk])).content.decode()
    Run.objects.all().delete()
    row = send(admin, posts(55).encode())
    Grant.objects.filter(user=cast.user["admin"]).update(ended_at=at)
    assert turn(row).state == "failed" and row.why == "rights" and not Post.objects.exists()
    assert not queries.upload_path(row.pk).exists()
