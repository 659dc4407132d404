"""Pages that show what we promise and how sure we are of it: calendars, rule packs, word lists, approved texts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from huiyin.bank.standards import queries
from huiyin.kernel.calendar import Calendar, Exceptional
from huiyin.kernel.permit import must
from huiyin.kernel.request import Request

FACETS = ("kind", "channel", "business_channel", "category", "subcategory", "cause", "severity", "complexity")
YEARS_SHOWN = (2011, 2036)


def index(request: Request) -> HttpResponse:
    """What is in use, and what needs attention."""
    must(request.actor, "standards.read")
    calendars = [
        {"cover": cover, "missing": cover.missing_year(request.now), "since": queries.effective(cover.code)}
        for cover in queries.coverage()
    ]
    packs = [
        {"pack": pack, "findings": queries.lint(pack), "since": queries.effective(pack.code)}
        for pack in queries.packs()
    ]
    return render(request, "standards/index.html", {"calendars": calendars, "packs": packs})


def calendar(request: Request, code: str) -> HttpResponse:
    """One year of a calendar: windows, days off, make-up days and the notices they rest on."""
    must(request.actor, "standards.read")
    found = next((c for c in queries.calendars() if c.code == code), None)
    if found is None:
        raise Http404
    year = _year(request)
    cover = next(c for c in queries.coverage() if c.code == code)
    days = sorted(day for day in found.exceptions if day.year == year)
    return render(
        request,
        "standards/calendar.html",
        {
            "calendar": found,
            "label": queries.calendar_label(code),
            "cover": cover,
            "missing": cover.missing_year(request.now),
            "year": year,
            "before": year - 1 if year > YEARS_SHOWN[0] else None,
            "after": year + 1 if year < YEARS_SHOWN[1] else None,
            "covered": found.covers(date(year, 1, 1)) and found.covers(date(year, 12, 31)),
            "months": [_month(found, year, month) for month in range(1, 13)],
            "stretches": _stretches([(day, found.exceptions[day]) for day in days]),
            "notices": [n for n in found.notices if any(found.exceptions[day].notice == n.number for day in days)],
            "week": [[(w.opens, w.closes) for w in windows] for windows in found.week],
        },
    )


def pack(request: Request, code: str) -> HttpResponse:
    """One rule pack, every limit in words with how sure its source is."""
    must(request.actor, "standards.read")
    found = queries.pack(code)
    if found is None:
        raise Http404
    limits = [{"limit": limit, "calendar": queries.calendar_label(limit.calendar)} for limit in found.limits]
    findings = queries.lint(found)
    context = {"pack": found, "limits": limits, "findings": findings, "since": queries.effective(code)}
    return render(request, "standards/pack.html", context)


def taxonomy(request: Request) -> HttpResponse:
    """The word lists a matter is described with."""
    must(request.actor, "standards.read")
    facets = [
        {
            "name": name,
            "labels": queries.facet(name),
            "official": queries.official_codes(name),
            "parents": _parents(name),
        }
        for name in FACETS
    ]
    return render(request, "standards/taxonomy.html", {"facets": facets})


def wordings(request: Request) -> HttpResponse:
    """The approved texts, in both languages."""
    must(request.actor, "standards.read")
    return render(request, "standards/wordings.html", {"wordings": queries.wordings().values()})


def _parents(name: str) -> dict[str, object]:
    above = "category" if name == "subcategory" else name
    return {code: queries.label(above, parent) for code, parent in queries.parents(name).items()}


def _year(request: Request) -> int:
    """The year asked for, kept within what can be shown."""
    text = request.GET.get("year", "")
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else localdate(request.now).year
    return min(max(wanted, YEARS_SHOWN[0]), YEARS_SHOWN[1])


@dataclass(frozen=True)
class Cell:
    """A date of the year view. `kind`: open | closed | off (holiday) | made_up."""

    date: date
    kind: str


def _month(calendar: Calendar, year: int, month: int) -> dict[str, object]:
    first = date(year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    cells: list[Cell | None] = [None] * first.weekday()
    for n in range(last.day):
        day = first + timedelta(days=n)
        cells.append(Cell(day, _kind(calendar, day)))
    cells += [None] * (-len(cells) % 7)
    return {"first": first, "weeks": [cells[i : i + 7] for i in range(0, len(cells), 7)]}


def _kind(calendar: Calendar, day: date) -> str:
    found = calendar.exceptions.get(day)
    if found is not None and found.kind == "CLOSED":
        return "off"
    if found is not None and not calendar.week[day.weekday()]:
        return "made_up"
    return "open" if calendar.open_on(day) else "closed"


def _stretches(days: list[tuple[date, Exceptional]]) -> list[dict[str, object]]:
    """Neighbouring dates of one holiday as one line."""
    found: list[dict[str, object]] = []
    for day, exception in days:
        last = found[-1] if found else None
        if last and last["exception"] == exception and last["last"] == day - timedelta(days=1):
            last["last"] = day
            last["days"] = int(str(last["days"])) + 1
        else:
            found.append({"first": day, "last": day, "days": 1, "exception": exception})
    return found
