"""One check of a submission, whoever sends it: the form, the desk and the API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import phonenumbers
from stdnum.cn import ric

from huiyin.kernel.fact import is_code
from huiyin.kernel.label import Label
from huiyin.listen.voices.rules.codes import CHANNEL, KIND
from huiyin.listen.voices.rules.heard import Words
from huiyin.listen.voices.rules.text import Problem, clean, digits

TEXT, TITLE, NAME, LINE = 5000, 120, 60, 200
ABOUT = 10
EARLIEST = date(1990, 1, 1)
MANDATES = (
    Label("agent", "受本人委托（有签名的授权书）", "By signed mandate of the person"),
    Label("guardian", "监护人", "As guardian"),
    Label("heir", "继承人", "As heir"),
    Label("family", "家属陪同协助", "Family helping at the person's side"),
)
MANDATE = {label.code: label for label in MANDATES}
WISHES = (
    Label("answer", "给我一个明确的答复", "A clear answer"),
    Label("fix", "解决问题、恢复办理", "Put it right"),
    Label("refund", "退还费用或赔偿损失", "A refund or compensation"),
    Label("apology", "赔礼道歉", "An apology"),
    Label("stop", "停止相关行为", "That it stops"),
    Label("other", "其他", "Something else"),
)
WISH = {label.code: label for label in WISHES}
FIELDS = frozenset(
    {"channel", "text", "subject", "product", "unit", "occurred_at", "customer", "representative", "complained_about"}
    | {"source_id", "kind", "want", "where"}
)
_CUSTOMER = frozenset({"name", "phone", "email", "id_number"})
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_CODE = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A checked submission. `unit` and `product` are codes that the caller looks up."""

    kind: str
    channel: str
    words: Words
    unit: str = ""
    product: str = ""
    occurred_on: date | None = None
    source_id: str = ""


@dataclass
class _Check:
    problems: list[Problem] = field(default_factory=list)

    def text(self, of: str, value: object, limit: int, **how: bool) -> str:
        found = clean(of, value, limit, **how)
        if isinstance(found, Problem):
            self.problems.append(found)
            return ""
        return found

    def group(self, name: str, value: object) -> Mapping[str, object]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.problems.append(Problem(name, "not_object"))
        return {}

    def wrong(self, name: str, code: str, limit: int | None = None) -> None:
        self.problems.append(Problem(name, code, limit))


def check(
    raw: Mapping[str, object], *, today: date, contact_needed: bool = False, channels: frozenset[str] | None = None
) -> Submission | list[Problem]:
    """The submission as it is taken, or every reason why not.

    Only the named fields are read; whatever else was sent is ignored (see `ignored`).
    """
    c = _Check()
    kind = c.text("kind", raw.get("kind"), 12) or "complaint"
    if kind not in KIND or kind == "low_score":
        c.wrong("kind", "choice")
    channel = c.text("channel", raw.get("channel"), 16)
    if not channel and not any(p.field == "channel" for p in c.problems):
        c.wrong("channel", "required")
    elif channel and channel not in (channels or CHANNEL):
        c.wrong("channel", "choice")
    text = c.text("text", raw.get("text"), TEXT)
    if not text and not any(p.field == "text" for p in c.problems):
        c.wrong("text", "required")
    words = Words(
        text=text,
        title=c.text("subject", raw.get("subject"), TITLE, one_line=True),
        want=c.text("want", raw.get("want"), 1000),
        where=c.text("where", raw.get("where"), LINE, one_line=True),
        about=_about(c, raw.get("complained_about")),
    )
    words = _contact(c, words, c.group("customer", raw.get("customer")), contact_needed)
    words = _representative(c, words, c.group("representative", raw.get("representative")))
    unit = _code(c, "unit", raw.get("unit"))
    product = _code(c, "product", raw.get("product"))
    source_id = c.text("source_id", raw.get("source_id"), 80, one_line=True)
    if source_id and not is_code(source_id):
        c.wrong("source_id", "source_id")
    occurred_on = _day(c, raw.get("occurred_at"), today)
    if c.problems:
        return c.problems
    return Submission(
        kind=kind, channel=channel, words=words, unit=unit, product=product, occurred_on=occurred_on,
        source_id=source_id,
    )  # fmt: skip


def ignored(raw: Mapping[str, object]) -> list[str]:
    """Names of fields we do not know, for the log: never their values, and no long or odd names."""
    unknown = [name for name in raw if name not in FIELDS]
    customer = raw.get("customer")
    if isinstance(customer, Mapping):
        unknown += [f"customer.{name}" for name in customer if name not in _CUSTOMER]
    return sorted(name if _CODE.fullmatch(name) else "?" for name in unknown[:50])


def _about(c: _Check, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        c.wrong("complained_about", "not_list")
        return ()
    if len(value) > ABOUT:
        c.wrong("complained_about", "too_many", ABOUT)
        return ()
    found = [c.text("complained_about", item, TITLE, one_line=True, name=True) for item in value]
    return tuple(item for item in found if item)


def _contact(c: _Check, words: Words, customer: Mapping[str, object], needed: bool) -> Words:
    name = c.text("customer.name", customer.get("name"), NAME, name=True)
    if name and not any(char.isalpha() for char in name):
        c.wrong("customer.name", "name")
    phone = _phone(c, customer.get("phone"))
    email = _email(c, customer.get("email"))
    id_number = _id_number(c, customer.get("id_number"))
    if needed:
        bad = {p.field for p in c.problems}
        if not name and "customer.name" not in bad:
            c.wrong("customer.name", "required")
        if not phone and not email and not bad & {"customer.phone", "customer.email"}:
            c.wrong("customer.phone", "contact")
    return replace(words, name=name, phone=phone, email=email, id_number=id_number)


def _representative(c: _Check, words: Words, who: Mapping[str, object]) -> Words:
    name = c.text("representative.name", who.get("name"), NAME, name=True)
    mandate = c.text("representative.mandate", who.get("mandate"), LINE, one_line=True)
    if name and not mandate:
        c.wrong("representative.mandate", "mandate")
    if mandate and not name:
        c.wrong("representative.name", "required")
    return replace(words, representative=name, mandate=mandate)


def _phone(c: _Check, value: object) -> str:
    """As dialled from inside China, or with its + where it is from elsewhere; full-width figures are figures."""
    text = digits(c.text("customer.phone", value, 40, one_line=True, name=True)).replace("＋", "+")
    if not text:
        return ""
    if re.search(r"[^0-9+()（）\s.\-－—‐–]", text):
        c.wrong("customer.phone", "phone")
        return ""
    try:
        number = phonenumbers.parse(re.sub(r"[^0-9+]", "", text), "CN")
    except phonenumbers.NumberParseException:
        c.wrong("customer.phone", "phone")
        return ""
    if not phonenumbers.is_possible_number(number):
        c.wrong("customer.phone", "phone")
        return ""
    if number.country_code == 86:
        form = phonenumbers.PhoneNumberFormat.NATIONAL
        return re.sub(r"[^0-9]", "", phonenumbers.format_number(number, form))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(c: _Check, value: object) -> str:
    text = c.text("customer.email", value, 254, one_line=True, name=True)
    text = text.replace("＠", "@")
    if text and not _EMAIL.fullmatch(text):
        c.wrong("customer.email", "email")
        return ""
    return text


def _id_number(c: _Check, value: object) -> str:
    """A mainland identity number is checked by its check digit; 15 digits, passports and permits by shape only."""
    text = digits(c.text("customer.id_number", value, 30, one_line=True, name=True))
    text = text.replace("Ｘ", "X").replace("ｘ", "X").replace(" ", "").upper()
    if not text:
        return ""
    shaped = re.fullmatch(r"[A-Z0-9]{5,18}", text) is not None
    if not shaped or (re.fullmatch(r"\d{17}[\dX]", text) and ric.calc_check_digit(text) != text[-1]):
        c.wrong("customer.id_number", "id_number")
        return ""
    return text


def _code(c: _Check, name: str, value: object) -> str:
    text = c.text(name, value, 64, one_line=True)
    if text and not _CODE.fullmatch(text):
        c.wrong(name, name)
        return ""
    return text


def _day(c: _Check, value: object, today: date) -> date | None:
    """A day, or an instant whose day is meant. Days nobody can complain about today are refused."""
    text = digits(c.text("occurred_at", value, 40, one_line=True)).replace("－", "-").replace("/", "-")
    if not text:
        return None
    match = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:$|[T ])", text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        c.wrong("occurred_at", "date")
    elif day > today:
        c.wrong("occurred_at", "future")
    elif day < EARLIEST:
        c.wrong("occurred_at", "too_early")
    else:
        return day
    return None
