"""Chats that a colleague had: what was said, line by line, whether or not a matter came of it."""

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.listen.chats import queries as chats
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices
from huiyin.measure.reviews.plugs.cases import DISSATISFIED
from huiyin.measure.reviews.rules.sources import Found, Line, Shown
from huiyin.resolve.cases import queries as cases


class Chats:
    sort = "chat"

    def found(self, since: datetime, until: datetime, path: str, high_redress: int) -> list[Found]:
        ended = chats.ended_between(since, until)
        people = staff.people(one.handler_id for one in ended)
        where = units.paths(localdate(until))
        near = [
            one
            for one in ended
            if one.handler_id in people and where.get(people[one.handler_id].unit_id, "").startswith(path)
        ]
        rated = surveys.lowest_of(one.pk for one in near)
        known = cases.cases(one.pk for one in near)
        return [self._found(one, rated.get(one.pk), known.get(one.pk)) for one in near]

    def _found(self, one: chats.Chat, rated: int | None, case: cases.Case | None) -> Found:
        strata = {
            "dissatisfied": rated is not None and rated <= DISSATISFIED,
            "vulnerable": case is not None and not cases.VULNERABLE.isdisjoint(case.flag_codes),
            "reopened": case is not None and case.cycle > 1,
        }
        assert one.handler_id is not None
        lies_in = frozenset(code for code, true in strata.items() if true)
        return Found(one.pk, chats.number_of(one), one.handler_id, one.ended_at or one.opened_at, lies_in)

    def one(self, number: str) -> Found | None:
        found = chats.by_number(number.strip().upper())
        if found is None:  # the number of the matter that came of it
            view = voices.by_number(number.strip().upper())
            found = chats.chat(view.id) if view else None
        if found is None or found.handler_id is None:
            return None
        return Found(found.pk, chats.number_of(found), found.handler_id, found.ended_at or found.opened_at)

    def shown(self, subject: UUID, actor: Actor, at: datetime) -> Shown | None:
        one = chats.chat(subject)
        if one is None:
            return None
        language = get_language() or "zh-hans"
        lines = []
        for said in chats.lines(subject):
            text = said.words(language) or cases.hide_numbers(said.text) or (_("A file") if said.file else "")
            who = said.name.word(language) if said.name and said.side == "agent" else ""
            title = _("Our colleague") if said.side == "agent" else _("Customer")
            lines.append(Line(said.at, _("Note") if said.note else title, who, text))
        seen = chats.visible_to(actor, at).filter(pk=subject).exists()
        return Shown(chats.number_of(one), f"/desk/chats/{subject}/" if seen else "", lines)

    def hands(self, subject: UUID) -> set[UUID]:
        return chats.hands(subject)
