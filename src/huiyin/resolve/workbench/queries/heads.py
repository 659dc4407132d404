"""What stands above the table of an exported list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.queries.views import OFFICIAL


@dataclass(frozen=True)
class Head:
    """The title, the unit that draws it up, the period, and who."""

    title: str
    unit: str
    period: str
    preparer: str


def head_of(asked: cases.Wanted, actor: Actor, language: str) -> Head:
    person, name = staff.person(actor.staff), title_of(asked)
    return Head(
        title=_("Complaint cases: %(name)s") % {"name": name.word(language) if hasattr(name, "word") else name},
        unit=person.unit.word(language) if person else "",
        period=_period(asked),
        preparer=f"{person.word(language)} {person.number}" if person else actor.ref,
    )


def title_of(asked: cases.Wanted) -> Label | str:
    """The name of a list: what was searched for, an official list, or the view."""
    if asked.q:
        return _("Found for “%(q)s”") % {"q": asked.q}
    known = {urlencode(query): label for label, query in OFFICIAL}
    query = {name: value for name, value in asked.query.items() if name != "cols"}
    return known.get(urlencode(query), cases.VIEWS[asked.view])


def _period(asked: cases.Wanted) -> str:
    if asked.since or asked.until:
        return _("%(since)s to %(until)s") % {"since": asked.since or "…", "until": asked.until or "…"}
    return _("no limit")
