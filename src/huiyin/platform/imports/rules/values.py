"""From the text of a cell to a value. Every parser takes a stripped, non-empty text and returns a value or raises Refuse."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from huiyin.kernel.label import Label

Parse = Callable[[str], Any]


@dataclass(frozen=True)
class Fault:
    """Why a row was not taken: the column (its header), a code, and what the words need."""

    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refuse(Exception):
    """A cell that cannot be read."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+\Z", re.ASCII)
_FLOATED = re.compile(r"\d+\.0+\Z", re.ASCII)
_CODE = re.compile(r"[\w.:/()#&-]+\Z")
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?\Z", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?\Z", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\Z", re.ASCII)
_PHONE = re.compile(r"\+?\d{5,20}\Z", re.ASCII)
_EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
_YES = frozenset({"1", "y", "yes", "true", "t", "是", "有", "√"})
_NO = frozenset({"0", "n", "no", "false", "f", "否", "无", "×"})


def clean(text: str) -> str:
    """Visible text: invisible direction and width marks go, control characters are refused."""
    if text.isprintable():
        return text
    if _FORBIDDEN.search(text):
        raise Refuse("control")
    return _INVISIBLE.sub("", text).strip()


def narrow(text: str) -> str:
    """Full-width digits and letters become ASCII."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def text_of(longest: int) -> Parse:
    def parse(text: str) -> str:
        text = clean(text)
        if len(text) > longest:
            raise Refuse("too_long", longest=longest)
        return text

    return parse


def code_of(longest: int) -> Parse:
    """Numbers that are names: leading zeros stay, and what a spreadsheet has damaged is refused, not guessed."""

    def parse(text: str) -> str:
        text = narrow(clean(text)).removeprefix("'")
        if _SCIENTIFIC.match(text):
            raise Refuse("scientific")
        if _FLOATED.match(text):
            raise Refuse("floated")
        if len(text) > longest:
            raise Refuse("too_long", longest=longest)
        if not _CODE.match(text):
            raise Refuse("not_code")
        return text

    return parse


def int_of(text: str) -> int:
    text = narrow(text).replace(",", "").replace(" ", "")
    if _FLOATED.match(text):
        text = text.partition(".")[0]
    if len(text) > 18 or not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise Refuse("not_int")
    return int(text)


def number_of(text: str) -> Decimal:
    try:
        value = Decimal(narrow(text).replace(",", "")) if len(text) <= 40 else Decimal("NaN")
    except InvalidOperation:
        raise Refuse("not_number") from None
    if not value.is_finite() or value.adjusted() > 18:
        raise Refuse("not_number")
    return value


def date_of(formats: tuple[str, ...], excel: int) -> Parse:
    """ISO, 2026/3/5, 2026年3月5日, 20260305, an Excel serial, or one of the named formats."""

    def parse(text: str) -> date:
        return _date(narrow(text), formats, excel)

    return parse


def datetime_of(formats: tuple[str, ...], excel: int) -> Parse:
    """A date with an optional time, as a naive local datetime; the sink knows the zone."""

    def parse(text: str) -> datetime:
        text = narrow(text)
        for form in formats:
            try:
                return datetime.strptime(text, form)
            except ValueError:
                continue
        if _SERIAL.match(text):
            days, _dot, rest = text.partition(".")
            whole = _serial(int(days), excel)
            seconds = round(float(f"0.{rest or 0}") * 86400)
            return datetime(whole.year, whole.month, whole.day) + timedelta(seconds=min(seconds, 86399))
        day, _gap, clock = text.replace("T", " ").partition(" ")
        on = _date(day, (), excel)
        if not clock:
            return datetime(on.year, on.month, on.day)
        found = _TIME.match(clock.strip())
        if not found:
            raise Refuse("not_datetime")
        hour, minute, second = (int(part or 0) for part in found.groups())
        if hour > 23 or minute > 59 or second > 59:
            raise Refuse("not_datetime")
        return datetime(on.year, on.month, on.day, hour, minute, second)

    return parse


def month_of(excel: int) -> Parse:
    """The first day of a month: 2026-03, 2026年3月, 202603, or any date within it."""

    def parse(text: str) -> date:
        text = narrow(text)
        found = _MONTH.match(text)
        if found and not _SERIAL.match(text):
            text = f"{found[1]}-{found[2]}-1"
        try:
            return _date(text, (), excel).replace(day=1)
        except Refuse:
            raise Refuse("not_month") from None

    return parse


def phone_of(text: str) -> str:
    """Digits with an optional plus; full-width digits, blanks and hyphens are forgiven, a spreadsheet's damage is not."""
    text = narrow(text)
    if _SCIENTIFIC.match(text):
        raise Refuse("scientific")
    text = re.sub(r"[\s()\-.]", "", text)
    if not _PHONE.match(text):
        raise Refuse("not_phone")
    return text


def email_of(text: str) -> str:
    text = narrow(text)
    if len(text) > 254 or not _EMAIL.match(text):
        raise Refuse("not_email")
    return text


def bool_of(text: str) -> bool:
    folded = text.casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise Refuse("not_bool")


def choice_of(choices: Mapping[str, str], otherwise: str | None) -> Parse:
    """One of the words, by any of its spellings."""
    exact = dict(choices)
    folded = {key.casefold(): value for key, value in choices.items()}
    known = frozenset(choices.values())
    first = {value: word for word, value in reversed(list(choices.items()))}  # one spelling of each
    offered = " / ".join(word for word in choices if first[choices[word]] == word)

    def parse(text: str) -> str:
        found = exact.get(text) or folded.get(narrow(text).casefold())
        if found is not None:
            return found
        if text in known:
            return text
        if otherwise is None:
            raise Refuse("not_choice", offered=offered)
        return otherwise

    return parse


LISTS: dict[str, Callable[[], Sequence[Label]]] = {}


def listed(name: str) -> Parse:
    """One of the words of a list that a room keeps, in either language, or its code."""

    def parse(text: str) -> str:
        words = LISTS[name]()
        wanted = narrow(text).casefold()
        for word in words:
            if wanted in (word.code, word.zh.casefold(), word.en.casefold()):
                return word.code
        raise Refuse("not_choice", offered=" / ".join(f"{word.zh} {word.en}" for word in words))

    return parse


def list_of(parse: Parse, mark: str) -> Parse:
    """Several values in one cell."""

    def parse_all(text: str) -> tuple[Any, ...]:
        marks = {mark, "；"} if mark == ";" else {mark}
        for other in marks - {mark}:
            text = text.replace(other, mark)
        return tuple(parse(part.strip()) for part in text.split(mark) if part.strip())

    return parse_all


def _date(text: str, formats: tuple[str, ...], excel: int) -> date:
    for form in formats:
        try:
            return _known(datetime.strptime(text, form).date())
        except ValueError:
            continue
    found = _DATE.match(text) or _COMPACT.match(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if _SERIAL.match(text):
        return _serial(int(text.partition(".")[0]), excel)
    day, gap, clock = text.replace("T", " ").partition(" ")
    if gap and _TIME.match(clock):
        return _date(day, (), excel)
    raise Refuse("not_date")


def _day(year: int, month: int, day: int) -> date:
    try:
        return _known(date(year, month, day))
    except ValueError:
        raise Refuse("not_date") from None


def _serial(number: int, excel: int) -> date:
    return _known(_EPOCHS[excel] + timedelta(days=number))


def _known(on: date) -> date:
    """Years that a bank can mean; 0001 and 9999 are slips and would overflow when shifted to UTC."""
    if not 1900 <= on.year <= 2200:
        raise Refuse("not_date")
    return on
