"""The page on which anybody checks a receipt."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from huiyin.ledger import actions, queries
from huiyin.ledger.queries import Entry
from huiyin.ledger.tests.afresh import unguarded
from huiyin.ledger.tests.stories import BY, Seen, fill, matter, stream

pytestmark = pytest.mark.django_db
HELD_ZH, HELD_EN = "此后未被改动", "has not been changed since"


@pytest.fixture
def entry(at: datetime) -> Entry:
    fill(5, at - timedelta(days=1))
    return queries.entries_of(stream(2))[0]


def page(client: Client, language: str = "zh-hans", **parameters: str) -> tuple[int, str]:
    client.cookies["hy_lang"] = language
    answer = client.get("/verify/", parameters)
    return answer.status_code, answer.content.decode()


def posted(client: Client, text: str, language: str = "zh-hans") -> tuple[int, str]:
    client.cookies["hy_lang"] = language
    answer = client.post("/verify/", {"text": text})
    return answer.status_code, answer.content.decode()


def test_the_page_explains_itself_in_both_languages(client: Client) -> None:
    status, zh = page(client)
    assert status == 200 and "核验回执" in zh and "huiyin verify" in zh
    status, en = page(client, "en")
    assert status == 200 and "Check a receipt" in en and "depend on nobody" in en


def test_the_qr_leads_to_the_answer(client: Client, entry: Entry) -> None:
    status, zh = page(client, entry=entry.hash.hex())
    assert status == 200 and HELD_ZH in zh and "2026年3月4日" in zh and "✓" in zh
    assert HELD_EN in page(client, "en", entry=entry.hash.hex().upper())[1]


def test_a_pasted_receipt_and_a_proof_are_checked(client: Client, entry: Entry) -> None:
    for text in (queries.receipt(entry), queries.proof(entry), queries.receipt(entry).replace("\n", "\r\n")):
        status, zh = posted(client, text)
        assert status == 200 and HELD_ZH in zh
        assert HELD_EN in posted(client, text, "en")[1]


def test_a_receipt_can_be_uploaded(client: Client, entry: Entry) -> None:
    file = SimpleUploadedFile("my.receipt", queries.receipt(entry).encode())
    assert HELD_ZH in client.post("/verify/", {"file": file}).content.decode()


def test_the_receipt_and_the_proof_can_be_saved_again(client: Client, entry: Entry) -> None:
    receipt = client.get(f"/verify/{entry.hash.hex()}.receipt")
    assert receipt.content.decode() == queries.receipt(entry)
    assert receipt["Content-Disposition"].startswith("attachment")
    proof = client.get(f"/verify/{entry.hash.hex()}.tlog-proof")
    assert queries.verify_receipt(proof.content.decode(), queries.vkeys()).ok
    assert client.get(f"/verify/{'0' * 64}.receipt").status_code == 404
    assert client.get("/verify/x.tlog-proof").status_code == 404


def test_a_changed_receipt_is_not_genuine(client: Client, entry: Entry) -> None:
    status, zh = posted(client, queries.receipt(entry).replace("merged", "season"))
    assert status == 200 and HELD_ZH not in zh and "不是真的" in zh
    assert "not genuine" in posted(client, queries.receipt(entry).replace("merged", "season"), "en")[1]


def test_an_entry_that_was_edited_is_not_called_unchanged(client: Client, entry: Entry) -> None:
    receipt = queries.receipt(entry)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'staff:1' WHERE id = %s", [entry.id])
    for _, zh in (page(client, entry=entry.hash.hex()), posted(client, receipt)):
        assert HELD_ZH not in zh and "✗" in zh


def test_an_entry_that_was_removed_is_said_to_be_lost(client: Client, entry: Entry) -> None:
    receipt = queries.receipt(entry)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [entry.id])
    _, zh = posted(client, receipt)
    assert HELD_ZH not in zh and "12378" in zh and "您的证据" in zh


def test_a_receipt_less_than_a_minute_old_may_be_on_its_way(client: Client, at: datetime) -> None:
    told = actions.record(fact=Seen(subject=matter(1), reason="x"), stream=stream(1), by=BY, at=at)
    entry = queries.first_entry_by_hash(told.hash)
    assert entry is not None
    receipt = queries.receipt(entry)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [entry.id])
    assert "less than a minute old" in posted(client, receipt, "en")[1]


@pytest.mark.parametrize(
    "text", ["hello", "\0", "\ud800", "{{7*7}}<script>alert(1)</script>", "huiyin-receipt/1\n", "九" * 50_000]
)
def test_bad_text_gets_a_clear_answer(client: Client, text: str) -> None:
    answer = client.post("/verify/", {"text": text.encode("utf-8", "surrogatepass")})
    body = answer.content.decode()
    assert answer.status_code in (200, 400)
    assert HELD_ZH not in body and "<script>alert" not in body
    assert "回执" in body


@pytest.mark.parametrize("entry", ["", "x", "0" * 64, "zz" * 32, "<b>", "0" * 5000, "\0"])
def test_a_bad_code_gets_a_clear_answer(client: Client, entry: str) -> None:
    status, zh = page(client, entry=entry)
    assert status == 404 and HELD_ZH not in zh and "<b>" not in zh


def test_an_empty_form_and_a_wrong_file_are_explained(client: Client) -> None:
    status, zh = posted(client, "  ")
    assert status == 400 and "请选择回执文件" in zh
    for content in (b"\xff\xfe\x00\xd8", b"x" * 200_000):
        answer = client.post("/verify/", {"file": SimpleUploadedFile("photo.jpg", content)})
        assert (
            answer.status_code == 400 and "invalid-feedback" in answer.content.decode()
        ) or "回执" in answer.content.decode()
    assert client.put("/verify/").status_code == 405


def test_nothing_on_the_page_needs_a_script_or_leaves_the_house(client: Client, entry: Entry) -> None:
    _, zh = page(client, entry=entry.hash.hex())
    main = zh.split("<main", 1)[1].split("</main>", 1)[0]
    assert "<script" not in main and "style=" not in main and "http" not in main
