"""What the access log notes: accounts that change, and who signs in, out, or fails to."""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from huiyin.kernel.actor import Actor
from huiyin.ledger.news import News, on
from huiyin.platform.imports.actions import acting
from huiyin.protect.access.actions import note
from huiyin.protect.access.queries import actor_for
from huiyin.protect.identity.facts import FactorsReset, LinkIssued, UserAdded, UserSwitched
from huiyin.protect.identity.queries import account_named, sprayed, user

SPRAY = 20


def _nothing_for_a_batch(batch: Any) -> None:
    """A set-up by the machine is in the ledger; the access log is for what people do."""


@on(UserAdded, many=_nothing_for_a_batch)
def note_a_new_account(news: News[UserAdded]) -> None:
    note(what="user_added", by=news.by, at=news.at, user=news.fact.user)


@on(UserSwitched)
def note_a_switched_account(news: News[UserSwitched]) -> None:
    note(what="user_on" if news.fact.active else "user_off", by=news.by, at=news.at, user=news.fact.user)


@on(FactorsReset)
def note_a_reset_factor(news: News[FactorsReset]) -> None:
    note(what="factors_reset", by=news.by, at=news.at, user=news.fact.user)


@on(LinkIssued)
def note_a_password_link(news: News[LinkIssued]) -> None:
    note(what="link_issued", by=news.by, at=news.at, user=news.fact.user)


@acting
def whoever_uploaded_a_file(ref: str, at: datetime) -> Actor | None:
    """The person for whom an import goes on in the background, with the rights they have by then."""
    kind, _colon, id = ref.partition(":")
    account = user(int(id)) if kind == "staff" and id.isdigit() else None
    return actor_for(account, at) if account is not None and account.is_active else None


@receiver(authenticator_added)
def a_factor_that_was_just_set_up_is_proven(
    request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_more: Any
) -> None:
    """Its owner has shown the password and a code of the new device or the key itself: the desk opens at once, and does
    not ask them to set up what they have."""
    if authenticator.type in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN):
        record_authentication(request, user, method="mfa", type=authenticator.type, id=authenticator.pk)


@receiver(user_logged_in)
def note_a_sign_in(request: HttpRequest | None, user: AbstractBaseUser, **_more: Any) -> None:
    if request is not None and hasattr(request, "now"):
        note(what="signed_in", by=Actor("staff", str(user.pk)), at=request.now, user=str(user.pk))


@receiver(user_logged_out)
def note_a_sign_out(request: HttpRequest | None, user: AbstractBaseUser | None, **_more: Any) -> None:
    if user is not None and request is not None and hasattr(request, "now"):
        note(what="signed_out", by=Actor("staff", str(user.pk)), at=request.now, user=str(user.pk))


@receiver(user_login_failed)
def note_a_failed_sign_in(credentials: dict, request: HttpRequest | None = None, **_more: Any) -> None:
    """The name that was typed is not kept (people type their password there); one address at many accounts is."""
    if request is None or not hasattr(request, "now"):
        return
    known = account_named(str(credentials.get("username", ""))[:150])
    nobody = Actor("customer", "anonymous")
    note(what="sign_in_failed", by=nobody, at=request.now, user=str(known or ""))
    if sprayed(request) == SPRAY:
        note(what="spray", by=nobody, at=request.now, detail=f"accounts:{SPRAY}")
