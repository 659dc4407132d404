"""The public form, without an account and without a script: nothing typed is lost, and sent twice is sent once."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions, queries
from huiyin.listen.voices.models import Draft, Intake, Voice
from huiyin.platform.files.queries import files_of
from huiyin.platform.vault import queries as vault

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060606000000005000157cd"
    "b1a10000000049454e44ae426082"
)
STORY = {
    "what": {"text": "三月三日在人民路支行，柜员态度很差"},
    "where": {"where": "滨江人民路支行", "occurred_at": "2026-03-03", "about": "王丽", "product": ""},
    "wish": {"wish": "apology", "want": "请当面道歉"},
    "contact": {
        "name": "张三",
        "phone": "138 0013 8000",
        "email": "",
        "representative": "",
        "mandate": "",
        "privacy": "on",
    },
}


def fill(client: Client, story: dict = STORY, **headers: str) -> str:
    """Walk the four steps; the key of the check page comes back."""
    for name, answers in story.items():
        path = "/complain/" if name == "what" else f"/complain/{name}/"
        answer = client.post(path, answers, headers=headers)
        assert answer.status_code == 302, (name, answer.content.decode())
    page = client.get("/complain/check/").content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
def visitor(cast) -> Client:
    return Client()


def test_four_steps_and_a_check_page_lead_to_the_confirmation(visitor, cast):
    key = fill(visitor)
    answer = visitor.post("/complain/check/", {"key": key}, follow=True)
    page = answer.content.decode()
    voice = Voice.objects.get()
    assert voice.number in page and answer.status_code == 200
    assert voice.unit_id == cast.unit["O0101"].pk and voice.occurred_on.isoformat() == "2026-03-03"
    words = queries.words(voice.id)
    assert words.phone == "13800138000" and "道歉" in words.want and words.where == "滨江人民路支行"
    assert queries.mentions(voice.id) == [("王丽", cast.wang.pk)]
    assert "<svg" in page and "王丽" not in page


def test_sent_twice_is_sent_once(visitor):
    key = fill(visitor)
    first = visitor.post("/complain/check/", {"key": key})
    again = visitor.post("/complain/check/", {"key": key})
    assert first["location"] == again["location"]
    assert Voice.objects.count() == Intake.objects.count() == 1


def test_going_back_shows_what_was_typed(visitor):
    fill(visitor)
    assert "柜员态度很差" in visitor.get("/complain/").content.decode()
    assert "张三" in visitor.get("/complain/contact/").content.decode()


def test_looking_at_the_form_writes_nothing(visitor):
    for path in ("/complain/", "/complain/?kind=suggestion", "/complain/check/", "/complain/wish/"):
        visitor.get(path)
    assert not Draft.objects.exists()


def test_what_is_typed_is_sealed_and_blanked_once_sent(visitor):
    key = fill(visitor)
    draft = Draft.objects.get()
    assert vault.reveal(queries.DRAFTS, draft.id)["name"] == "张三"
    visitor.post("/complain/check/", {"key": key})
    assert not any(vault.reveal(queries.DRAFTS, draft.id).values())


def test_a_step_cannot_be_skipped_without_a_form_in_hand(visitor):
    for path in ("/complain/where/", "/complain/contact/", "/complain/check/"):
        assert visitor.get(path)["location"] == "/complain/"
    assert visitor.post("/complain/check/", {"key": "forged:key"})["location"] == "/complain/"


def test_an_unfinished_form_says_what_is_missing_and_where(visitor):
    visitor.post("/complain/", STORY["what"])
    page = visitor.get("/complain/check/").content.decode()
    assert "/complain/contact/" in page and 'name="key"' not in page
    assert visitor.post("/complain/check/", {}).status_code == 422
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("step", "more", "words"),
    [
        ("what", {"text": ""}, "请填写这一项"),
        ("what", {"text": " \u200b "}, "请填写这一项"),
        ("what", {"text": "长" * 5001}, "最多 5000 个字"),
        ("what", {"text": "长" * 170_000}, "最多 5000 个字"),
        ("what", {"text": "空\0字"}, "空字符"),
        ("where", {"occurred_at": "0001-01-01"}, "日期过早"),
        ("where", {"occurred_at": "9999-12-31"}, "不能晚于今天"),
        ("where", {"occurred_at": "昨天"}, "请填写正确的日期"),
        ("where", {"product": "../../etc"}, "选择"),
        ("contact", {"phone": "none"}, "电话号码"),
        ("contact", {"phone": "", "email": ""}, "至少留下"),
        ("contact", {"email": "a@b", "phone": ""}, "电子邮箱"),
        ("contact", {"name": "\0"}, "空字符"),
        ("contact", {"representative": "李四"}, "什么身份"),
        ("contact", {"mandate": "robot"}, "选择"),
        ("contact", {"privacy": ""}, "隐私"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_a_wrong_answer_comes_back_with_its_reason_and_its_text(visitor, step, more, words):
    visitor.post("/complain/", STORY["what"])
    path = "/complain/" if step == "what" else f"/complain/{step}/"
    answer = visitor.post(path, STORY[step] | more)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and 'role="alert"' in page
    typed = next((v for v in more.values() if v.strip("\0 \u200b")), "")
    assert typed[:100] in page
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}{% debug %}", "${jndi:ldap://x}", "' OR 1=1--", "👨‍👩‍👧‍👦", "𠮷䶮𬎆"]
)
def test_markup_is_shown_and_never_obeyed(visitor, text):
    key = fill(visitor, STORY | {"what": {"text": text}})
    page = visitor.get("/complain/check/").content.decode()
    assert "<script>alert" not in page and "49" not in re.sub(r"\d{4,}", "", page.split("<dl")[1].split("</dl>")[0])
    visitor.post("/complain/check/", {"key": key})
    assert queries.words(Voice.objects.get().id).text == text


def test_files_are_kept_with_the_form(visitor):
    upload = SimpleUploadedFile("照片.png", PNG, content_type="image/png")
    assert visitor.post("/complain/", STORY["what"] | {"files": upload}).status_code == 302
    assert "照片.png" in visitor.get("/complain/").content.decode()
    key = fill(visitor)
    visitor.post("/complain/check/", {"key": key})
    assert [file.name for file in files_of(Voice.objects.get().id)] == ["照片.png"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.png", b""), ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), ("a.pdf.exe", b"MZ" + b"0" * 60),
     ("a.html", b"<html><script>x</script>"), ("z.zip", b"PK\x03\x04" + b"0" * 40)],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_and_the_words_stay(visitor, name, content):
    upload = SimpleUploadedFile(name, content)
    answer = visitor.post("/complain/", STORY["what"] | {"files": upload})
    assert answer.status_code in (302, 422)  # an empty file is not even sent on by Django
    if answer.status_code == 422:
        assert "柜员态度很差" in answer.content.decode()
    assert "柜员态度很差" in visitor.get("/complain/").content.decode()


def test_over_the_limit_it_is_taken_and_a_person_lets_it_through(visitor, cast, settings, client):
    settings.HUIYIN_SUBMISSIONS_PER_HOUR, settings.HUIYIN_HOTLINE = 1, "400-000-0000"
    visitor.post("/complain/check/", {"key": fill(visitor)})
    page = visitor.post("/complain/check/", {"key": fill(visitor)}, follow=True).content.decode()
    assert "400-000-0000" in page and "TS-20260305-" in page
    assert Voice.objects.count() == 1
    held = Intake.objects.get(state="held")
    cast.login(client, "sun")
    assert held.number in client.get("/desk/new/held/").content.decode()
    client.post("/desk/new/held/", {"intake": str(held.id), "verb": "release"})
    assert queries.voice(held.id).received_at == cast.at
    again = client.post("/desk/new/held/", {"intake": str(held.id), "verb": "release"})
    assert again.status_code == 409


def test_what_waits_for_release_is_for_those_who_answer_for_its_unit(visitor, cast, settings, client):
    """And never for the person complained about or their manager (SoD1): it names 王丽, whose manager is 李强."""
    settings.HUIYIN_SUBMISSIONS_PER_HOUR = 1
    for _n in range(2):
        visitor.post("/complain/check/", {"key": fill(visitor)})
    held = Intake.objects.get(state="held")
    there = {"other": "B02", "boss": "B01", "whole": "HO"}
    for key, unit in there.items():
        cast.person(key, unit=unit, post="supervisor", roles={"supervisor": unit})
    staff.report_to(staff=cast.wang.pk, manager=cast.boss.pk, by=machine("cast"), at=cast.at)
    for key, sees in {"other": False, "boss": False, "sun": True, "whole": True}.items():
        cast.login(client, key)
        assert (held.number in client.get("/desk/new/held/").content.decode()) is sees, key
        if not sees:
            for verb in ("release", "refuse"):
                assert client.post("/desk/new/held/", {"intake": str(held.id), "verb": verb}).status_code == 404, key
    assert Intake.objects.get(id=held.id).state == "held"


def test_the_address_behind_a_forged_header_is_not_believed(visitor, settings):
    settings.HUIYIN_SUBMISSIONS_PER_HOUR = 1
    for n in range(2):
        key = fill(visitor)
        visitor.post("/complain/check/", {"key": key}, headers={"X-Forwarded-For": f"8.8.8.{n}"})
    assert Intake.objects.filter(state="held").count() == 1


def test_the_same_story_again_gets_a_hint(visitor):
    visitor.post("/complain/check/", {"key": fill(visitor)})
    number = Voice.objects.get().number
    fill(visitor)
    assert number in visitor.get("/complain/check/").content.decode()
    other = STORY | {"contact": STORY["contact"] | {"name": "李四"}}
    fill(visitor, other)
    assert number not in visitor.get("/complain/check/").content.decode()


def test_answers_can_be_deleted_at_once_and_disappear_after_two_days(visitor, cast):
    fill(visitor)
    first = Draft.objects.get().id
    assert visitor.post("/complain/discard/").status_code == 302
    assert not Draft.objects.exists() and vault.is_erased(first)
    visitor.post("/complain/", STORY["what"])
    assert actions.purge_drafts(by=machine("tick"), at=cast.at + timedelta(days=1)) == 0
    assert actions.purge_drafts(by=machine("tick"), at=cast.at + timedelta(days=3)) == 1
    assert visitor.get("/complain/where/")["location"] == "/complain/"


def test_somebody_may_act_for_the_customer(visitor):
    story = STORY | {"contact": STORY["contact"] | {"name": "张奶奶", "representative": "张小明", "mandate": "family"}}
    visitor.post("/complain/check/", {"key": fill(visitor, story)})
    voice = Voice.objects.get()
    assert voice.represented and queries.words(voice.id).representative == "张小明"


def test_a_suggestion_goes_the_same_way(visitor):
    visitor.post("/complain/", STORY["what"] | {"kind": "suggestion"})
    key = fill(visitor)
    visitor.post("/complain/check/", {"key": key})
    assert Voice.objects.get().kind == "suggestion"


def test_who_began_a_complaint_and_then_chooses_to_suggest_suggests(visitor):
    visitor.post("/complain/", STORY["what"])
    assert "建议" in visitor.get("/complain/?kind=suggestion").content.decode().partition("</title>")[0]
    visitor.post("/complain/?kind=suggestion", {"text": "建议增加座位"})
    assert (
        Draft.objects.get().kind == "suggestion" and queries.draft(Draft.objects.get().id)[1]["text"] == "建议增加座位"
    )
    visitor.post("/complain/where/?kind=praise", STORY["where"])
    assert Draft.objects.get().kind == "suggestion", "asked at the first step only"


def test_without_the_forms_token_nothing_is_taken(cast):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/complain/", STORY["what"]).status_code == 403
    assert strict.post("/complain/check/", {"key": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not Draft.objects.exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_mixes_languages(visitor, language):
    visitor.get(f"/complain/?lang={language}")
    for name, answers in STORY.items():
        path = "/complain/" if name == "what" else f"/complain/{name}/"
        page = visitor.get(path).content.decode()
        body = page.split('id="main"')[1].split("</main>")[0]
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", re.sub(r'<option value="[^"]*"></option>', "", body)), path
        else:
            assert "What" not in body and "Next" not in body
        visitor.post(
            path, {k: "" if re.search("[\u4e00-\u9fff]", v) and name == "where" else v for k, v in answers.items()}
        )


def test_one_bad_file_among_several_is_named_and_the_others_are_kept(visitor):
    sent = [
        SimpleUploadedFile("空.pdf", b""),
        SimpleUploadedFile("照片.png", PNG),
        SimpleUploadedFile("a.pdf.exe", b"MZ"),
    ]
    answer = visitor.post("/complain/", {"text": "附件三个", "files": sent})
    page = answer.content.decode()
    assert answer.status_code == 422 and "附件三个" in page
    assert "空.pdf：这是一个空文件" in page and "a.pdf.exe：不接收程序" in page
    assert [file.name for file in files_of(Draft.objects.get().id)] == ["照片.png"]


def test_a_choice_that_is_not_on_the_list_is_told_once_and_not_repeated(visitor):
    fill(visitor)
    for path, field, sent in (("where", "product", "x\0"), ("contact", "mandate", "bogus"), ("wish", "wish", "bogus")):
        answer = visitor.post(f"/complain/{path}/", STORY[path] | {field: sent})
        page = answer.content.decode()
        assert answer.status_code == 422 and "请从列表中选择" in page and "bogus 不在" not in page


def test_a_photograph_sent_again_from_the_step_before_is_one_photograph(visitor):
    """Pressed twice on a slow line, or gone back: the same name and content. Another picture of that name is another."""
    for content in (PNG, PNG, PNG[:-1] + b"\x83"):
        file = SimpleUploadedFile("照片.png", content)
        assert visitor.post("/complain/", {"text": "见照片", "files": file}).status_code == 302
    assert [file.name for file in files_of(Draft.objects.get().id)] == ["照片.png"] * 2
