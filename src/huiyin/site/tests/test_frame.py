"""The frame around every page: choices, refusals, errors, headers, logs."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path
from django.utils.translation import override

from huiyin.kernel.refusal import Refusal
from huiyin.site import middleware, urls
from huiyin.site.logs import OneLine


class TooLate(Refusal):
    status = 410
    message = "<b>gone</b>"


def _refuses(request: HttpRequest) -> HttpResponse:
    raise TooLate


def _breaks(request: HttpRequest, secret: str) -> HttpResponse:
    raise RuntimeError("13800138000")


def _is_full(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database or disk is full")


urlpatterns = [
    path("refuses/", _refuses),
    path("api/refuses/", _refuses),
    path("breaks/<str:secret>/", _breaks),
    path("full/", _is_full),
    *urls.urlpatterns,
]
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def visitor() -> Client:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("zh", "跳到主要内容"), ("en", "Skip to the main content"), ("zh-CN", "跳到主要内容")]
)
def test_the_address_chooses_the_language(client: Client, cast: Any, language: str, words: str) -> None:
    assert words in client.get(f"/privacy/?lang={language}").content.decode()


@pytest.mark.django_db
def test_choices_are_remembered_and_nonsense_is_not(client: Client, cast: Any) -> None:
    client.get("/privacy/?lang=en&theme=dark&mode=care&density=<script>")
    page = client.get("/privacy/").content.decode()
    assert '<html lang="en" data-bs-theme="dark" data-hy-mode="care" data-hy-density="comfortable"' in page
    assert "hy_density" not in client.cookies


@pytest.mark.django_db
def test_a_refusal_is_a_designed_page(visitor: Client) -> None:
    answer = visitor.get("/refuses/?lang=en")
    assert answer.status_code == 410
    page = answer.content.decode()
    assert "This link is no longer valid" in page
    assert "&lt;b&gt;gone&lt;/b&gt;" in page
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_refusal_of_the_api_is_a_problem_document(visitor: Client) -> None:
    answer = visitor.get("/api/refuses/?lang=en")
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert json.loads(answer.content)["title"] == "This link is no longer valid"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title", "advice"),
    [("en", "This page cannot do that", "Nothing was changed"), ("zh", "此页面不支持该操作", "没有做任何改动")],
)
def test_a_method_that_is_not_offered_is_a_designed_page_and_names_those_that_are(
    client: Client, cast: Any, language: str, title: str, advice: str
) -> None:
    answer = client.generic("TRACE", f"/?lang={language}")
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert title in page and advice in page and 'href="/"' in page
    told = client.put(f"/api/v1/complaints?lang={language}")
    assert (told.status_code, told["Content-Type"], told["Allow"]) == (405, "application/problem+json", "POST")
    assert "POST" in told.json()["detail"]


@pytest.mark.django_db
def test_a_burst_of_sign_ins_from_one_address_is_told_so_in_words(client: Client, cast: Any, settings: Any) -> None:
    """Bad input 35: beside the delay of each account there is a limit on the address."""
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    answers = [client.post("/accounts/login/?lang=zh", {"login": "", "password": ""}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "登录尝试次数过多" in answers[1].content.decode() and answers[1]["Retry-After"] == "60"


@pytest.mark.django_db
def test_what_is_too_large_for_a_form_says_what_to_do(client: Client, cast: Any) -> None:
    answer = client.post("/complain/?lang=en", {"text": "x" * 2_700_000})
    assert answer.status_code == 413 and "what you typed is still there" in answer.content.decode()


@pytest.mark.django_db
def test_two_gigabytes_for_a_public_form_are_refused_by_their_length(client: Client, cast: Any) -> None:
    """Bad input 62. Nothing of it is read; who is signed in may bring an archive."""

    def send(**how: str) -> HttpResponse:
        return client.generic("POST", "/complain/?lang=en", b"--x--", "multipart/form-data; boundary=x", **how)

    answer = send(CONTENT_LENGTH="2000000000")
    assert answer.status_code == 413 and "up to 20 MB each" in answer.content.decode()
    assert send().status_code == 422


@pytest.mark.django_db
def test_a_form_without_its_token_does_not_speak_of_rights(cast: Any) -> None:
    page = Client(enforce_csrf_checks=True).post("/complain/?lang=en", {"text": "x"}).content.decode()
    assert "This form could not be sent" in page and "You cannot open this" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/static/hy/logo.svg", "/static/hy/none.svg"])
def test_a_static_file_obeys_the_same_policy(client: Client, address: str) -> None:
    """Opened by itself a drawing is a page of ours."""
    assert "default-src 'none'" in client.get(address)["Content-Security-Policy"]


def test_what_django_says_to_people_is_put_our_way() -> None:
    field = forms.CharField(max_length=2)
    said = []
    with override("zh-hans"):
        for value in ("", "a\0", "长长长"):
            with pytest.raises(forms.ValidationError) as no:
                field.clean(value)
            said += no.value.messages
    assert said == ["请填写这一项。", "内容里有无法保存的字符（空字符），请重新输入。", "最多 2 个字，现有 3 个。"]


def test_a_program_that_prefers_it_gets_a_problem_document_from_any_page(visitor: Client) -> None:
    asked = {"accept": "text/html;q=0.5, application/problem+json"}
    assert visitor.get("/nowhere/", headers=asked)["Content-Type"] == "application/problem+json"
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""):
        assert "text/html" in visitor.get("/nowhere/", headers={"accept": accept})["Content-Type"]


@pytest.mark.django_db
def test_a_full_disk_asks_for_patience(visitor: Client) -> None:
    answer = visitor.get("/full/?lang=en")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Nothing was half-saved" in answer.content.decode()


@pytest.mark.django_db
def test_a_bug_gets_a_page_with_a_reference_and_the_log_keeps_no_personal_data(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = visitor.get("/breaks/5f2c-secret/?lang=en")
    assert answer.status_code == 500
    record = next(record for record in caplog.records if record.name == "django.request")
    line = OneLine().format(record)
    reference = answer.content.decode().partition("<code>")[2].partition("</code>")[0]
    assert reference in line
    assert "RuntimeError at " in line
    assert "13800138000" not in line
    assert "5f2c-secret" not in line


def test_a_log_record_is_always_one_line() -> None:
    record = logging.LogRecord("huiyin", logging.INFO, "", 0, "a\r\nb\u2028c", None, None)
    assert "\n" not in OneLine().format(record)
    assert r"a\x0d\x0ab\u2028c" in OneLine().format(record)


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["/%00/", "/?lang=%00", "/track/%F0%28%8C%28/", "/?page=" + "9" * 5000, "/\udcff/"])
def test_no_address_is_too_strange(client: Client, cast: Any, given: str) -> None:
    assert client.get(given.encode("utf-8", "surrogateescape").decode("latin-1")).status_code in (200, 302, 400, 404)


@pytest.mark.django_db
def test_every_page_forbids_code_in_the_page_and_strangers(client: Client, cast: Any) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    page = answer.content.decode()
    assert "style=" not in page
    assert "<script>" not in page
    assert 'href="http' not in page


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_kindly(cast: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/?lang=en", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Nothing was sent" in answer.content.decode()


def test_a_stranger_cannot_say_that_he_came_by_https() -> None:
    seen: dict[str, Any] = {}

    def answer(request: HttpRequest) -> HttpResponse:
        seen.update(request.META)
        return HttpResponse()

    with override_settings(HUIYIN_TRUSTED_PROXIES=["10.0.0.0/8"]):
        chain = middleware.proxies(answer)
    given = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}
    chain(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **given))
    assert "HTTP_X_FORWARDED_PROTO" not in seen
    chain(RequestFactory().get("/", REMOTE_ADDR="10.1.2.3", **given))
    assert seen["HTTP_X_FORWARDED_PROTO"] == "https"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_time_inside_a_sentence_is_written_as_those_that_stand_alone(language: str) -> None:
    from django.utils.formats import date_format
    from django.utils.timezone import localtime

    from huiyin.site.templatetags import hy

    at = datetime(2026, 9, 4, 23, 5, tzinfo=UTC)
    with override(language):
        said, day = date_format(localtime(at), "DATETIME_FORMAT"), date_format(localtime(at).date())
        assert day == hy.day(at) and said.split()[-1] == "07:05"
        assert said == hy.moment(at) or language == "zh-hans"  # there the weekday stands between
