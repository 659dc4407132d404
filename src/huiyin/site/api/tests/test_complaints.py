"""Another system tells us of a complaint."""

import json
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.bank.products import actions as products
from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries
from huiyin.listen.voices.models import Intake, Voice
from huiyin.site.now import now

PLAIN = {"channel": "phone", "text": "柜员态度很差", "customer": {"name": "张三", "phone": "13800138000"}}
STATEMENTS = 104  # of one creation with everything that follows from it, each row counted; see also docs/bench.md


def rows() -> tuple[int, int, int]:
    return Intake.objects.count(), Voice.objects.count(), Entry.objects.count()


def problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status and told["title"] and told["detail"]
    return told


def test_a_complaint_is_taken_and_everything_to_be_told_comes_back(caller):
    answer = caller.post(PLAIN | {"unit": "O0101"})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["number"].startswith("TS-20260305-")
    assert told["due_at"] and told["owner"]["name"] and told["state"] == "heard"
    assert "huiyin" in told["receipt"]
    assert caller.client.get(told["tracking_url"].removeprefix("http://localhost:8000")).status_code == 200
    assert queries.words(Voice.objects.get().id).phone == "13800138000"


def test_the_same_key_and_body_is_the_same_answer(caller):
    first, again = caller.post(PLAIN), caller.post(PLAIN)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Voice.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(caller):
    caller.post(PLAIN)
    problem(caller.post(PLAIN | {"text": "别的事情"}), 409)
    assert Voice.objects.count() == 1


def test_the_senders_own_id_stands_for_one_complaint_whatever_key_it_comes_with(caller):
    first = caller.post(PLAIN | {"source_id": "CRM-7"}, key="one")
    again = caller.post({"source_id": "CRM-7"} | PLAIN, key="two")  # the same, written down in another order
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    other = problem(caller.post(PLAIN | {"source_id": "CRM-7", "text": "别的事情"}, key="three"), 409)
    assert first.json()["number"] in other["detail"]
    assert caller.post(PLAIN | {"source_id": "CRM-8"}, key="four").status_code == 201
    assert Voice.objects.count() == 2


def test_a_key_belongs_to_its_token(caller, cast):
    from datetime import date

    from huiyin.protect.access import actions as access

    caller.post(PLAIN)
    _row, other = access.issue_token(
        name="other", role="agent", unit=cast.unit["HO"].pk, until_date=date(2026, 8, 1), by=machine("t"), at=cast.at
    )
    answer = caller.post(PLAIN, Authorization=f"Bearer {other}")
    assert answer.status_code == 201 and Voice.objects.count() == 2


@pytest.mark.parametrize("key", [None, "", " " * 8, "k" * 201, "k" * 10_000, "鍵"])
def test_a_missing_or_odd_key_is_refused(caller, key):
    before = rows()
    told = problem(caller.post(PLAIN, key=key), 400)
    assert told["errors"][0]["field"] == "Idempotency-Key"
    assert rows() == before


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic abc", "Bearer " + "x" * 300])
def test_without_a_good_token_nobody_comes_in(caller, header):
    answer = caller.post(PLAIN, Authorization=header)
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_needs_a_role_that_may_enter_complaints(caller, cast):
    from datetime import date

    from huiyin.protect.access import actions as access

    _row, raw = access.issue_token(
        name="auditor",
        role="auditor",
        unit=cast.unit["HO"].pk,
        until_date=date(2026, 8, 1),
        by=machine("t"),
        at=cast.at,
    )
    problem(caller.post(PLAIN, Authorization=f"Bearer {raw}"), 403)


DEEP = b'{"channel":"phone","text":"x","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b" ", "json"),
        (b"{", "json"),
        (b"[]", "json_object"),
        (b"null", "json_object"),
        (b'"x"', "json_object"),
        (b'{"channel":"phone","text":"a\\u0000b"}', "nul"),
        (b'{"channel":"phone","text":"\\ud800"}', "surrogate"),
        (b'{"channel":"phone","text":"x","\\udfff":1}', "surrogate"),
        (b'{"channel":"phone","text":"x","score":NaN}', "json_number"),
        (b'{"channel":"phone","text":"x","score":-Infinity}', "json_number"),
        (b'{"channel":"phone","text":"x","score":1e999}', "json_number"),
        (b'{"channel":"phone","text":"x","n":' + b"9" * 5000 + b"}", "json_number"),
        (b'{"channel":"phone","text":"x","text":"y"}', "json_duplicate"),
        (DEEP, "json_depth"),
        (b'{"channel":"phone","text":"\xff"}', "json_encoding"),
        ('{"channel":"phone","text":"你好"}'.encode("gb18030"), "json_encoding"),
        ('{"channel":"phone","text":"x"}'.encode("utf-16"), "json_encoding"),
    ],
    ids=lambda v: v if isinstance(v, str) else str(v[:24]),
)
def test_json_that_programs_read_differently_is_refused(caller, body, code):
    before = rows()
    told = problem(caller.post(body), 400)
    assert told["errors"][0]["code"] == code
    assert rows() == before


@pytest.mark.parametrize(
    ("more", "status", "field", "code"),
    [
        ({"text": ""}, 422, "text", "required"),
        ({"text": "  \u200b\u3164 "}, 422, "text", "required"),
        ({"text": "长" * 200_000}, 400, "text", "too_long"),
        ({"text": "字" * 5001}, 400, "text", "too_long"),
        ({"text": "e" + "\u0301" * 60_000}, 400, "text", "too_long"),
        ({"text": 5}, 400, "text", "not_text"),
        ({"text": ["x"]}, 400, "text", "not_text"),
        ({"channel": ""}, 422, "channel", "required"),
        ({"channel": "smoke"}, 422, "channel", "choice"),
        ({"channel": None, "kind": "smoke"}, 422, "channel", "required"),
        ({"kind": "low_score"}, 422, "kind", "choice"),
        ({"unit": "NOWHERE"}, 422, "unit", "unit"),
        ({"unit": "' OR 1=1--"}, 422, "unit", "unit"),
        ({"product": "none"}, 422, "product", "product"),
        ({"occurred_at": "0001-01-01"}, 422, "occurred_at", "too_early"),
        ({"occurred_at": "9999-12-31"}, 422, "occurred_at", "future"),
        ({"occurred_at": "2026-02-30"}, 422, "occurred_at", "date"),
        ({"occurred_at": "2026-03-06"}, 422, "occurred_at", "future"),
        ({"occurred_at": True}, 400, "occurred_at", "not_text"),
        ({"customer": []}, 400, "customer", "not_object"),
        ({"customer": {"phone": "call me"}}, 422, "customer.phone", "phone"),
        ({"customer": {"phone": "12"}}, 422, "customer.phone", "phone"),
        ({"customer": {"email": "a@b@c"}}, 422, "customer.email", "email"),
        ({"customer": {"email": "a@b.cn\nBcc: x@y.cn"}}, 422, "customer.email", "email"),
        ({"customer": {"email": "a" * 250 + "@"}}, 422, "customer.email", "email"),
        ({"customer": {"id_number": "11010519491231002X"[:-1] + "1"}}, 422, "customer.id_number", "id_number"),
        ({"customer": {"name": "12345"}}, 422, "customer.name", "name"),
        ({"representative": {"name": "李四"}}, 422, "representative.mandate", "mandate"),
        ({"complained_about": "王柜员"}, 400, "complained_about", "not_list"),
        ({"complained_about": ["x"] * 11}, 400, "complained_about", "too_many"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_a_value_that_cannot_be_is_named_with_its_reason(caller, more, status, field, code):
    before = rows()
    told = problem(caller.post(PLAIN | more), status)
    assert (field, code) in [(e["field"], e["code"]) for e in told["errors"]]
    assert all(e["message"] for e in told["errors"])
    assert rows() == before


def test_errors_speak_the_callers_language(caller):
    chinese = caller.post(PLAIN | {"text": ""}, **{"Accept-Language": "zh-CN"}).json()
    english = caller.post(PLAIN | {"text": ""}, **{"Accept-Language": "en-GB"}).json()
    assert chinese["errors"][0]["message"] == "请填写这一项"
    assert english["errors"][0]["message"] == "Please fill this in"


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{7*7}}", "{% debug %}", "${jndi:ldap://x}", "' OR 1=1--", "%_\\", "a" * 5000,
     "👨‍👩‍👧‍👦" * 5000, "аdmin", "Null", "测试", "(a+)+$", "ཀློང་ཆེན་ ئۇيغۇر"],
    ids=lambda v: v[:12],
)  # fmt: skip
def test_text_is_kept_as_it_was_written(caller, text):
    assert caller.post(PLAIN | {"text": text}).status_code == 201
    assert queries.words(Voice.objects.get().id).text == text


@pytest.mark.parametrize("name", ["𠮷田", "䶮", "𬎆", "王", "欧" * 36, "阿卜杜拉·买买提", "Null", "测试", "Ann O’Neil"])
def test_every_name_people_bear_is_kept(caller, name):
    assert caller.post(PLAIN | {"customer": {"name": name, "phone": "13800138000"}}).status_code == 201
    assert queries.words(Voice.objects.get().id).name == name


@pytest.mark.parametrize(
    "id_number",
    ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002", "E12345678", "H1234567890"],
)
def test_every_kind_of_identity_document_is_taken(caller, id_number):
    body = PLAIN | {"customer": {"name": "张三", "id_number": id_number}}
    assert caller.post(body).status_code == 201


def test_what_hides_or_reorders_text_is_taken_out(caller):
    body = PLAIN | {
        "text": "付款\u202egnp.exe\u200b说明",
        "customer": {"name": "张\u200d三\u202e", "phone": "１３８ ００１３ ８０００"},
    }
    assert caller.post(body).status_code == 201
    words = queries.words(Voice.objects.get().id)
    assert (words.text, words.name, words.phone) == ("付款gnp.exe说明", "张三", "13800138000")


def test_fields_that_are_not_the_callers_business_are_ignored_and_logged_by_name(caller, caplog):
    more = {"is_staff": True, "assignee": "x", "sla_due": "2030-01-01", "org_id": 1, "owner": "me", "state": "closed"}
    with caplog.at_level("INFO", logger="huiyin.api"):
        assert caller.post(PLAIN | more).status_code == 201
    assert "assignee, is_staff, org_id, owner, sla_due, state" in caplog.text
    assert "2030" not in caplog.text


def test_the_person_complained_about_is_recused_from_the_first_moment(caller, cast):
    from huiyin.bank.staff.queries import recused

    told = caller.post(PLAIN | {"unit": "O0101", "complained_about": ["王丽", "那个保安"]}).json()
    away = recused(Voice.objects.get().id, cast.at)
    assert away[cast.wang.pk] == "accused" and away[cast.li.pk] == "manager"
    assert told["owner"]["number"] not in (cast.wang.number, cast.li.number)
    assert queries.mentions(Voice.objects.get().id) == [("王丽", cast.wang.pk), ("那个保安", None)]


def test_too_much_is_too_much(caller):
    before = rows()
    problem(caller.post(b'{"channel":"phone","text":"' + b"x" * 2_700_000 + b'"}'), 413)
    assert rows() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_read(caller, kind):
    problem(caller.post(json.dumps(PLAIN).encode(), kind=kind), 415)


def test_a_body_in_pieces_is_read_to_its_end(caller):
    """Without Content-Length, as many clients send it; servers that say where it ends let it be read."""
    pieces = {"wsgi.input": BytesIO(json.dumps(PLAIN).encode()), "wsgi.input_terminated": True}
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": "k", "Transfer-Encoding": "chunked"}
    told = caller.client.generic(
        "POST", "/api/v1/complaints", headers=headers, CONTENT_TYPE="application/json", CONTENT_LENGTH="", **pieces
    )
    assert told.status_code == 201, told.content
    pieces["wsgi.input"] = BytesIO(b"x" * 2_700_000)
    problem(
        caller.client.generic(
            "POST", "/api/v1/complaints", headers=headers, CONTENT_TYPE="application/json", CONTENT_LENGTH="", **pieces
        ),
        413,
    )


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        (b'{"q":"a","q":"b"}', 400, "", "json_duplicate"),
        (b'{"q":' + b"[" * 1000 + b"]" * 1000 + b"}", 400, "", "json_depth"),
        (b'{"q":"a","page":' + b"9" * 5000 + b"}", 400, "", "json_number"),
        (b'{"q":"\\ud800"}', 400, "", "surrogate"),
        (b'{"q":"a","page":0}', 422, "page", "value"),
        (b'{"kind":"case"}', 422, "q", "required"),
        (b'{"q":"a","unit":"NOWHERE"}', 422, "unit", "unit"),
    ],
    ids=lambda v: str(v)[:24],
)
def test_the_search_reads_json_as_strictly_and_names_the_field(caller, body, status, field, code):
    headers = {"Authorization": f"Bearer {caller.token}"}
    told = problem(caller.client.post("/api/v1/search", body, content_type="application/json", headers=headers), status)
    assert [(e["field"], e["code"]) for e in told["errors"]] == [(field, code)]


def test_the_search_takes_only_json_and_no_more_than_it_says(caller):
    headers = {"Authorization": f"Bearer {caller.token}"}
    for body, kind, status in ((b'{"q":"a"}', "text/plain", 415), (b" " * 2_700_000, "application/json", 413)):
        problem(caller.client.post("/api/v1/search", body, content_type=kind, headers=headers), status)


def test_a_loop_gone_wild_is_slowed_down(caller, settings):
    settings.HUIYIN_API_PER_SECOND = 1
    seen = {caller.post(PLAIN).status_code for _ in range(8)}
    assert 429 in seen


def test_the_sender_can_read_how_it_stands_and_strangers_cannot(caller, cast):
    from datetime import date

    from huiyin.protect.access import actions as access

    told = caller.post(PLAIN | {"unit": "O0101"}).json()
    standing = caller.get(told["id"])
    assert standing.status_code == 200 and standing.json()["state"] == "new"
    _row, other = access.issue_token(
        name="b2", role="supervisor", unit=cast.unit["B02"].pk, until_date=date(2026, 8, 1), by=machine("t"), at=cast.at
    )
    caller.token = other
    problem(caller.get(told["id"]), 404)
    problem(caller.get(str(uuid4())), 404)
    assert caller.get("not-an-id").status_code in (404, 422)


def test_methods_that_are_not_offered_are_refused(caller):
    url = "/api/v1/complaints"
    auth = {"Authorization": f"Bearer {caller.token}"}
    for method in ("get", "put", "delete", "patch"):
        assert getattr(caller.client, method)(url, headers=auth).status_code == 405
    assert caller.client.generic("TRACE", url, headers=auth).status_code == 405
    overridden = caller.client.get(url, headers=auth | {"X-HTTP-Method-Override": "POST"})
    assert overridden.status_code == 405 and Voice.objects.count() == 0


def test_a_product_by_its_code(caller, cast):
    lines = [products.NewProduct(code="CARD-1", name="信用卡", name_en="Credit card", category="bank_card")]
    products.add_many(products=lines, by=machine("t"), at=cast.at)
    assert caller.post(PLAIN | {"product": "CARD-1"}).status_code == 201
    assert Voice.objects.get().product == "CARD-1"


def test_one_creation_asks_the_database_a_bounded_number_of_times(caller):
    caller.post(PLAIN | {"unit": "O0101"})
    asked: list[str] = []
    if connection.vendor == "sqlite":  # much of it goes past Django's cursors, so the driver counts
        connection.connection.set_trace_callback(asked.append)
        assert caller.post(PLAIN | {"unit": "O0101"}, key="k2").status_code == 201
        connection.connection.set_trace_callback(None)
    else:
        with CaptureQueriesContext(connection) as told:
            assert caller.post(PLAIN | {"unit": "O0101"}, key="k2").status_code == 201
        asked = [one["sql"] for one in told]
    assert 0 < len(asked) <= STATEMENTS, "\n".join(asked)


def test_what_could_not_be_heard_is_heard_later_and_somebody_is_told(caller, cast, settings):
    """Commit (a) stands, commit (b) fails: the number is told, the desk is told, the tick goes on (decision 8)."""
    from datetime import timedelta

    from huiyin.platform.messages.queries import inbox

    block = Voice.objects.create(id=uuid4(), number="TS-20260305-X", kind="complaint", channel="phone", language="en",
                                 received_at=cast.at)  # fmt: skip
    resolved = voices.resolve(submission=_checked(), language="en", at=cast.at)
    taken = voices.take(resolved=resolved, key="k", scope="s", by=machine("api"), at=cast.at)
    Voice.objects.filter(id=block.id).update(number=taken.number)  # somebody sits on its number
    assert voices.retry_pending(by=machine("tick"), at=cast.at + timedelta(minutes=1)) == 0
    row = Intake.objects.get(id=taken.id)
    assert (row.state, row.attempts, row.why) == ("waiting", 1, "IntegrityError")
    assert [n.kind for n in inbox(cast.duty.pk)] == ["intake_failed"]
    assert caller.client.get(f"/track/{queries.tracking_code(taken.id)}/").status_code == 200
    block.delete()
    assert voices.retry_pending(by=machine("tick"), at=cast.at + timedelta(hours=1)) == 1
    heard = queries.voice(taken.id)
    assert heard and heard.received_at == cast.at and heard.number == taken.number


def _checked():
    from huiyin.listen.voices.rules.intake import check

    found = check(PLAIN, today=now().date())
    assert not isinstance(found, list)
    return found


def test_after_a_crash_between_the_two_commits_nothing_is_lost_and_nothing_doubled(cast):
    from datetime import timedelta

    resolved = voices.resolve(submission=_checked(), language="en", at=cast.at)
    taken = voices.take(resolved=resolved, key="k", scope="s", by=machine("api"), at=cast.at)
    assert queries.voice(taken.id) is None
    assert voices.retry_pending(by=machine("tick"), at=cast.at + timedelta(seconds=60)) == 1
    assert voices.retry_pending(by=machine("tick"), at=cast.at + timedelta(seconds=60)) == 0
    again = voices.receive(resolved=resolved, key="k", scope="s", by=machine("api"), at=cast.at + timedelta(hours=1))
    assert (again.id, again.number, again.fresh) == (taken.id, taken.number, False)
    assert Voice.objects.count() == 1


def test_when_a_token_was_last_used_is_noted_once_a_minute(caller, cast, monkeypatch, settings):
    from datetime import timedelta

    from huiyin.protect.access.models import ApiToken
    from huiyin.site.api import door

    monkeypatch.setattr(door.api.auth[0], "noted", {})
    for seconds, noted in ((0, 0), (59, 0), (61, 61)):
        settings.HUIYIN_NOW = (cast.at + timedelta(seconds=seconds)).isoformat()
        assert caller.post(PLAIN, key=f"k{seconds}").status_code == 201
        assert ApiToken.objects.get().used_at == cast.at + timedelta(seconds=noted)
