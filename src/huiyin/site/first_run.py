"""The first minutes of an installation: whoever has the machine's set-up code makes the administrator."""

import secrets
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import tomli_w
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import actions as units
from huiyin.bank.units.queries import head_office
from huiyin.kernel.actor import machine
from huiyin.kernel.refusal import Refusal
from huiyin.protect.access import actions as access
from huiyin.protect.identity import actions as identity
from huiyin.site.now import now

SETUP = machine("set-up")
SETTINGS_HEAD = "# Settings of this institution; every name is explained in docs/settings.md.\n"


class WrongCode(Refusal):
    status = 403
    message = _("That is not the set-up code. It is shown in the terminal where huiyin serve was started.")


def is_open() -> bool:
    """Nobody can sign in yet."""
    return not get_user_model().objects.exists()


def code() -> str:
    """The set-up code: made once, readable only on the machine itself."""
    path = _path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(f"{secrets.randbelow(10**8):08d}", "utf-8")
    return path.read_text("utf-8").strip()


@transaction.atomic
def begin(*, given: str, bank: str, bank_en: str, username: str, password: str, at: datetime) -> None:
    """Head office and administrator, once; then the code is worth nothing."""
    if not is_open() or not secrets.compare_digest(given.strip().encode(), code().encode()):
        raise WrongCode
    open_head_office(bank=bank, bank_en=bank_en, at=at)
    create_administrator(username=username, password=password, at=at)
    transaction.on_commit(lambda: _settle(bank, bank_en))


def open_head_office(*, bank: str = "", bank_en: str = "", at: datetime | None = None) -> None:
    """The root of the tree, once: nothing can be taken in before it stands."""
    if head_office() is not None:
        return
    at = at or now()
    name, name_en = bank or settings.HUIYIN_BANK_NAME, bank_en or settings.HUIYIN_BANK_NAME_EN
    units.open_unit(
        code="HO", name=name or "总行", name_en=name_en or ("" if name else "Head office"), kind="head", parent=None,
        from_date=localdate(at), by=SETUP, at=at,
    )  # fmt: skip


@transaction.atomic
def create_administrator(*, username: str, password: str, at: datetime | None = None) -> None:
    at = at or now()
    user = identity.add_user(username=username, password=password, by=SETUP, at=at)
    access.give(
        user=user.pk, role="administrator", unit=None, until_date=localdate(at) + timedelta(days=364), by=SETUP, at=at
    )


def _settle(bank: str, bank_en: str) -> None:
    """The code is spent, and the name goes into the settings, which `huiyin serve` then reads again."""
    _path().unlink(missing_ok=True)
    file: Path = settings.HUIYIN_HOME / "huiyin.toml"
    known = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    named = {key: value for key, value in (("bank_name", bank), ("bank_name_en", bank_en)) if value}
    if named and not known.get("bank_name"):
        fresh = file.with_suffix(".new")
        fresh.write_text(SETTINGS_HEAD + tomli_w.dumps(known | named), "utf-8")
        fresh.replace(file)


def _path() -> Path:
    path: Path = settings.HUIYIN_HOME / "keys" / "set-up-code"
    return path
