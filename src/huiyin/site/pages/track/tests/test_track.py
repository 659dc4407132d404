"""The customer's own page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

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
    assert client.post(page + "withdraw/").status_code == 409


def test_who_has_the_answer_is_not_told_until_when_it_comes(client, page, voice, cast):
    assert "最迟答复时间" in client.get(page).content.decode()
    known = {"case": voice.id, "by": cast.actor("zhao"), "at": cast.at}
    cases_actions.assign(case=voice.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=cast.at)
    reply = cases_actions.draft_reply(**known, text="手续费已退还。")
    cases_actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=cast.at)
    shown = client.get(page).content.decode()
    assert "手续费已退还" in shown and "最迟答复时间" not in shown


@pytest.mark.parametrize("step", ["accept/", "dispute/"])
def test_before_an_answer_there_is_nothing_to_accept_or_dispute(client, page, step):
    answer = client.post(page + step, {"text": "不认可"})
    assert answer.status_code == 409
    assert client.get(page + "accept/").status_code == 405


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
