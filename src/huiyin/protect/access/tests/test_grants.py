"""Grants: by somebody else, for at most a year, taken back at once; tokens; the log."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from huiyin.kernel.permit import can
from huiyin.ledger.models import Entry
from huiyin.protect.access import actions, queries
from huiyin.protect.access.models import ApiToken, Grant, LogLine

UNTIL = date(2026, 12, 31)


def test_nobody_grants_themselves_a_role(cast):
    with pytest.raises(actions.NotToYourself):
        actions.give(
            user=cast.user["admin"].pk,
            role="supervisor",
            unit=None,
            until_date=UNTIL,
            by=cast.actor("admin"),
            at=cast.at,
        )


def test_a_refused_attempt_is_told_to_the_ledger(client, cast):
    cast.login(client, "admin")
    form = {"username": "admin", "role": "auditor", "unit": "", "until_date": "2026-12-31", "reason": "curious"}
    assert client.post(reverse("access:give"), form).status_code == 200
    assert not Grant.objects.filter(user=cast.user["admin"], role="auditor").exists()
    assert Entry.objects.filter(type="access.refused").count() == 1
    assert LogLine.objects.get(what="refused").detail == "grants.manage SoD11"


def test_a_role_is_given_over_a_unit_and_holds_at_once(client, cast):
    assert not can(cast.actor("chen"), "case.assign")
    cast.login(client, "admin")
    unit = str(cast.unit["B02"].pk)
    form = {"username": "chen", "role": "supervisor", "unit": unit, "until_date": "2026-12-31", "reason": "deputy"}
    assert client.post(reverse("access:give"), form).status_code == 302
    assert cast.actor("chen").paths("supervisor") == ("HO/B02/",)


@pytest.mark.parametrize("until", [date(2026, 3, 5), date(2027, 3, 6), date(2020, 1, 1)])
def test_a_grant_lasts_at_most_a_year(cast, until):
    with pytest.raises(actions.TooLong):
        actions.give(
            user=cast.user["chen"].pk, role="agent", unit=None, until_date=until, by=cast.actor("admin"), at=cast.at
        )


def test_a_grant_ends_by_itself(cast, later):
    assert cast.actor("wang", later(days=299)).roles == {"agent"}
    assert cast.actor("wang", later(days=301)).roles == frozenset()


def test_the_same_role_twice_is_refused(cast):
    with pytest.raises(actions.AlreadyHeld):
        actions.give(
            user=cast.user["wang"].pk,
            role="agent",
            unit=cast.unit["O0101"].pk,
            until_date=UNTIL,
            by=cast.actor("admin"),
            at=cast.at,
        )


def test_recertifying_gives_it_anew(cast, later):
    (grant,) = queries.grants(cast.at.date(), cast.user["wang"].pk)
    at = later(days=250)
    assert grant in queries.expiring(at.date())
    actions.recertify(grant=grant.pk, until_date=(at + timedelta(days=365)).date(), by=cast.actor("admin", at), at=at)
    assert not queries.expiring(at.date()).filter(user=cast.user["wang"]).exists()
    with pytest.raises(actions.AlreadyEnded):
        actions.end(grant=grant.pk, by=cast.actor("admin"), at=at)


def test_a_grant_follows_its_unit_when_it_moves(cast, later):
    from huiyin.bank.units import actions as units

    at = later(days=1)
    units.place_unit(
        unit=cast.unit["O0101"].pk, parent=cast.unit["B02"].pk, from_date=at.date(), by=cast.actor("admin"), at=at
    )
    assert cast.actor("wang", at).paths("agent") == ("HO/B02/O0101/",)


def test_a_token_is_shown_once_and_kept_as_a_hash(client, cast):
    cast.login(client, "admin")
    form = {"name": "Core banking", "role": "agent", "unit": "", "until_date": "2026-12-31"}
    page = client.post(reverse("access:issue"), form).content.decode()
    token = ApiToken.objects.get()
    secret = next(word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("hy_"))
    assert secret not in client.get(reverse("access:tokens")).content.decode()
    assert secret not in (token.hash, token.hint)
    actor = queries.actor_for_token(secret, cast.at)
    assert actor.kind == "machine" and actor.roles == {"agent"}
    client.post(reverse("access:revoke", args=[token.pk]))
    assert queries.actor_for_token(secret, cast.at) is None


@pytest.mark.parametrize("raw", ["", "hy_", "hy_unknown", "x" * 10_000, "hy_\ud800", "hy_\0"])
def test_strange_tokens_are_nobody(cast, raw):
    assert queries.actor_for_token(raw, cast.at) is None


def test_an_expired_token_is_nobody(cast, later):
    _token, secret = actions.issue_token(
        name="x", role="agent", unit=None, until_date=date(2026, 3, 10), by=cast.actor("admin"), at=cast.at
    )
    assert queries.actor_for_token(secret, later(days=4))
    assert queries.actor_for_token(secret, later(days=5)) is None


def test_holders_of_a_role_above_a_unit(cast):
    assert queries.holders("supervisor", cast.at, "HO/B01/O0101/") == [cast.sun.pk, cast.duty.pk]
    assert queries.holders("supervisor", cast.at, "HO/B02/") == [cast.duty.pk]


def test_the_administrator_does_not_end_or_renew_their_own_grant(client, cast):
    (grant,) = queries.grants(cast.at.date(), cast.user["admin"].pk)
    cast.login(client, "admin")
    assert client.post(reverse("access:end", args=[grant.pk])).status_code == 403
    assert client.post(reverse("access:renew", args=[grant.pk]), {"until_date": "2026-12-31"}).status_code == 403
    assert Entry.objects.filter(type="access.refused").count() == 2


@pytest.mark.parametrize("name", ["home", "roles", "grants", "give", "tokens", "issue", "log"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_open_to_the_administrator_and_not_to_a_teller(client, cast, name, language):
    cast.login(client, "admin")
    assert client.get(reverse(f"access:{name}"), {"lang": language}).status_code == 200
    cast.login(client, "wang")
    assert client.get(reverse(f"access:{name}"), {"lang": language}).status_code == 403


def test_every_role_is_put_in_words(client, cast):
    from huiyin.kernel.permit import ROLES

    cast.login(client, "zheng")
    for role in ROLES:
        assert role.zh in client.get(reverse("access:roles"), {"role": role.code}).content.decode()


def test_users_are_added_switched_off_and_reset(client, cast):
    cast.login(client, "admin")
    newcomer = cast.person("xu", unit="O0102", post="teller", name="徐宁")
    assert client.get(reverse("identity:users"), {"q": "xu"}).status_code == 200
    assert client.post(reverse("identity:add"), {"username": "Xu!", "number": ""}).status_code == 200
    assert client.post(reverse("identity:add"), {"username": "xuning", "number": newcomer.number}).status_code == 200, (
        "has one"
    )
    assert client.post(reverse("identity:add"), {"username": "contractor", "number": ""}).status_code == 302
    pk = cast.user["xu"].pk
    for name in ("user", "switch", "reset", "link"):
        assert client.get(reverse(f"identity:{name}", args=[pk])).status_code == 200
    assert client.post(reverse("identity:reset", args=[pk]), {"reason": " "}).status_code == 200
    assert client.post(reverse("identity:reset", args=[pk]), {"reason": "lost the phone"}).status_code == 302
    assert client.post(reverse("identity:switch", args=[pk])).status_code == 302
    assert "/accounts/password/set/" in client.post(reverse("identity:link", args=[pk])).content.decode()
    kinds = set(LogLine.objects.values_list("what", flat=True))
    assert {"user_added", "user_off", "factors_reset", "link_issued"} <= kinds
    own = cast.user["admin"].pk
    assert client.post(reverse("identity:switch", args=[own])).status_code == 403
    assert client.get(reverse("identity:user", args=[999999])).status_code == 404
    assert client.get(reverse("access:log")).status_code == 200


def test_an_administrator_of_a_branch_gives_roles_there_and_nowhere_else(client, cast):
    cast.person("local", unit="B01", post="administrator", roles={"administrator": "B01"})
    cast.login(client, "local")
    form = {"username": "wang", "role": "owner", "until_date": "2026-12-31", "reason": "help"}
    assert client.post(reverse("access:give"), form | {"unit": str(cast.unit["B01"].pk)}).status_code == 302
    assert client.post(reverse("access:give"), form | {"unit": str(cast.unit["B02"].pk)}).status_code == 403
    assert client.post(reverse("access:give"), form | {"unit": ""}).status_code == 403, "nor over the whole bank"
    (theirs,) = queries.grants(cast.at.date(), cast.user["chen"].pk)
    assert client.post(reverse("access:end", args=[theirs.pk])).status_code == 404
    page = client.get(reverse("identity:users")).content.decode()
    assert "wang" in page and "chen" not in page
    assert client.get(reverse("identity:user", args=[cast.user["chen"].pk])).status_code == 404
