"""What a case says in writing: the values that fill approved wording, and an answer as a letter to be printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel.refusal import Refusal
from huiyin.listen.voices import queries as voices
from huiyin.platform.documents import queries as documents
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import Case, Reply
from huiyin.resolve.cases.queries.records import REPLY_TABLE

SENT = ("sending", "delivered", "failed")
REGULATOR = "cn-nfra-complaint"  # whose remedies are named where no pack on the case names any


def values(case: Case, due_at: datetime | None, owner: str) -> dict[str, str]:
    """What every approved wording may hold, in the customer's language."""
    zh = case.language.startswith("zh")
    return {
        "number": case.number,
        "due": last_day(due_at, zh) if due_at else ("近日" if zh else "the coming days"),
        "owner": owner,
        "bank": bank_name(zh),
        "link": voices.link(case.id),
    }


def owner_name(case: Case, people: Mapping[UUID, staff.Staff] | None = None) -> str:
    """The owner as the customer may know them; the desk where nobody could be named."""
    if case.owner_id is None:
        found = None
    else:
        found = people.get(case.owner_id) if people is not None else staff.person(case.owner_id)
    if found is not None:
        return found.word(case.language)
    return "消费者权益保护岗" if case.language.startswith("zh") else "our complaints desk"


def bank_name(zh: bool) -> str:
    if zh:
        return settings.HUIYIN_BANK_NAME or "本行"
    return settings.HUIYIN_BANK_NAME_EN or settings.HUIYIN_BANK_NAME or "The bank"


def last_day(at: datetime, zh: bool) -> str:
    """The last day on which it is still in time: a limit that ends at 24:00 belongs to the day before."""
    return written_day(at - timedelta(microseconds=1), zh)


def written_day(at: datetime, zh: bool) -> str:
    day = localdate(at)
    return f"{day.year}年{day.month}月{day.day}日" if zh else f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class Offered:
    """An approved template with the facts of one case filled in, ready to be edited."""

    code: str
    version: int
    title: str
    text: str


def offered(case: Case, query: str = "", *, limit: int = 20) -> list[Offered]:
    """The templates that fit the case and the words searched for (title, code, text), the best first.

    Wording for vulnerable customers comes first where the case is one's.
    """
    zh, found = case.language.startswith("zh"), []
    known = _facts(case, zh)
    for template in standards.templates_for(care=case.large_print, query=query):
        title, text = template.filled(case.language, known)
        found.append(Offered(template.code, template.version, title, text))
    return found[:limit]


def filled(case: Case, code: str) -> Offered | None:
    """One approved template filled for a case; None if there is none of that code."""
    template = standards.template(code)
    if template is None:
        return None
    title, text = template.filled(case.language, _facts(case, case.language.startswith("zh")))
    return Offered(template.code, template.version, title, text)


class UnknownPlace(Refusal):
    """A text to be filled in names something that cannot be."""

    status = 422
    message = _("The text has a placeholder that cannot be filled in, or a brace without its other half.")


def check_places(text: str) -> None:
    """Only the placeholders of reply templates may stand in a text for several cases."""
    if standards.wrong_places(text):
        raise UnknownPlace


def filled_text(case: Case, title: str, text: str) -> tuple[str, str]:
    """Title and text for one case, every placeholder replaced."""
    known = _facts(case, case.language.startswith("zh"))
    return standards.filled_places(title, known), standards.filled_places(text, known)


def _facts(case: Case, zh: bool) -> dict[str, str]:
    """A value for each placeholder that `standards.TEMPLATE_FIELDS` allows."""
    said, product = voices.words(case.id), products.label(case.product) if case.product else None
    return values(case, case.promised_at, owner_name(case)) | {
        "customer": salutation(said.name, zh),
        "received": written_day(case.received_at, zh),
        "product": product.word(case.language) if product else ("有关业务" if zh else "the product concerned"),
        "unit": unit_name(case),
    }


def salutation(name: str, zh: bool) -> str:
    if zh:
        return f"尊敬的{name}" if name else "尊敬的客户"
    return f"Dear {name}" if name else "Dear customer"


def unit_name(case: Case) -> str:
    found = units.unit(case.unit_id)
    return found.word(case.language) if found else ""


def letter(reply: Reply) -> documents.Document | None:
    """A sent answer as the letter that goes to the customer on paper; None before it is sent.

    Equal for ever: everything in it was fixed when it was sent. Erased persons leave no letter.
    """
    case, kept = reply.case, vault.reveal(REPLY_TABLE, reply.pk)
    if reply.state not in SENT or reply.sent_at is None or not kept.get("text"):
        return None
    zh, said = case.language.startswith("zh"), voices.words(case.id)
    title, body = standards.worded(
        "letter", case.language, name=salutation(said.name, zh), received=written_day(case.received_at, zh),
        number=case.number, text=kept["text"], remedies=remedies_of(case), bank=bank_name(zh),
    )  # fmt: skip
    greeting, _, rest = body.partition("\n")
    signed = [bank_name(zh), unit_name(case), written_day(reply.sent_at, zh)]
    return documents.Document(
        title=title,
        language=case.language,
        made_at=localtime(reply.sent_at),
        letterhead=(bank_name(zh),),
        reference=f"编号：{case.number}" if zh else f"Number: {case.number}",
        footer=f"{bank_name(zh)} · {case.number}",
        large=case.large_print,
        blocks=(
            documents.Words(greeting),
            documents.Words(rest, indent=zh),
            documents.Words("\n".join(line for line in signed if line), align="right"),
        ),
    )


def remedies_of(case: Case) -> str:
    """What the customer may do next, as the packs on the case word it."""
    packs = list(dict.fromkeys(view.pack for view in clocks.clocks_of(case.id)))
    said = standards.remedies(packs, case.language) or standards.remedies([REGULATOR], case.language)
    return "\n".join(said) if case.kind in ("complaint", "low_score") else ""
