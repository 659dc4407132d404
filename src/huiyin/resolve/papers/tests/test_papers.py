"""Cases that leave the house on paper: what stands in the file, who may have it, and that it is on record."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client

from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.platform.documents.tests.test_printing import joined, pdf_text
from huiyin.platform.files import actions as files
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.papers import actions, queries, rules, tasks
from huiyin.resolve.papers.models import Paper
from huiyin.resolve.papers.queries.dossier import Print

pytestmark = pytest.mark.django_db
LETTER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def form(reason: str = "court", **more: str) -> dict[str, str]:
    return {"reason": reason, "detail": "(2026)浙0108民初123号", "notes": "on", "key": str(uuid4())} | more


def pages_of(raw: bytes) -> list[str]:
    return [joined(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(raw)]


def told(case: Any) -> list[dict[str, Any]]:
    return [json.loads(e.payload) for e in ledger.entries_of(case.stream) if e.type == "case.dossier_printed"]


def test_a_dossier_has_numbered_pieces_hashes_and_proof(cast: Any, at: datetime, client: Client) -> None:
    case = stories.answered(cast, at)
    cases.note(case=case.id, text="内部讨论记录", by=cast.actor("zhao"), at=at)
    files.keep_file(matter=case.id, subject=case.id, name="存折.pdf", content=LETTER, by=stories.PORTAL, at=at)
    sun = cast.login(client, "sun")
    sent = form()
    answer = sun.post(f"/desk/papers/dossier/{case.pk}/", sent)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf", answer.content[:2000]
    pages = pages_of(answer.content)
    assert case.number in pages[0] and "张*兰" in pages[0] and "民初123号" in pages[0] and "孙洁10005" in pages[0]
    assert "案卷目录" in pages[1] and "1客户反映" in pages[1]
    whole = "".join(pages)
    assert all(f"{case.number}·孙洁10005" in page for page in pages)  # whoever passes a page on is known
    assert "内部讨论记录" in whole and joined(stories.TEXT) in whole and "138****8000" in whole
    assert "张桂兰" not in whole and "13800138000" not in whole
    assert "/track/…" in whole and joined(voices.link(case.pk)) not in whole  # the customer's page is the customer's
    assert hashlib.sha256(LETTER).hexdigest() in whole and "存折.pdf" in whole
    for entry in ledger.entries_of(case.stream)[:-1]:
        assert entry.hash.hex() in whole
    assert "/verify/?entry=" in whole
    (fact,) = told(case)
    assert fact["sha256"] == hashlib.sha256(answer.content).hexdigest() and fact["reason"] == "court"
    again = sun.post(f"/desk/papers/dossier/{case.pk}/", sent)  # the same form sent twice is one printing
    assert again.content == answer.content and len(told(case)) == 1
    assert fact["sha256"] in sun.get(f"/desk/papers/dossier/{case.pk}/").content.decode()


def test_in_full_takes_the_right_and_a_reason(cast: Any, at: datetime) -> None:
    case = stories.taken(cast, at)
    sun = cast.login(Client(), "sun")
    address = f"/desk/papers/dossier/{case.pk}/"
    assert sun.post(address, form("archive", full="on")).status_code == 422 and not told(case)
    text = pdf_text(sun.post(address, form(full="on")).content)
    assert "张桂兰" in text and "13800138000" in text and told(case)[0]["full"] is True
    assert [e.type for e in ledger.entries_of(f"subject:{case.pk}")].count("vault.unmasked") == 1
    analyst = cast.login(Client(), "wu")  # sees cases without their customers
    text = pdf_text(analyst.post(address, form(full="on", notes="")).content)
    assert "张*兰" not in text and "张桂兰" not in text and "您的角色" in text
    assert cast.login(Client(), "chen").post(address, form()).status_code == 404
    assert sun.post(address, form("because")).status_code == 422


def test_a_large_dossier_is_a_job_that_survives_its_worker(
    cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    case = stories.taken(cast, at)
    monkeypatch.setattr(rules, "AT_ONCE", 0)
    sun, zhao = cast.login(Client(), "sun"), cast.login(Client(), "zhao")
    with django_capture_on_commit_callbacks() as callbacks:
        answer = sun.post(f"/desk/papers/dossier/{case.pk}/", form())
    assert answer.status_code == 302 and len(callbacks) == 1
    paper = Paper.objects.get()
    address = f"/desk/papers/{paper.pk}/"
    assert paper.state == "waiting" and sun.get(address).status_code == 404
    Paper.objects.update(state="making", touched_at=at, attempts=1)  # a worker took it, and the power went
    assert tasks.build(paper.pk, at + timedelta(minutes=1)).state == "making"  # it may be alive
    later = at + timedelta(minutes=11)
    assert actions.keep_up(at=later) == 1
    assert tasks.build(paper.pk, later).state == "made" and tasks.build(paper.pk, later).state == "made"
    assert len(told(case)) == 1
    content = sun.get(address).content
    assert hashlib.sha256(content).hexdigest() == told(case)[0]["sha256"]
    assert zhao.get(address).status_code == 404  # it is whose who asked
    assert paper.sha256 not in zhao.get("/desk/papers/").content.decode() or not paper.sha256
    actions.keep_up(at=later + rules.KEPT + timedelta(days=1))
    assert sun.get(address).status_code == 404 and Paper.objects.get().state == "gone"


def test_what_one_may_not_see_any_more_is_not_made(cast: Any, at: datetime) -> None:
    from huiyin.bank.staff import actions as staff

    case = stories.taken(cast, at)
    asked = actions.ask(
        kind="dossier", params={"notes": True, "full": False}, by=cast.actor("sun"), at=at, case=case.pk, reason="court"
    )
    staff.accuse(subject=case.pk, staff=cast.sun.pk, by=stories.PORTAL, at=at)
    assert tasks.build(asked.pk, at).state == "failed" and not told(case)


def test_a_dossier_in_english_is_english(cast: Any, at: datetime) -> None:
    from django.utils import translation

    case = stories.answered(cast, at)
    with translation.override("en"):
        made = queries.dossier(case, Print("archive"), cast.actor("sun"), at, "X")
    assert "Printed for" in dict(made.document.about) and made.document.contents_title == "Contents of the dossier"
