"""Verbs of the standards room."""

import hashlib
import tomllib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries, rules
from huiyin.bank.standards.facts import StandardChanged, TemplateStepped
from huiyin.bank.standards.models import Adoption, Template
from huiyin.bank.standards.rules import templates
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
        version, sort, sha256 = _read(code, body)
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


def _read(code: str, body: str) -> tuple[str, str, str]:
    """Read the bank's own text to the end before anything is stored."""
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    try:
        table = tomllib.loads(body)
        if table.get("code") != code:
            raise Refused(_("The text is of another standard."))
        if "limit" in table:
            pack = rules.parse_pack(table, sha256)
            findings = queries.lint(pack)
            if findings:
                raise Refused(_("The rules do not give every matter exactly one limit."), findings=findings)
            return pack.version, "pack", sha256
        return queries.read_calendar(table).version, "calendar", sha256
    except (
        tomllib.TOMLDecodeError,
        rules.StandardRejected,
        CalendarRejected,
        KeyError,
        TypeError,
        ValueError,
    ) as wrong:
        raise Refused(_("The text cannot be read: %(why)s") % {"why": wrong}) from wrong


class TemplateRefused(Refusal):
    """The text cannot be proposed; `findings` says what the linter found."""

    status = 422
    message = _("This text cannot be proposed as it stands.")


class NotDecidable(Refusal):
    status = 409
    message = _("There is no such proposal waiting for a decision.")


class OwnProposal(Refusal):
    """The proposer would decide."""

    status = 403
    message = _("A text is approved by somebody other than the one who proposed it.")


def propose_template(*, code: str, text: templates.Text, audience: str, by: Actor, at: datetime) -> Template:
    """Propose a new template or the next version of one; it is used once a second person approves it."""
    findings = templates.wrong(code, text)
    if findings or audience not in queries.TEMPLATE_AUDIENCES:
        raise TemplateRefused(findings=findings)
    try:
        with transaction.atomic():
            newest = Template.objects.filter(code=code).order_by("-version").first()
            made = Template.objects.create(
                code=code, version=newest.version + 1 if newest else 1, audience=audience, title_zh=text.title_zh.strip(),
                body_zh=_lines(text.body_zh), title_en=text.title_en.strip(), body_en=_lines(text.body_en),
                proposed_by=by.ref, proposed_at=at,
            )  # fmt: skip
            _step(made, "proposed", by, at)
    except IntegrityError as taken:
        raise NotDecidable(_("A version of this template is already waiting for approval.")) from taken
    return made


def decide_template(*, code: str, version: int, approve: bool, by: Actor, at: datetime) -> Template:
    """The second person's yes or no. A yes replaces the version in use."""
    with transaction.atomic():
        found = Template.objects.select_for_update().filter(code=code, version=version, state="proposed").first()
        if found is None:
            raise NotDecidable
        if found.proposed_by == by.ref:
            raise OwnProposal
        if approve:
            Template.objects.filter(code=code, state="approved").update(state="replaced")
        found.state, found.decided_by, found.decided_at = "approved" if approve else "refused", by.ref, at
        found.save(update_fields=["state", "decided_by", "decided_at"])
        _step(found, found.state, by, at)
    return found


def retire_template(*, code: str, by: Actor, at: datetime) -> None:
    """Nobody is offered this template any more; letters that were written with it stay."""
    with transaction.atomic():
        found = Template.objects.select_for_update().filter(code=code, state="approved").first()
        if found is None:
            raise NotDecidable
        found.state = "retired"
        found.save(update_fields=["state"])
        _step(found, "retired", by, at)


def _step(template: Template, step: str, by: Actor, at: datetime) -> None:
    content = "\x00".join((template.title_zh, template.body_zh, template.title_en, template.body_en))
    fact = TemplateStepped(
        code=template.code, version=template.version, step=step, sha256=hashlib.sha256(content.encode()).hexdigest()
    )
    record(fact=fact, stream=f"template:{template.code}", by=by, at=at)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
