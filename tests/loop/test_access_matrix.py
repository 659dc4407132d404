"""Every address × every role × somebody else's record (reliability promise 18), generated from the URLconf."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from huiyin.bank.products import actions as products
from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions as voices
from huiyin.platform.imports.models import Run
from huiyin.protect.access import actions as access
from tests.loop.access_table import STAFF, TABLE, Row

NOTHING = {"unit": "NOSUCH", "number": "99999", "user": "987654", "nothing": str(UUID(int=7))}


def routes(patterns: list, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from routes(pattern.url_patterns, here)


def test_every_address_has_exactly_one_row():
    known = [row.route for row in TABLE]
    assert len(known) == len(set(known)), "an address stands twice in the table"
    there = set(routes(get_resolver().url_patterns))
    assert sorted(there - set(known)) == [], "these addresses have no row in access_table.py"
    assert sorted(set(known) - there) == [], "these rows are about addresses that are no more"


@pytest.fixture
def world(cast, settings, tmp_path):
    """One record of each kind in branch B01, and for each role somebody here (B01) and somebody elsewhere (B02)."""
    settings.HUIYIN_HOME = tmp_path
    by, at = machine("cast"), cast.at
    words = voices.Words(text="柜台排队两小时", name="张奶奶", phone="13800138000")
    heard = voices.Heard(
        kind="complaint", channel="portal", received_at=at, language="zh-hans", words=words,
        unit=cast.unit["O0101"].pk, staff=(cast.wang.pk,),
    )  # fmt: skip
    (voice,) = voices.hear_many(items=[heard], by=machine("portal"), at=at)
    products.add_product(code="CARD", name="借记卡", category="bank_card", by=by, at=at)
    b01 = cast.unit["B01"].pk
    token, _secret = access.issue_token(name="x", role="agent", unit=b01, until_date=date(2026, 12, 31), by=by, at=at)
    from huiyin.protect.access.models import Grant

    run = Run.objects.create(mapping="units", name="x.csv", sha256="0" * 64, state="finished", actor="staff:0", at=at)
    clients: dict[tuple[str, str], Client] = {}
    for role in sorted(STAFF):
        for where in ("B01", "B02"):
            key = f"{role}-{where}"
            cast.person(key, unit=where, post="teller", roles={role: where})
            clients[role, where] = cast.login(Client(raise_request_exception=False), key)
    cast.person("accused", unit="B01", post="supervisor", roles={"supervisor": "B01"})
    staff.accuse(subject=voice.id, staff=cast.accused.pk, by=by, at=at)
    names = {
        "unit": "O0101", "number": cast.zhao.number, "product": "CARD", "run": str(run.pk),
        "user": str(cast.user["zhao"].pk), "grant": str(Grant.objects.get(user=cast.user["zhao"]).pk),
        "token": str(token.pk), "case": str(voice.id), "nothing": str(UUID(int=7)),
    }  # fmt: skip
    return cast, clients, names


def visit(client: Client, row: Row, names: dict[str, str]):
    path = row.path.format(**names)
    return client.post(path) if row.post else client.get(path)


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_every_role_gets_what_the_table_says(world):
    _cast, clients, names = world
    wrong: list[str] = []
    surprises: dict[tuple, list[str]] = {}
    for row in TABLE:
        anonymous = visit(Client(), row, names)
        if row.public:
            if anonymous.status_code not in row.ok:
                wrong.append(f"{row.route}: anonymous got {anonymous.status_code}, not {row.ok}")
            continue
        if anonymous.status_code != 302 or not anonymous["Location"].startswith("/accounts/login/?next="):
            wrong.append(f"{row.route}: anonymous got {anonymous.status_code} instead of the sign-in")
        for (role, where), client in clients.items():
            if role not in row.opens and where == "B02":
                continue  # no role, no matter where
            got = visit(client, row, names).status_code
            if role not in row.opens:
                expected = row.refused
            elif row.record and where == "B02":
                expected = (404,)
            else:
                expected = row.ok
            if got not in expected:
                surprises.setdefault((row.route, got, expected), []).append(f"{role} over {where}")
    wrong += [f"{route}: got {got}, not {ok}: {', '.join(who)}" for (route, got, ok), who in surprises.items()]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.timeout(300)
def test_an_unseen_record_cannot_be_told_from_a_missing_one(world):
    _cast, clients, names = world
    missing = names | NOTHING | {name: str(UUID(int=9)) for name in ("grant", "token", "case", "run")}
    for row in TABLE:
        if not row.record or not row.opens:
            continue
        client = clients[sorted(row.opens)[0], "B02"]
        unseen, none = visit(client, row, names), visit(client, row, missing)
        assert unseen.status_code == none.status_code == 404, row.route
        assert _plain(unseen) == _plain(none), f"{row.route} tells them apart"


def test_the_accused_supervisor_finds_nothing(world):
    """A role that opens it, over the right branch, and recused: the case is not there for them."""
    cast, _clients, names = world
    client = cast.login(Client(), "accused")
    assert client.get(f"/desk/cases/{names['case']}/").status_code == 404
    for page in ("/desk/cases/", "/desk/work/"):
        assert names["case"] not in client.get(page).content.decode()


def _plain(answer) -> str:
    """A page without what differs from request to request."""
    text = answer.content.decode()
    text = re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
    text = re.sub(r"[0-9a-f]{12}", "", text)
    return re.sub(r'href="[^"]*\?[^"]*"', "", text)
