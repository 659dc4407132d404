"""The customer's own page."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries
from huiyin.listen.voices.models import Addition, Voice
from huiyin.platform.messages import actions as messages
from huiyin.resolve.cases import actions as cases_actions
from huiyin.resolve.cases import queries as cases

BY = machine("test")


@pytest.fixture
def voice(cast):
    heard = voices.Heard(
        kind="complaint", channel="portal", received_at=cast.at, language="zh-hans", unit=cast.unit["O0101"].pk,
        words=voices.Words(text="手续费多收了", name="张三", phone="13800138000"),
    )  # fmt: skip
    return voices.hear(item=heard, by=BY, at=cast.at)


@pytest.fixture
def page(voice) -> str:
    return f"/track/{queries.tracking_code(voice.id)}/"


def test_the_secret_link_opens_and_a_wrong_one_does_not(client, page):
    answer = client.get(page)
    assert answer.status_code == 200 and "手续费多收了" in answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex" and "no-store" in answer["Cache-Control"]
    assert client.get("/track/aaaaaaaaaaaaaaaaaaaaaaaaaa/").status_code == 404


def test_it_says_who_until_when_and_how_far(client, page, voice):
    text = client.get(page).content.decode()
    case = cases.case(voice.id)
    assert case.owner.name in text and 'aria-current="step"' in text and "最迟答复时间" in text


def test_number_and_last_four_figures_open_it_and_every_mistake_looks_the_same(client, page, voice):
    good = client.post("/track/", {"number": voice.number.lower(), "digits": "８０００"})
    assert good["location"] == page
    wrong = [{"number": voice.number, "digits": "8001"}, {"number": "TS-20260305-999999", "digits": "8000"},
             {"number": voice.number, "digits": ""}, {"number": "' OR 1=1", "digits": "%%%%"}]  # fmt: skip
    seen = [client.post("/track/", values) for values in wrong[:2]]
    assert {a.status_code for a in seen} == {422}
    assert len({a.content.decode().split('role="alert"')[1].split("</div>")[0] for a in seen}) == 1
    assert client.post("/track/", wrong[2]).status_code == 422
    assert client.post("/track/", wrong[3]).status_code == 422


def test_guessing_is_slowed_down(client, voice):
    codes = [client.post("/track/", {"number": voice.number, "digits": f"{n:04}"}).status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert client.post("/track/", {"number": voice.number, "digits": "8000"})["Retry-After"] == "60"
    assert client.post("/track/", {"number": voice.number, "digits": "8000"}).status_code == 429


def test_imported_history_is_nobodys_to_track(client, cast):
    heard = voices.Heard(kind="complaint", channel="web", received_at=cast.at, language="en", secret=False,
                         source="cfpb", source_ref="cfpb:1", sent_at=cast.at,
                         words=voices.Words(phone="13800138000"))  # fmt: skip
    old = voices.hear(item=heard, by=BY, at=cast.at)
    assert client.get(f"/track/{queries.tracking_code(old.id)}/").status_code == 404
    assert client.post("/track/", {"number": old.number, "digits": "8000"}).status_code == 422


def test_looking_writes_nothing_but_what_was_read(client, page, voice, cast):
    client.get(page)
    before = Entry.objects.count()
    client.get(page), client.get(page + "received/"), client.get(page + "receipt/")
    assert Entry.objects.count() == before
    messages.send(matter=voice.id, subject=voice.id, purpose="update", language="zh-hans", title="进展", body="正在核查",
                  by=BY, at=cast.at, key="u1")  # fmt: skip
    assert "正在核查" in client.get(page).content.decode()
    reads = Entry.objects.filter(stream=f"matter:{voice.id}", type="message.read")
    n = reads.count()
    client.get(page)
    assert reads.count() == n


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the disk of SQLite is made read-only by a pragma")
def test_while_nothing_can_be_written_the_page_is_shown_all_the_same(client, page, voice):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            answer = client.get(page)
            refused = client.post(page + "add/?lang=en", {"text": "还有"})
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert answer.status_code == 200 and voice.number in answer.content.decode()
    assert refused.status_code == 503 and "Nothing was half-saved" in refused.content.decode()
    assert not Addition.objects.exists()


def test_more_can_be_added(client, page, voice):
    assert client.post(page + "add/", {"text": "还有一张收据"})["location"] == page
    assert "还有一张收据" in client.get(page).content.decode()
    file = SimpleUploadedFile("收据.txt", "收据 20 元".encode())
    assert client.post(page + "add/", {"text": "", "files": file}).status_code == 302
    assert sorted(Addition.objects.values_list("what", flat=True)) == ["file", "message"]
    assert client.post(page + "add/", {"text": " "}).status_code == 422
    bad = SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    answer = client.post(page + "add/", {"text": "和这个一起", "files": bad})
    assert answer.status_code == 422 and "和这个一起" in answer.content.decode()
    assert Addition.objects.count() == 2  # all of it or nothing


def test_withdrawing_asks_first_and_ends_it_the_same_day(client, page, voice):
    assert client.get(page + "withdraw/").status_code == 200
    assert Voice.objects.get(id=voice.id).withdrawn_at is None
    assert client.post(page + "withdraw/")["location"] == page
    assert cases.case(voice.id).state == "closed" and "已撤回" in client.get(page).content.decode()
    assert client.post(page + "add/", {"text": "等等"}).status_code in (409, 422)
    for language, words in (("zh", "您已经撤回"), ("en", "You have taken it back already")):
        for again in (client.post(page + f"withdraw/?lang={language}"), client.get(page + "withdraw/")):
            assert (
                again.status_code == 409 and words in again.content.decode() and voice.number in again.content.decode()
            )


def test_of_a_withdrawn_matter_nothing_is_told_that_did_not_happen(client, page, voice):
    client.post(page + "withdraw/")
    text = client.get(page + "?lang=en").content.decode()
    line = text.partition('class="hy-steps"')[2].partition("</ol>")[0]
    assert "Received by us" in line and "Withdrawn" in line
    assert "Answered" not in line and "examined" not in line
    assert "You have our answer by" not in text + client.get(page + "received/").content.decode()


@pytest.mark.parametrize(("kind", "said"), [("complaint", True), ("praise", False), ("suggestion", False)])
def test_who_praises_or_suggests_is_not_written_to_as_if_they_had_complained(client, cast, kind, said):
    for language, word, thanks in (("zh-hans", "您的投诉", "没有做好"), ("en", "your complaint", "fell short")):
        heard = voices.Heard(kind=kind, channel="portal", received_at=cast.at, language=language,
                             words=voices.Words(text="大堂经理很耐心", name="张三", phone="13800138000"))  # fmt: skip
        page = f"/track/{queries.tracking_code(voices.hear(item=heard, by=BY, at=cast.at).id)}/"
        text = client.get(f"{page}?lang={language[:2]}").content.decode().partition("<main")[2].partition("</main>")[0]
        assert (word in text) == (thanks in text) == said
        assert ("Withdraw my complaint" in text or "撤回投诉" in text) == said


def test_an_answer_in_time_is_never_called_overdue_and_each_step_can_be_pressed_twice(
    client, page, voice, cast, settings
):
    """The limit was kept; that it lies in the past now is nothing to frighten anybody with."""
    cases_actions.assign(case=voice.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=cast.at)
    reply = cases_actions.draft_reply(case=voice.id, text="经核查，手续费已退还。", by=cast.actor("zhao"), at=cast.at)
    cases_actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=cast.at)
    assert cases.case(voice.id).state == "answered"
    settings.HUIYIN_NOW = (cast.at + timedelta(days=20)).isoformat()
    text = client.get(page + "?lang=en").content.decode()
    assert "verdue" not in text and "Answered on" in text and "No, examine it again" in text
    for words in ("Thank you. You have confirmed the answer.", "You have confirmed the answer already."):
        pressed = client.post(page + "accept/", follow=True)  # twice
        assert words in pressed.content.decode() and voice.number in pressed.content.decode()
    settings.HUIYIN_NOW = (cast.at + timedelta(days=40)).isoformat()
    assert "examine it again" not in client.get(page).content.decode(), "not offered when the time for it is over"
    assert "time to dispute this answer is over" in client.get(page + "dispute/").content.decode()
    settings.HUIYIN_NOW = cast.at.isoformat()
    for _twice in range(2):
        assert client.post(page + "dispute/", {"text": "金额不对"}, follow=True).status_code == 200
    assert cases.case(voice.id).cycle == 2
    assert client.post(page + "dispute/", {"text": "还有别的"}).status_code == 409


@pytest.mark.parametrize("step", ["accept/", "dispute/", "review/"])
def test_before_an_answer_there_is_nothing_to_accept_or_dispute(client, page, step):
    answer = client.post(page + step, {"text": "不认可，理由如下"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "客户" not in text.partition("<main")[2].partition("</main>")[0], "colleagues are told so; she is not"
    assert step == "accept/" or "不认可，理由如下" in text, "what was typed is not lost"
    before = Entry.objects.count()
    assert client.get(page + step).status_code == (302 if step == "accept/" else 409)
    assert Entry.objects.count() == before


def test_a_refused_file_is_named_and_an_address_that_takes_forms_can_be_opened(client, page):
    good, bad = SimpleUploadedFile("收据.txt", "20 元".encode()), SimpleUploadedFile("空\u202e的.pdf", b"")
    answer = client.post(page + "add/", {"text": "两个文件", "files": [good, bad]})
    assert answer.status_code == 422 and "空的.pdf：这是一个空文件" in answer.content.decode()
    assert Addition.objects.count() == 0
    assert client.get(page + "add/?lang=en")["location"] == page, (
        "the page of the refusal has switches for the language"
    )


def test_what_is_sent_twice_is_added_once(client, page):
    def sent(text: str, name: str = "收据.txt") -> int:
        return client.post(page + "add/", {"text": text, "files": SimpleUploadedFile(name, b"20")}).status_code

    assert [sent("还有一张收据"), sent("还有一张收据"), sent("还有一张收据", "另一张.txt")] == [302] * 3
    assert sorted(Addition.objects.values_list("what", flat=True)) == ["file", "file", "message"]


def test_the_number_is_found_however_it_was_typed(client, page, voice):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in voice.number)
    for typed in (wide, voice.number.replace("-", " – "), f" {voice.number} "):
        assert client.post("/track/", {"number": typed, "digits": "8000"})["location"] == page


def test_the_confirmation_has_number_date_owner_and_receipt(client, page, voice):
    text = client.get(page + "received/").content.decode()
    assert voice.number in text and cases.case(voice.id).owner.name in text and "<svg" in text
    receipt = client.get(page + "receipt/")
    assert receipt["Content-Disposition"].startswith("attachment") and b"voice.heard" in receipt.content
    assert "手续费" not in receipt.content.decode() and "13800138000" not in receipt.content.decode()


def test_a_forged_post_changes_nothing(voice, page, cast):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    for step in ("add/", "withdraw/", "accept/", "dispute/"):
        assert strict.post(page + step, {"text": "x"}).status_code == 403


def test_the_customer_takes_or_refuses_what_is_offered_on_their_own_page(client, page, voice, cast):
    """One answer, given once, by whoever holds the link; a stranger's link answers nothing."""
    case = cases.case(voice.id)
    cases_actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=cast.at)
    offers = []
    for text in ("退还手续费", "致歉信"):
        row = cases_actions.propose_redress(
            case=case.id, kind="apology", amount=0, text=text, by=cast.actor("zhao"), at=cast.at
        )
        assert text not in client.get(page).content.decode(), "nothing is shown before it is offered"
        cases_actions.offer_redress(redress=row.pk, by=cast.actor("zhao"), at=cast.at)
        offers.append(row.pk)
    take, refuse = (f"{page}redress/{id}/" for id in offers)
    assert take in client.get(page).content.decode()
    assert client.post(take, {"answer": "perhaps"}).status_code == 404
    assert client.post(take.replace(page, "/track/made-up/"), {"answer": "accepted"}).status_code == 404
    assert client.post(take, {"answer": "accepted"}).status_code == 302
    assert client.post(take, {"answer": "accepted"}).status_code == 302, "pressed twice it is one answer"
    assert "已答复" in client.post(take, {"answer": "declined"}, follow=True).content.decode()
    assert client.post(refuse, {"answer": "declined"}).status_code == 302
    assert [row.state for row in cases.redress_of(case.id)] == ["accepted", "declined"]
    told = [e for e in Entry.objects.filter(stream=case.stream) if e.type == "case.redress_stepped"]
    assert [e.actor.partition(":")[0] for e in told if "accepted" in e.payload or "declined" in e.payload] == [
        "customer"
    ] * 2
    assert take not in client.get(page).content.decode()
