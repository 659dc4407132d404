"""One customer's story on one page: everything in the order of time, and what to do next. Values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.customers.profiles.queries import PURPOSE, SOURCES, Statement
from huiyin.kernel.label import Label
from huiyin.listen.chats import queries as chats
from huiyin.resolve.callbacks import queries as callbacks
from huiyin.resolve.cases import queries as cases
from huiyin.site.pages.customer.matters import Matter

SORTS = (
    Label("matters", "诉求", "Matters"),
    Label("promises", "承诺", "Promises"),
    Label("contacts", "往来", "Contacts"),
    Label("chats", "在线会话", "Chats"),
    Label("posts", "公开帖文", "Public posts"),
    Label("ratings", "评价与调查", "Ratings and surveys"),
    Label("consents", "客户意愿", "Consents"),
    Label("record", "客户档案", "The record"),
)
SORT = {label.code: label for label in SORTS}


@dataclass(frozen=True)
class Moment:
    """One line. `title` is worded; `text` is what somebody wrote; `case` is linked."""

    at: datetime
    sort: str
    title: str
    text: str = ""
    case: Any = None
    chip: str = ""
    state: Label | None = None

    @property
    def label(self) -> Label:
        return SORT[self.sort]


@dataclass(frozen=True)
class Step:
    """The next thing to do about this customer, or "" where nothing waits."""

    text: str
    href: str = ""


def moments(
    matters: Sequence[Matter],
    letters: Iterable[tuple[Any, Any]],
    consents: Iterable[Statement],
    records: Iterable[tuple[datetime, str]],
    calls: Iterable[Moment],
    language: str,
) -> list[Moment]:
    """Newest first. `letters` are (matter's case, letter); `records` what happened to the record itself."""
    found: list[Moment] = list(calls)
    for matter in matters:
        case = matter.case
        found.append(Moment(case.received_at, "matters", matter.kind.word(language), matter.title, case))
        if case.closed_at:
            found.append(Moment(case.closed_at, "matters", _("Closed"), "", case, "none", matter.outcome))
        if matter.promised_at:
            found.append(
                Moment(matter.promised_at, "promises", _("Answer promised by this time"), "", case,
                       matter.promise_chip, matter.promise_kept)
            )  # fmt: skip
        for rating in matter.ratings:
            told = _("Rated %(score)s of 5") % {"score": rating.score}
            chip = "bad" if rating.score <= 2 else "ok" if rating.score >= 4 else "none"
            found.append(Moment(rating.answered_at, "ratings", told, rating.comment, case, chip, rating.word))
    found += [
        Moment(letter.created_at, "contacts", _("Letter to the customer"), letter.title, case)
        for case, letter in letters
    ]
    for said in consents:
        words = {"purpose": PURPOSE[said.purpose].word(language), "source": SOURCES[said.source].word(language)}
        told = _("Allowed: %(purpose)s (%(source)s)") if said.given else _("Refused: %(purpose)s (%(source)s)")
        found.append(Moment(said.at, "consents", told % words, chip=""))
    found += [Moment(at, "record", words) for at, words in records]
    return sorted(found, key=lambda one: one.at, reverse=True)


def called(call: Any, case: Any, language: str) -> Moment:
    """A call-back and what came of it."""
    words = cases.hide_numbers(callbacks.words(call.pk))
    chip = "bad" if call.followed else "ok" if call.outcome == "reached" else "none"
    return Moment(call.done_at, "contacts", _("Call-back"), words, case, chip, callbacks.OUTCOME[call.outcome])


def chatted(chat: Any, case: Any, language: str) -> Moment:
    """A chat that became a matter: what was said stands on the case page."""
    with_whom = chat.handler.word(language) if chat.handler else ""
    title = _("Chat with %(name)s") % {"name": with_whom} if with_whom else _("Chat, nobody was there")
    return Moment(chat.opened_at, "chats", title, "", case, "none", chats.STATE.get(chat.state))


def posted(line: Any, case: Any, language: str) -> Moment:
    """A public post that belongs to a matter. Its words are public; the author's name is masked."""
    title = _("Posted on %(place)s") % {"place": line.source.word(language)}
    chip = {"negative": "bad", "positive": "ok"}.get(line.mood.code, "none")
    return Moment(line.row.post.posted_at, "posts", title, cases.hide_numbers(line.text), case, chip, line.mood)


def surveyed(asked: Any) -> list[Moment]:
    """That they were asked in a survey, and that they answered. What they answered is counted, not shown by person."""
    found = [Moment(asked.invited_at, "ratings", _("Asked in the survey “%(title)s”") % {"title": asked.title})]
    if asked.answered_at:
        found.append(
            Moment(asked.answered_at, "ratings", _("Answered the survey “%(title)s”") % {"title": asked.title})
        )
    return found


def next_step(matters: Sequence[Matter], alike: Sequence[UUID], at: datetime) -> Step:
    """An overdue promise first, then the open matter that is due soonest, then records that look alike."""
    open_now = [matter for matter in matters if matter.case.closed_at is None]
    waiting = [m for m in open_now if m.case.answered_at is None and m.promised_at is not None]
    if waiting:
        first = min(waiting, key=lambda m: m.promised_at or at)
        words = {"number": first.case.number}
        late = first.promised_at is not None and first.promised_at < at
        text = _("The promised time of %(number)s has passed: answer it.") if late else _("Answer %(number)s in time.")
        return Step(text % words, f"/desk/cases/{first.case.id}/")
    answered = [m for m in open_now if m.case.answered_at is not None]
    if answered:
        words = {"number": answered[0].case.number}
        return Step(
            _("%(number)s is answered: ask the customer whether it is settled.") % words,
            f"/desk/cases/{answered[0].case.id}/",
        )
    if open_now:
        words = {"number": open_now[0].case.number}
        return Step(_("Work on %(number)s.") % words, f"/desk/cases/{open_now[0].case.id}/")
    if alike:
        return Step(_("Decide whether the records that look alike are the same person's."), "#alike")
    return Step("")
