"""Taking a version into use."""

import hashlib
import tomllib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries, rules
from huiyin.bank.standards.facts import StandardChanged
from huiyin.bank.standards.models import Adoption
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import CalendarRejected
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record


class Refused(Refusal):
    """The standard cannot be taken into use."""

    message = _("This standard cannot be taken into use.")


def adopt(*, code: str, by: Actor, at: datetime, body: str = "") -> Adoption:
    """Take a calendar or rule pack into use: the shipped one, or the bank's own text in `body`. Twice is once."""
    if body:
        own, version, sort, sha256 = read(body)
        if own != code:
            raise Refused(_("The text is of another standard."))
    else:
        standard = next((s for s in queries.shipped() if s.code == code), None)
        if standard is None:
            raise Refused(_("No standard is called “%(code)s”.") % {"code": code})
        version, sort, sha256 = standard.version, standard.sort, standard.sha256
    with transaction.atomic():
        adoption, new = Adoption.objects.get_or_create(
            code=code,
            version=version,
            defaults={"sort": sort, "sha256": sha256, "body": body, "effective_at": at, "adopted_by": by.ref},
        )
        if new:
            fact = StandardChanged(code=code, version=version, sha256=sha256)
            record(fact=fact, stream=f"standard:{code}", by=by, at=at)
        elif adoption.sha256 != sha256:
            raise Refused(_("Version %(version)s of this standard exists with another text.") % {"version": version})
    return adoption


def adopt_all(*, by: Actor, at: datetime) -> list[Adoption]:
    """Take every shipped calendar and rule pack into use, as a new institution does."""
    return [adopt(code=standard.code, by=by, at=at) for standard in queries.shipped()]


def read(body: str) -> tuple[str, str, str, str]:
    """Read the bank's own text to the end before anything is stored: code, version, sort and fingerprint."""
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    try:
        table = tomllib.loads(body)
        if "limit" in table or "provision" in table:
            pack = queries.read_pack(body)
            findings = queries.lint(pack)
            if findings:
                raise Refused(_("The rules do not give every matter exactly one limit."), findings=findings)
            found = pack.code, pack.version, "pack"
        else:
            calendar = queries.read_calendar(table)
            if not (table["zh"] and table["en"]):
                raise KeyError("zh, en")
            found = calendar.code, calendar.version, "calendar"
        return *found, sha256
    except (
        tomllib.TOMLDecodeError,
        rules.StandardRejected,
        CalendarRejected,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as wrong:
        raise Refused(_("The text cannot be read: %(why)s") % {"why": wrong}) from wrong
