"""Pages that show what we promise and how sure we are of it: calendars, rule packs, word lists, approved texts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.bank.standards import actions, queries
from huiyin.bank.standards.forms import TemplateForm
from huiyin.bank.units.queries import whole_bank
from huiyin.kernel.calendar import Calendar, Exceptional
from huiyin.kernel.permit import can, must
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
            "proposes": bool(can(request.actor, "standards.propose", whole_bank())),
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
    context = {
        "pack": found,
        "limits": limits,
        "findings": findings,
        "since": queries.effective(code),
        "proposes": bool(can(request.actor, "standards.propose", whole_bank())),
    }
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


# Reply templates


def replies(request: Request) -> HttpResponse:
    """Every reply template with its newest version, and who may do what with them."""
    must(request.actor, "standards.read")
    lines = [
        {"row": row, "state": _state(row.state), "audience": _audience(row.audience)}
        for row in queries.template_lines()
    ]
    context = {
        "lines": lines,
        "fields": queries.TEMPLATE_FIELDS,
        "proposes": bool(can(request.actor, "wording.propose")),
        "shipped": queries.shipped_templates() if can(request.actor, "wording.propose") else {},
    }
    return render(request, "standards/replies.html", context)


def propose(request: Request) -> HttpResponse:
    """A new template, or the next version of one (`?from=`: a template of ours, or one that came with the product)."""
    must(request.actor, "wording.propose")
    form = TemplateForm(request.POST or None, initial=_start(request.GET.get("from", "")))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.propose_template(
                code=data["code"], text=form.text, audience=data["audience"], by=request.actor, at=request.now
            )
        except actions.TemplateRefused as no:
            form.add_findings(no.reasons["findings"])  # type: ignore[arg-type]
        except actions.NotDecidable as no:
            form.add_error("code", str(no.message))
        else:
            messages.success(request, _("The text is proposed. It can be used once a second person has approved it."))
            return redirect("standards:reply", made.code)
    context = {"form": form, "fields": queries.TEMPLATE_FIELDS}
    return render(request, "standards/propose.html", context, status=422 if form.errors else 200)


def _start(code: str) -> dict[str, str]:
    versions = queries.template_versions(code[:48])
    text = versions[0].text if versions else queries.shipped_templates().get(code)
    if text is None:
        return {}
    return {
        "code": code, "audience": versions[0].audience if versions else queries.shipped_audience(code), "title_zh": text.title_zh,
        "body_zh": text.body_zh, "title_en": text.title_en, "body_en": text.body_en,
    }  # fmt: skip


def reply(request: Request, code: str) -> HttpResponse:
    """One template: every version with its text, and the decision that waits."""
    must(request.actor, "standards.read")
    versions = queries.template_versions(code)
    if not versions:
        raise Http404
    approves = bool(can(request.actor, "wording.approve", whole_bank()))
    context = {
        "code": code,
        "versions": [{"row": row, "state": _state(row.state), "audience": _audience(row.audience)} for row in versions],
        "proposes": bool(can(request.actor, "wording.propose")),
        "approves": approves,
        "own": approves and any(v.state == "proposed" and v.proposed_by == request.actor.ref for v in versions),
    }
    return render(request, "standards/reply.html", context)


@require_POST
def decide(request: Request, code: str, verb: str) -> HttpResponse:
    """approve | refuse | retire."""
    must(request.actor, "wording.approve", whole_bank())
    if verb == "retire":
        actions.retire_template(code=code, by=request.actor, at=request.now)
        messages.success(request, _("The template is retired."))
        return redirect("standards:reply", code)
    number = request.POST.get("version", "")
    if verb not in ("approve", "refuse") or not (number.isascii() and number.isdecimal() and len(number) < 5):
        raise Http404
    done = actions.decide_template(
        code=code, version=int(number), approve=verb == "approve", by=request.actor, at=request.now
    )
    said = _("The template is in use.") if done.state == "approved" else _("The proposal is refused.")
    messages.success(request, said)
    return redirect("standards:reply", code)


def _state(code: str) -> object:
    return queries.TEMPLATE_STATES[code]


def _audience(code: str) -> object:
    return queries.TEMPLATE_AUDIENCES[code]


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
