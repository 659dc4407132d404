"""Calls that a colleague took: as they stand on record with the matter they became."""

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices
from huiyin.measure.reviews.plugs.cases import DISSATISFIED
from huiyin.measure.reviews.rules.sources import Found, Line, Shown
from huiyin.resolve.cases import queries as cases

SORTS = {"phone": "call"}


class Conversations:
    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.sort = SORTS[channel]

    def found(self, since: datetime, until: datetime, path: str, high_redress: int) -> list[Found]:
        taken = voices.taken_between(self.channel, since, until)
        people = staff.people(view.taken_by for view in taken)
        where = units.paths(localdate(until))
        near = [
            view
            for view in taken
            if view.taken_by in people and where.get(people[view.taken_by].unit_id, "").startswith(path)
        ]
        rated = surveys.lowest_of(view.id for view in near)
        known = cases.cases(view.id for view in near)
        return [self._found(view, rated.get(view.id), known.get(view.id)) for view in near]

    def _found(self, view: voices.VoiceView, rated: int | None, case: cases.Case | None) -> Found:
        strata = {
            "dissatisfied": rated is not None and rated <= DISSATISFIED,
            "vulnerable": case is not None and not cases.VULNERABLE.isdisjoint(case.flag_codes),
            "reopened": case is not None and case.cycle > 1,
        }
        assert view.taken_by is not None
        lies_in = frozenset(code for code, true in strata.items() if true)
        return Found(view.id, view.number, view.taken_by, view.received_at, lies_in)

    def one(self, number: str) -> Found | None:
        view = voices.by_number(number.strip().upper())
        if view is None or view.taken_by is None or view.channel != self.channel:
            return None
        return Found(view.id, view.number, view.taken_by, view.received_at)

    def shown(self, subject: UUID, actor: Actor, at: datetime) -> Shown | None:
        view = voices.voice(subject)
        if view is None:
            return None
        taker = staff.person(view.taken_by)
        name = taker.word(get_language() or "zh-hans") if taker else ""
        said = voices.words(subject)
        text = "\n".join(part for part in (said.title, said.text) if part)
        want = _("What they want: %(want)s") % {"want": cases.hide_numbers(said.want)} if said.want else ""
        lines = [Line(view.received_at, _("Taken down by our colleague"), name, cases.hide_numbers(text), want)]
        lines += [
            Line(one.at, _("Added later"), "", cases.hide_numbers(one.text))
            for one in voices.additions(subject)
            if one.text
        ]
        seen = cases.visible_to(actor, at).filter(pk=subject).exists()
        return Shown(view.number, f"/desk/cases/{subject}/" if seen else "", lines)

    def hands(self, subject: UUID) -> set[UUID]:
        view = voices.voice(subject)
        return {view.taken_by} if view and view.taken_by else set()
