import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.timezone import now

from huiyin.bank.units.queries import head_office
from huiyin.protect.access.queries import actor_for
from huiyin.site import first_run

ANSWERS = {"bank": "试验银行", "bank_en": "Trial Bank", "username": "root", "password": "a sentence of four words"}


@pytest.mark.django_db
def test_an_empty_installation_begins_with_the_first_administrator(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/first-run/"
    answer = client.post("/first-run/", ANSWERS | {"given": first_run.code()})
    assert answer.headers["Location"] == "/accounts/login/"
    user = get_user_model().objects.get(username="root")
    assert "administrator" in actor_for(user, now()).roles
    assert head_office().name == "试验银行"


@pytest.mark.django_db
def test_without_the_code_from_the_terminal_nobody_becomes_administrator(client: Client) -> None:
    first_run.code()
    assert client.post("/first-run/", ANSWERS | {"given": "00000000x"}).status_code == 403
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
def test_the_page_is_gone_once_somebody_can_sign_in(client: Client) -> None:
    code = first_run.code()
    client.post("/first-run/", ANSWERS | {"given": code})
    assert client.get("/first-run/").status_code == 404
    assert client.post("/first-run/", ANSWERS | {"given": code, "username": "second"}).status_code == 404


@pytest.mark.django_db
def test_a_weak_password_is_refused_with_the_reason(client: Client) -> None:
    answer = client.post("/first-run/?lang=en", ANSWERS | {"given": first_run.code(), "password": "short"})
    assert answer.status_code == 422
    assert "Please check the following" in answer.content.decode()
