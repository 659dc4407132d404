"""Items 33 to 37: redirects, sessions, bursts, spent links, codes used twice."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from huiyin.protect.access import actions as access
from huiyin.protect.access.models import LogLine
from huiyin.protect.identity import actions
from huiyin.protect.identity.models import User
from huiyin.protect.identity.plugs.factors.delay import after

PASSWORD = "a long sentence to remember"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def quick(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HUIYIN_HOME = tmp_path
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def wang(cast):
    user = cast.user["wang"]
    user.set_password(PASSWORD)
    user.save()
    return user


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, list(yield_hotp_counters_from_time())[1]))


def sign_in(client, password=PASSWORD, onward="", name="wang"):
    return client.post(reverse("account_login"), {"login": name, "password": password, "next": onward})


def test_a_password_alone_does_not_open_the_desk(client, wang):
    assert sign_in(client).status_code == 302
    answer = client.get("/desk/units/")
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))
    assert client.get(answer["Location"]).status_code == 200


def test_who_sets_up_a_second_factor_is_let_in_with_it(client, wang, monkeypatch):
    """The first sign-in of everybody: password, authenticator app, and then the desk, not the app once more."""
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)[0]
    now = format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert client.get("/desk/units/").status_code == 302
    monkeypatch.setattr(transaction, "on_commit", lambda told, **_more: told())  # within the request, as without a test
    assert client.post(reverse("mfa_activate_totp"), {"code": now}).status_code == 302
    assert client.get("/desk/units/").status_code == 200
    answer = elsewhere.get("/desk/units/")  # a session of the password alone shows the factor that there is by now
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_reauthenticate"))
    assert elsewhere.get(answer["Location"]).status_code == 200


def test_password_and_code_open_the_desk(client, wang):
    TOTP.activate(wang, SECRET)
    answer = sign_in(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get("/desk/units/")["Location"].startswith("/accounts/login/")
    answer = client.post(reverse("mfa_authenticate"), {"code": code()})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/units/").status_code == 200


def test_a_code_is_good_once_whichever_process_sees_it(client, wang):
    TOTP.activate(wang, SECRET)
    once = code()
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": once}).status_code == 302
    from django.core.cache import cache

    cache.clear()  # another process has another memory
    other = Client()
    sign_in(other)
    assert other.post(reverse("mfa_authenticate"), {"code": once}).status_code == 200
    assert other.get("/desk/units/")["Location"].startswith("/accounts/login/")


def test_the_secret_of_a_factor_is_not_readable_in_the_database(wang):
    TOTP.activate(wang, SECRET)
    from allauth.mfa.models import Authenticator

    kept = Authenticator.objects.get(user=wang)
    assert SECRET not in str(kept.data)
    assert kept.wrap().validate_code(code())


def test_the_session_changes_at_sign_in(client, wang):
    client.get(reverse("account_login"))
    client.cookies["sessionid"] = "fixedbysomebodyelse0000000000000"
    sign_in(client)
    assert client.cookies["sessionid"].value != "fixedbysomebodyelse0000000000000"


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "http:///evil"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(client, wang, onward, settings, cast):
    assert sign_in(client, onward=onward)["Location"] == "/desk/"
    settings.HUIYIN_DEMO = True
    User.objects.filter(pk=wang.pk).update(demo=True)
    answer = Client().post(reverse("demo_sign_in"), {"user": wang.pk, "next": onward})
    assert answer["Location"] == "/desk/"


def test_a_disabled_user_is_out_at_once(client, cast, later):
    cast.login(client, "wang")
    assert client.get("/desk/units/").status_code == 200
    actions.switch(user=cast.user["wang"].pk, active=False, by=cast.actor("admin"), at=cast.at)
    assert client.get("/desk/units/").status_code == 302
    actions.switch(user=cast.user["wang"].pk, active=True, by=cast.actor("admin"), at=cast.at)
    assert client.get("/desk/units/").status_code == 302, "the old cookie does not come back to life"


def test_taking_a_grant_back_ends_the_sessions(client, cast):
    cast.login(client, "wang")
    grant = access.queries.grants(cast.at.date(), cast.user["wang"].pk).first() if hasattr(access, "queries") else None
    from huiyin.protect.access.queries import grants

    grant = grants(cast.at.date(), cast.user["wang"].pk).first()
    access.end(grant=grant.pk, by=cast.actor("admin"), at=cast.at)
    assert client.get("/desk/units/").status_code == 302


def test_a_logged_out_cookie_is_worth_nothing(client, cast):
    cast.login(client, "wang")
    cookie = client.cookies["sessionid"].value
    client.post(reverse("account_logout"))
    again = Client()
    again.cookies["sessionid"] = cookie
    assert again.get("/desk/units/").status_code == 302


def test_five_failures_close_the_account_to_that_address_only(client, wang):
    for _ in range(5):
        sign_in(client, "wrong")
    answer = sign_in(client)
    assert answer.status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert sign_in(elsewhere).status_code == 302


def test_one_locked_account_does_not_lock_the_branch(client, wang, cast):
    zhao = cast.user["zhao"]
    zhao.set_password(PASSWORD)
    zhao.save()
    for _ in range(6):
        sign_in(client, "wrong")
    assert sign_in(client, name="zhao").status_code == 302


def test_the_delay_grows_and_has_an_end():
    delays = [after(n) for n in (1, 5, 6, 11, 16, 500)]
    assert delays == [timedelta(minutes=m) for m in (5, 5, 10, 20, 40, 60)]


def test_fifty_tries_a_second_never_break_anything(client, wang):
    started = time.perf_counter()
    codes = {sign_in(client, f"wrong{i}").status_code for i in range(50)}
    assert codes <= {200, 429} and time.perf_counter() - started < 30


def test_a_spray_over_many_accounts_is_noted(client, cast):
    for i in range(20):
        sign_in(client, "spring2026", name=f"nobody{i}")
    assert LogLine.objects.filter(what="spray").count() == 1
    assert not LogLine.objects.filter(detail__contains="nobody").exists(), "typed names are not kept"


def test_unknown_and_known_names_get_the_same_answer(client, wang):
    known, unknown = sign_in(client, "wrong"), sign_in(client, "wrong", name="nobody")
    assert known.status_code == unknown.status_code == 200
    assert len(known.content) - len(unknown.content) in range(-12, 13)


def link(user) -> str:
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("set_password", args=[uid, default_token_generator.make_token(user)])


def test_a_password_link_is_good_once(client, wang):
    address = link(wang)
    assert client.get(address).status_code == 200
    fresh = {"password": "another long sentence", "again": "another long sentence"}
    assert client.post(address, fresh)["Location"] == reverse("account_login")
    assert client.get(address).status_code == 410
    assert client.post(address, fresh).status_code == 410


def test_a_password_link_dies_when_the_password_changes_and_fits_its_owner_only(client, wang, cast):
    address = link(wang)
    other = address.replace(
        urlsafe_base64_encode(str(wang.pk).encode()), urlsafe_base64_encode(str(cast.user["li"].pk).encode())
    )
    assert client.get(other).status_code == 410
    actions.set_password(user=wang.pk, password="something else entirely", by=cast.actor("wang"), at=cast.at)
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("uid", ["x", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "4pyT", "MA"])
def test_a_made_up_link_is_refused_politely(client, db, uid):
    assert client.get(reverse("set_password", args=[uid, "abc-def"])).status_code == 410


def test_weak_and_unequal_passwords_are_explained(client, wang):
    answer = client.post(link(wang), {"password": "short", "again": "other"})
    assert answer.status_code == 200 and b"is-invalid" in answer.content


def test_demo_sign_in_exists_in_a_demonstration_only(client, wang, settings):
    User.objects.filter(pk=wang.pk).update(demo=True)
    assert client.post(reverse("demo_sign_in"), {"user": wang.pk}).status_code == 404
    assert "王丽" not in client.get(reverse("account_login")).content.decode()
    settings.HUIYIN_DEMO = True
    assert "王丽" in client.get(reverse("account_login")).content.decode()
    client.post(reverse("demo_sign_in"), {"user": wang.pk})
    assert client.get("/desk/units/").status_code == 200


@pytest.mark.parametrize("chosen", ["", "x", "-1", "٣", "9" * 30, "1 OR 1=1"])
def test_demo_sign_in_takes_no_stranger(client, cast, settings, chosen):
    settings.HUIYIN_DEMO = True
    assert client.post(reverse("demo_sign_in"), {"user": chosen}).status_code == 404


def test_a_short_password_is_refused_in_chinese(client, wang):
    client.cookies["hy_lang"] = "zh-hans"
    answer = client.post(link(wang), {"password": "short", "again": "short"}).content.decode()
    assert "密码太短" in answer and "This password" not in answer


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_set_password", "account_email"])
def test_doors_of_allauth_that_a_bank_does_not_have(client, db, name):
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "account_inactive",
    ],
)
def test_every_page_of_signing_in_is_in_our_look(client, cast, wang, name, language):
    cast.login(client, "wang")
    session = client.session
    session["account_authentication_methods"][0]["at"] = session["account_authentication_methods"][1]["at"] = (
        time.time()
    )
    session.save()
    if name == "account_login":
        client = Client()
    answer = client.get(reverse(name), {"lang": language})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "hy-wrap" in text and "style=" not in text
