"""A customer, a person, and everything between them: nothing doubled, nothing lost, nobody left alone."""

import re
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards.rules.templates import Text
from huiyin.kernel.actor import customer, machine
from huiyin.kernel.ids import new_id
from huiyin.ledger.models import Entry
from huiyin.listen.chats import actions, queries
from huiyin.listen.chats.models import Chat, Handover, Line
from huiyin.listen.surveys.models import Answer
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Intake, Voice
from huiyin.platform.files.queries import files_of
from huiyin.platform.messages.models import Notice
from huiyin.resolve.cases.models import Case

TICK = machine("tick")
ASKED = {"kind": "complaint", "answer_by": "phone", "phone": "138 0013 8000", "text": "手续费扣错了", "privacy": "on"}


def opened(cast: Any, **more: Any) -> Chat:
    id = new_id()
    asked = actions.Opening(**{"kind": "enquiry", "text": "请问怎么挂失？"} | more)
    return actions.open_chat(id=id, asked=asked, origin="", by=customer(id), at=cast.at)


def taken(cast: Any, who: str = "zhao", **more: Any) -> Chat:
    return actions.take(chat=opened(cast, **more).pk, by=cast.actor(who), at=cast.at)


def said(chat: Chat) -> list[str]:
    return [line.text for line in queries.transcript(chat.pk)]


def types(chat: Chat) -> list[str]:
    found = Entry.objects.filter(stream=f"matter:{chat.pk}").order_by("version").values_list("type", flat=True)
    return [type for type in found if type.startswith(("chat.", "voice.h"))]


def link(answer: Any) -> str:
    return answer["Location"].partition("#")[0]


def test_from_the_first_question_to_the_rating_without_a_script(cast, client):
    page = client.get("/chat/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert Chat.objects.count() == 0  # looking writes nothing
    assert client.post("/chat/", {"key": key, "kind": "complaint"}).status_code == 422  # the notice was not ticked
    room = link(client.post("/chat/", ASKED | {"key": key}))
    assert link(client.post("/chat/", ASKED | {"key": key})) == room  # pressed twice
    chat = Chat.objects.get()
    assert (chat.kind, chat.state, said(chat)) == ("complaint", "waiting", ["手续费扣错了"])
    page = client.get(room).content.decode()
    assert "您是下一位" in page and "无法估计" in page and "没有客服在席" in page
    assert Notice.objects.get(kind="chat_waiting").staff == cast.duty.pk

    desk = cast.login(Client(), "zhao")
    assert "手续费扣错了" not in desk.get("/desk/chats/").content.decode()  # words only after taking
    assert desk.get(f"/desk/chats/{chat.pk}/").status_code == 404
    assert desk.post(f"/desk/chats/{chat.pk}/take/").status_code == 302
    page = desk.get(f"/desk/chats/{chat.pk}/").content.decode()
    assert "手续费扣错了" in page and "138****8000" in page and "打电话给我" in page
    desk.post(f"/desk/chats/{chat.pk}/say/", {"text": "马上核对", "key": "a1"})
    assert "马上核对" in client.get(room).content.decode()

    assert (
        desk.post(
            f"/desk/chats/{chat.pk}/file/", {"kind": "complaint", "name": "张三", "phone": "13800138000"}
        ).status_code
        == 302
    )
    voice, case = Voice.objects.get(), Case.objects.get()
    assert voice.pk == case.pk == chat.pk and voice.received_at == chat.opened_at and voice.channel == "chat"
    assert case.owner_id == cast.zhao.pk  # whoever heard it first answers for it
    assert voices.words(voice.pk).text == "手续费扣错了" and voices.words(voice.pk).name == "张三"
    page = client.get(room).content.decode()
    assert voice.number in page and voices.tracking_code(voice.pk) in page
    assert desk.post(f"/desk/chats/{chat.pk}/file/", {"kind": "complaint"}).status_code == 409

    assert client.post(f"{room}end/").status_code == 302
    assert "本次在线客服" in client.get(room).content.decode()
    assert client.post(f"{room}say/", {"text": "还有", "key": "z"}).status_code == 422
    assert client.post(f"{room}rate/", {"score": "5", "comment": "很快"}).status_code == 302
    assert client.post(f"{room}rate/", {"score": "1"}).status_code == 302
    given = Answer.objects.get()
    assert (given.score, given.kind, given.handler_id) == (5, "chat", cast.zhao.pk)
    assert types(chat) == [
        "chat.opened",
        "chat.said",
        "chat.taken",
        "chat.said",
        "chat.filed",
        "voice.heard",
        "chat.ended",
    ]
    bodies = " ".join(entry.payload for entry in Entry.objects.filter(stream=f"matter:{chat.pk}"))
    assert "手续费" not in bodies and "13800138000" not in bodies


def test_the_same_key_is_the_same_message_and_a_page_misses_nothing(cast, client):
    chat = taken(cast)
    room = f"/chat/{queries.secret(chat.pk)}/"
    for _twice in range(2):
        assert client.post(f"{room}say/", {"text": "你好", "key": "k1"}).status_code == 302
    assert client.post(f"{room}say/", {"text": "另一句", "key": "k1"}).status_code == 422
    assert said(chat) == ["请问怎么挂失？", "你好"]
    news = client.post(f"{room}look/", {"after": "0"}).json()
    seqs = [int(n) for n in re.findall(r'data-seq="(\d+)"', news["lines"])]
    assert seqs == list(range(1, news["last"] + 1))
    again = {"after": str(news["last"]), "mark": news["mark"]}
    assert client.post(f"{room}look/", again).status_code == 204  # nothing new
    actions.say(chat=chat.pk, side="agent", text="<b>您好</b>", key="a", by=cast.actor("zhao"), at=cast.at)
    # The answer was lost on the way and the page asks again: the same line, once each time, by its number.
    for _lost in range(2):
        fresh = client.post(f"{room}look/", again).json()
        assert re.findall(r'data-seq="(\d+)"', fresh["lines"]) == [str(news["last"] + 1)]
    assert "&lt;b&gt;" in fresh["lines"]
    for odd in ("-1", "x", "9" * 30, "１"):
        assert client.post(f"{room}look/", {"after": odd}).status_code == 200
    client.post(f"{room}end/")
    assert client.post(f"{room}say/", {"text": "你好", "key": "k1"}).status_code == 302  # a late retry of what arrived


def test_somebody_with_another_link_sees_nothing(cast, client):
    chat, other = taken(cast), taken(cast, text="别人的")
    assert client.get("/chat/made-up/").status_code == 404
    assert client.post("/chat/made-up/say/", {"text": "x"}).status_code == 404
    assert "别人的" not in client.get(f"/chat/{queries.secret(chat.pk)}/").content.decode()
    assert client.post(f"/chat/{queries.secret(other.pk)}/nonsense/").status_code == 404
    stranger = cast.login(Client(), "chen")  # owner over another branch
    assert stranger.get(f"/desk/chats/{chat.pk}/").status_code == 404
    assert stranger.post(f"/desk/chats/{chat.pk}/say/", {"text": "x"}).status_code == 404
    boss = cast.login(Client(), "sun")  # may read what her people say, and does not speak for them
    assert boss.get(f"/desk/chats/{chat.pk}/").status_code == 200
    assert boss.post(f"/desk/chats/{chat.pk}/say/", {"text": "x", "key": "b"}).status_code == 422
    staff_actions.accuse(subject=chat.pk, staff=cast.sun.pk, by=TICK, at=cast.at)
    assert boss.get(f"/desk/chats/{chat.pk}/").status_code == 404


def test_a_chat_about_a_branch_is_taken_by_that_branch(cast):
    chat = opened(cast, unit=cast.unit["O0201"].pk)
    assert not queries.waiting_for(cast.actor("zhao"), cast.at).exists()
    assert queries.waiting_for(cast.actor("chen"), cast.at).get() == chat
    with pytest.raises(actions.AlreadyTaken):
        actions.take(chat=taken(cast, "chen").pk, by=cast.actor("zhao"), at=cast.at)


def test_five_at_once_and_no_more(cast):
    for _n in range(5):
        taken(cast)
    with pytest.raises(actions.TooManyAtOnce):
        taken(cast)


def test_a_handover_carries_everything_and_needs_acceptance(cast, client):
    chat = taken(cast)
    actions.say(chat=chat.pk, side="agent", text="请稍等", key="a", by=cast.actor("zhao"), at=cast.at)
    desk, other = cast.login(Client(), "zhao"), cast.login(Client(), "qian")
    assert other.get(f"/desk/chats/{chat.pk}/").status_code == 404
    wrong = {"receiver": str(cast.qian.pk), "unit": str(cast.unit["B01"].pk), "reason": "expertise"}
    assert desk.post(f"/desk/chats/{chat.pk}/offer/", wrong).status_code == 422
    assert desk.post(f"/desk/chats/{chat.pk}/offer/", wrong | {"unit": ""}).status_code == 302
    assert Notice.objects.filter(kind="chat_offered", staff=cast.qian.pk).count() == 1
    chat.refresh_from_db()
    assert chat.handler_id == cast.zhao.pk  # until it is accepted
    page = other.get(f"/desk/chats/{chat.pk}/").content.decode()
    assert "请问怎么挂失？" in page and "请稍等" in page
    assert other.post(f"/desk/chats/{chat.pk}/say/", {"text": "我来", "key": "q"}).status_code == 422
    assert other.post(f"/desk/chats/{chat.pk}/accept/").status_code == 302
    assert other.post(f"/desk/chats/{chat.pk}/say/", {"text": "我来", "key": "q"}).status_code == 302
    assert desk.post(f"/desk/chats/{chat.pk}/say/", {"text": "还是我", "key": "z"}).status_code in (404, 422)
    assert Handover.objects.get().outcome == "accepted"
    # To a unit: whoever of it is first; and a return leaves it where it was.
    actions.offer(
        chat=chat.pk, receiver=None, unit=cast.unit["B01"].pk, reason="unit", by=cast.actor("qian"), at=cast.at
    )
    actions.return_offer(chat=chat.pk, by=cast.actor("zhao"), at=cast.at)
    with pytest.raises(actions.NoOffer):
        actions.accept(chat=chat.pk, by=cast.actor("sun"), at=cast.at)
    chat.refresh_from_db()
    assert chat.handler_id == cast.qian.pk


def test_approved_wording_is_put_into_the_box_and_nothing_else(cast):
    text = Text("挂失", "{customer}，请拨打热线办理挂失。", "Lost card", "{customer}, please call the hotline.")
    standards.propose_template(code="lost", text=text, audience="plain", by=cast.actor("wu"), at=cast.at)
    chat = taken(cast)
    desk = cast.login(Client(), "zhao")
    assert "请拨打热线" not in desk.get(f"/desk/chats/{chat.pk}/?wording=lost").content.decode()
    standards.decide_template(code="lost", version=1, approve=True, by=cast.actor("zhou"), at=cast.at)
    assert "请拨打热线" in desk.get(f"/desk/chats/{chat.pk}/?wording=lost").content.decode()
    assert said(chat) == ["请问怎么挂失？"]  # a GET says nothing


def test_outside_office_hours_a_chat_becomes_a_message(cast, client, settings):
    night = datetime(2026, 3, 5, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    settings.HUIYIN_NOW = night.isoformat()
    page = client.get("/chat/").content.decode()
    assert "2026年3月6日 周五 09:00" in page
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert client.post("/chat/", ASKED | {"key": key, "text": ""}).status_code == 422
    done = [client.post("/chat/", ASKED | {"key": key})["Location"] for _twice in range(2)]
    assert done[0] == done[1] and done[0].startswith("/track/")
    assert Voice.objects.get().channel == "chat" and Chat.objects.count() == 0
    settings.HUIYIN_CHAT_CALENDAR = "hotline"
    assert client.post("/chat/", {"skip": "1"})["Location"].startswith("/chat/")


def test_over_the_limit_nothing_is_refused_for_good(cast, client, settings):
    settings.HUIYIN_SUBMISSIONS_PER_HOUR = 1
    assert client.post("/chat/", {"skip": "1"}).status_code == 302
    assert client.post("/chat/", {"skip": "1"}).status_code == 429
    settings.HUIYIN_NOW = (cast.at + timedelta(hours=14)).isoformat()
    for n in range(2):
        client.post("/chat/", ASKED | {"text": f"第{n}条"})
    assert sorted(Intake.objects.values_list("state", flat=True)) == ["heard", "held"]


def test_twenty_messages_a_minute_and_two_thousand_characters(cast, client):
    chat = taken(cast)
    room = f"/chat/{queries.secret(chat.pk)}/"
    for n in range(19):
        actions.say(chat=chat.pk, side="customer", text=f"{n}", key=f"{n}", by=customer(chat.pk), at=cast.at)
    answer = client.post(f"{room}say/", {"text": "还有一句", "key": "x"})
    assert answer.status_code == 422 and "还有一句" in answer.content.decode()  # what was typed comes back
    assert client.post(f"{room}say/", {"text": "长" * 2001, "key": "y"}).status_code == 422
    assert client.post(f"{room}say/", {"text": "a\0b", "key": "w"}).status_code == 422
    assert client.post(f"{room}say/", {"text": " \u200b ", "key": "v"}).status_code == 422
    assert Line.objects.filter(chat=chat, side="customer").count() == 20


def test_a_file_is_judged_and_sent_once(cast, client):
    chat = taken(cast)
    room = f"/chat/{queries.secret(chat.pk)}/"
    for _twice in range(2):
        note = SimpleUploadedFile("小票.txt", "9:12 取号".encode())
        assert client.post(f"{room}say/", {"file": note, "text": "见附件", "key": "f"}).status_code == 302
    bad = SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    assert client.post(f"{room}say/", {"file": bad, "text": "", "key": "g"}).status_code == 422
    assert [one.name for one in files_of(chat.pk)] == ["小票.txt"]
    desk = cast.login(Client(), "zhao")
    page = desk.get(f"/desk/chats/{chat.pk}/").content.decode()
    address = re.search(r'href="(/desk/files/[^"]+)"', page)[1]
    assert b"".join(desk.get(address)).decode().startswith("9:12")


def test_silence_of_the_customer_ends_it_and_silence_of_ours_is_told(cast, later):
    quiet, ours, gone = taken(cast), taken(cast, "qian"), opened(cast, kind="complaint", text="等太久了")
    empty = opened(cast, text="")
    actions.say(chat=quiet.pk, side="agent", text="您好", key="a", by=cast.actor("zhao"), at=cast.at)
    for waiting in (gone, empty):
        actions.sign_of_life(chat=waiting.pk, at=cast.at)
    actions.sweep(by=TICK, at=later(minutes=4))
    assert set(Notice.objects.filter(kind="chat_silent").values_list("staff", flat=True)) == {cast.qian.pk, cast.sun.pk}
    gone.refresh_from_db()
    assert (gone.how, Voice.objects.get().kind) == ("abandoned", "complaint")  # what was said before leaving is heard
    empty.refresh_from_db()
    assert (empty.how, Voice.objects.filter(pk=empty.pk).exists()) == ("abandoned", False)
    actions.sweep(by=TICK, at=later(minutes=11))
    actions.sweep(by=TICK, at=later(minutes=21))
    quiet.refresh_from_db(), ours.refresh_from_db()
    assert (quiet.state, quiet.how, ours.state) == ("ended", "silent", "talking")
    assert queries.figures(cast.actor("zhou"), cast.at).abandoned == 2


def test_rather_a_message_than_waiting_and_another_person_at_any_time(cast, client):
    chat = opened(cast)
    room = f"/chat/{queries.secret(chat.pk)}/"
    assert client.post(f"{room}person/").status_code == 302
    assert Notice.objects.filter(kind="chat_person", staff=cast.duty.pk).exists()
    sent = {"text": "请回电", "phone": "13800138000", "key": "m"}
    assert client.post(f"{room}message/", sent | {"phone": "12"}).status_code == 422
    assert client.post(f"{room}message/", sent)["Location"].startswith("/track/")
    assert client.post(f"{room}message/", sent)["Location"].startswith("/track/")
    assert voices.words(Voice.objects.get().pk).text == "请问怎么挂失？\n请回电"
    talking = taken(cast)
    actions.ask_for_a_person(chat=talking.pk, by=customer(talking.pk), at=cast.at)
    assert Notice.objects.filter(kind="chat_person", staff=cast.sun.pk).exists()


def test_a_low_rating_is_heard_as_a_matter_of_its_own(cast, client):
    chat = taken(cast, phone="13800138000")
    actions.end(chat=chat.pk, side="agent", by=cast.actor("zhao"), at=cast.at)
    answer = client.post(f"/chat/{queries.secret(chat.pk)}/rate/", {"score": "1", "comment": "没说清楚"})
    voice = Voice.objects.get()
    assert (voice.kind, voice.raised_by, voice.channel) == ("low_score", chat.pk, "chat")
    assert answer["Location"] == f"/track/{voices.tracking_code(voice.pk)}/"
    assert Case.objects.filter(pk=voice.pk).exists()


@pytest.mark.parametrize("cut", ["voices.hear", "ledger.record"])
def test_a_failure_while_filing_leaves_the_chat_as_it_was(cast, monkeypatch, cut):
    from huiyin.listen.chats.actions import filing

    chat = taken(cast)

    def broken(**_what: Any) -> None:
        raise RuntimeError("cut")

    room, verb = cut.split(".")
    monkeypatch.setattr(getattr(filing, room), verb, broken)
    lines = Line.objects.count()
    with pytest.raises(RuntimeError):
        actions.file_chat(chat=chat.pk, kind="complaint", by=cast.actor("zhao"), at=cast.at)
    monkeypatch.undo()
    chat.refresh_from_db()
    assert (chat.filed_at, Line.objects.count(), Voice.objects.count()) == (None, lines, 0)
    actions.file_chat(chat=chat.pk, kind="complaint", by=cast.actor("zhao"), at=cast.at)
    assert Voice.objects.get().pk == chat.pk


@pytest.mark.django_db(transaction=True)
def test_two_agents_reach_for_one_chat_and_a_message_comes_eight_times(cast):
    chat = opened(cast)
    people = [cast.actor("zhao"), cast.actor("qian"), cast.actor("sun")]
    outcomes: list[str] = []

    def race(acts: list[Any]) -> None:
        gate = Barrier(len(acts))

        def run(act: Any) -> None:
            gate.wait()
            try:
                act()
                outcomes.append("done")
            except actions.AlreadyTaken:
                outcomes.append("late")
            finally:
                connection.close()

        threads = [Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    race([lambda by=by: actions.take(chat=chat.pk, by=by, at=cast.at) for by in people])
    assert sorted(outcomes) == ["done", "late", "late"]
    assert Entry.objects.filter(type="chat.taken").count() == 1
    say = {"chat": chat.pk, "side": "customer", "text": "在吗", "key": "same", "by": customer(chat.pk), "at": cast.at}
    race([lambda: actions.say(**say) for _n in range(8)])
    assert said(chat) == ["请问怎么挂失？", "在吗"]
    assert UUID(str(chat.pk)) == chat.pk


PAPER = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_both_sides_send_files_and_each_passes_the_checks_of_every_upload(cast, client):
    chat, desk = taken(cast), cast.login(Client(), "zhao")
    room, page = f"/chat/{queries.secret(chat.pk)}/", f"/desk/chats/{chat.pk}/"
    assert 'type="file"' in client.get(room).content.decode() and 'type="file"' in desk.get(page).content.decode()
    for side, address in ((client, f"{room}say/"), (desk, f"{page}say/")):
        for name, content in (("账单.pdf.exe", b"MZ"), ("页面.svg", b"<svg onload=x()>"), ("空.txt", b"")):
            bad = side.post(address, {"text": "请看", "key": f"bad{name}", "file": SimpleUploadedFile(name, content)})
            assert bad.status_code == 422 and "请看" in bad.content.decode(), "what was typed is still there"
    assert said(chat) == ["请问怎么挂失？"] and not files_of(chat.pk)
    sent = {"text": "这是对账单", "key": "a1", "file": SimpleUploadedFile("../对账单.pdf", PAPER)}
    for _twice in range(2):
        sent["file"].seek(0)
        assert desk.post(f"{page}say/", sent).status_code == 302
    (kept,) = files_of(chat.pk)
    assert kept.name == "对账单.pdf"
    number = Line.objects.get(file=kept.id).seq
    assert f"{room}file/{number}/" in client.get(room).content.decode()
    got = client.get(f"{room}file/{number}/")
    assert got.content == PAPER and got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    other = taken(cast, text="别人的")
    for odd in (f"/chat/{queries.secret(other.pk)}/file/{number}/", f"/chat/made-up/file/{number}/", f"{room}file/1/"):
        assert client.get(odd).status_code == 404


def test_a_chat_goes_back_to_the_queue_with_its_place_and_everything_said(cast, client):
    chat, desk, other = taken(cast), cast.login(Client(), "zhao"), cast.login(Client(), "qian")
    later = opened(cast, text="我后到的")
    actions.sit(by=cast.actor("qian"), is_open=True, at=cast.at)
    actions.offer(
        chat=chat.pk, receiver=cast.qian.pk, unit=None, reason="shift", by=cast.actor("zhao"), at=cast.at
    )  # fmt: skip
    assert "退回队列" in desk.get(f"/desk/chats/{chat.pk}/").content.decode()
    assert other.post(f"/desk/chats/{chat.pk}/requeue/").status_code == 403, "only whoever has it gives it back"
    assert desk.post(f"/desk/chats/{chat.pk}/requeue/").status_code == 302
    chat.refresh_from_db()
    assert (chat.state, chat.handler_id, queries.offer_of(chat.pk)) == ("waiting", None, None)
    assert queries.queue(chat, cast.at).ahead == 0 and queries.queue(later, cast.at).ahead == 1
    assert Notice.objects.filter(kind="chat_waiting", staff=cast.qian.pk, key__contains="again").count() == 1
    page = client.get(f"/chat/{queries.secret(chat.pk)}/").content.decode()
    assert "会话已回到队列" in page and "请问怎么挂失？" in page
    assert desk.get(f"/desk/chats/{chat.pk}/").status_code == 404
    assert desk.post(f"/desk/chats/{chat.pk}/requeue/").status_code == 404
    assert other.post(f"/desk/chats/{chat.pk}/take/").status_code == 302 and said(chat) == ["请问怎么挂失？"]
    assert "chat.given_back" in types(chat)
