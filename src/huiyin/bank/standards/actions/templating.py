"""Reply templates: one person proposes a text, another approves it."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries
from huiyin.bank.standards.facts import TemplateStepped
from huiyin.bank.standards.models import Template
from huiyin.bank.standards.rules import templates
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record


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
