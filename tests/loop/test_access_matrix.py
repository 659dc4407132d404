"""Every address × every role × somebody else's record (reliability promise 18), generated from the URLconf."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.platform.messages import actions as messages
from huiyin.platform.messages.models import Notice
from tests.loop.access_table import MORE, TABLE, Row
from tests.loop.access_world import World, make_world, seals

pytestmark = pytest.mark.once


def routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from routes(pattern.url_patterns, here)


def test_every_address_has_exactly_one_row() -> None:
    known = [row.route for row in TABLE]
    assert len(known) == len(set(known)), "an address stands twice in the table"
    there = set(routes(get_resolver().url_patterns))
    assert sorted(there - set(known)) == [], "these addresses have no row in access_table.py"
    assert sorted(set(known) - there) == [], "these rows are about addresses that are no more"


def test_the_further_rows_are_about_addresses_of_the_table() -> None:
    assert {row.route for row in MORE} <= {row.route for row in TABLE}


@pytest.fixture
def world(cast: Any, settings: Any, tmp_path: Path) -> World:
    settings.HUIYIN_HOME = tmp_path
    return make_world(cast)


SHORT = {
    "accept": "text/html;q=0.5, application/problem+json, */*;q=0.1"
}  # a refusal as a problem, anything else as it is


def visit(client: Client, row: Row, names: dict[str, str], headers: dict[str, str] | None = None) -> Any:
    """What was changed is taken back, so that the next visitor finds the same records."""
    path = row.path.format(**names)
    if not row.post:
        return client.get(path, headers=headers)
    with transaction.atomic():
        data = {name: value.format(**names) for name, value in row.data.items()}
        answer = client.post(path, data, headers=headers)
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)
    return answer


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_every_role_gets_what_the_table_says(world: World) -> None:
    wrong: list[str] = []
    surprises: dict[tuple[Any, ...], list[str]] = {}
    for row in TABLE:
        anonymous = visit(Client(), row, world.of("supervisor"))
        if row.public:
            if anonymous.status_code not in row.ok:
                wrong.append(f"{row.route}: anonymous got {anonymous.status_code}, not {row.ok}")
        elif anonymous.status_code != 302 or not anonymous["Location"].startswith("/accounts/login/?next="):
            wrong.append(f"{row.route}: anonymous got {anonymous.status_code} instead of the sign-in")
    for row in (row for row in [*TABLE, *MORE] if not row.public):
        for (role, where), client in world.clients.items():
            if role not in row.walked or (role not in row.opens and where == "B02"):
                continue  # no role, no matter where
            answer = visit(client, row, world.of(role), SHORT)
            if role not in row.opens:
                expected = row.refused
            elif row.record and where == "B02":
                expected = row.elsewhere
            else:
                expected = row.ok
            if answer.status_code not in expected:
                key = (row.address or row.route, answer.status_code, expected)
                surprises.setdefault(key, []).append(f"{role} over {where}")
            if where == "B02" and answer.status_code == 200:
                page, asked = _content(answer), row.path.format(**world.of(role))
                told = sorted(secret for secret in world.secrets if secret in page and secret not in asked)
                if told:
                    wrong.append(f"{row.address or row.route}: {role} over B02 reads {told}")
    wrong += [f"{address}: got {got}, not {ok}: {', '.join(who)}" for (address, got, ok), who in surprises.items()]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.timeout(300)
def test_an_unseen_record_cannot_be_told_from_a_missing_one(world: World) -> None:
    for row in [*TABLE, *MORE]:
        if not row.record or not row.opens or row.elsewhere != (404,):
            continue
        role = sorted(row.opens)[0]
        client = world.clients[role, "B02"]
        unseen, none = visit(client, row, world.of(role)), visit(client, row, world.missing(role))
        assert unseen.status_code == none.status_code == 404, row.address or row.route
        assert _plain(unseen) == _plain(none), f"{row.address or row.route} tells them apart"


def test_whoever_is_accused_finds_nothing_and_loses_what_they_were_shown(world: World) -> None:
    """SoD1, over the right branch and with a role that opens it: no page, no line in a list, and no link of before."""
    cast, names, own = world.cast, world.names, world.own["supervisor"]
    client = cast.login(Client(), "accused")
    assert client.get(f"/desk/cases/{names['case']}/").status_code == 404
    for page in ("/desk/cases/", "/desk/work/", "/desk/work/?view=all", f"/desk/work/?q={names['case_number']}"):
        assert names["case"] not in client.get(page).content.decode()
    client = world.clients["supervisor", "B01"]
    links = seals(client, f"/desk/cases/{own['mine']}/")
    assert set(links) == {"file", "unmask", "clock"}
    assert {client.get(f"/{link}").status_code for link in links.values()} == {200}
    me = cast.staff["supervisor-B01"].pk
    staff.accuse(subject=UUID(own["mine"]), staff=me, by=machine("cast"), at=cast.at)
    assert {name: client.get(f"/{link}").status_code for name, link in links.items()} == dict.fromkeys(links, 404)


def test_nobody_reads_away_a_line_of_somebody_elses_inbox(cast: Any, client: Client) -> None:
    note = {"staff": cast.zhao.pk, "kind": "case_opened", "matter": None, "params": {}, "link": "/desk/", "key": "k"}
    messages.notify(**note, by=machine("cast"), at=cast.at)
    line = Notice.objects.get()
    cast.login(client, "qian").post("/desk/inbox/read/", {"notice": str(line.pk)})
    assert Notice.objects.get().read_at is None


def _content(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")


def _plain(answer: Any) -> str:
    """A page without what differs from request to request."""
    text = answer.content.decode()
    text = re.sub(r'value="[A-Za-z0-9]{64}"', "", text)
    text = re.sub(r"[0-9a-f]{12}", "", text)
    return re.sub(r'href="[^"]*\?[^"]*"', "", text)
