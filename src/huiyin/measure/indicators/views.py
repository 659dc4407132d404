"""The service quality dashboard, one page per indicator, and the rows behind every number."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huiyin.bank.units import queries as units
from huiyin.kernel.permit import can, must, paths
from huiyin.kernel.request import Request
from huiyin.measure.indicators import actions, queries
from huiyin.measure.indicators.forms import LABELS, OWN, FilterForm, RebaseForm, in_words
from huiyin.measure.indicators.rules.charts import funnel, overdispersion
from huiyin.measure.indicators.rules.plot import FunnelPlot, funnel_plot
from huiyin.measure.indicators.rules.signals import RULES
from huiyin.measure.indicators.templatetags.measures import words
from huiyin.resolve.cases import queries as cases

PAGE = 50


@require_GET
def dashboard(request: Request) -> HttpResponse:
    """One row per headline measure: now, n, target, control chart, two icons, one sentence."""
    must(request.actor, "dashboard.read")
    days = queries.span()
    form = _filters(request, days)
    asked: dict[str, Any] = {"actor": request.actor, "at": request.now, "filters": form.asked, **form.window}
    lines = [queries.series(code=one.code, **asked) for one in queries.catalogue()] if days.first else []
    return render(
        request,
        "indicators/dashboard.html",
        {
            "form": form,
            "days": days,
            "lines": lines,
            "narrowed": bool(form.asked),
            "query": _query(form),
            "volume": _volume(asked, form) if lines else [],
        },
    )


@require_GET
def indicator(request: Request, code: str) -> HttpResponse:
    must(request.actor, "dashboard.read")
    definition = queries.indicator(code)
    days = queries.span()
    form = _filters(request, days)
    asked: dict[str, Any] = {"code": definition.code, "actor": request.actor, "at": request.now, "filters": form.asked}
    line = queries.series(**asked, **form.window)
    span = _span(line, form)
    found = queries.reading(**asked, **span, whole=True) if span else None
    breakdowns = _breakdowns(asked, span, definition, form) if span else []
    return render(
        request,
        "indicators/indicator.html",
        {
            "definition": definition,
            "form": form,
            "days": days,
            "line": line,
            "points": list(reversed(line.points)),
            "reading": found,
            "span": span,
            "last_day": span and span["until_day"] - timedelta(days=1),
            "breakdowns": breakdowns,
            "funnel": _funnel(asked, span, definition) if span else None,
            "query": _query(form),
            "rows_query": urlencode({**form.asked, **_plain(span)}) if span else "",
            "sql": queries.sql_of(code=definition.code, grain=form.window["grain"]),
            "rules": RULES,
            "published": _published(request, definition),
            "may_manage": can(request.actor, "standards.manage", units.whole_bank()),
            "rebase_form": RebaseForm(),
        },
    )


def _published(request: Request, definition: queries.Definition) -> list[tuple[queries.Figure, str]]:
    """The newest published figures, each with the name of its unit."""
    names = _unit_names(localdate(request.now))
    found = queries.published(code=definition.code, actor=request.actor, at=request.now)[:24]
    return [(one, names.get(one.unit_path, "")) for one in found]


@require_GET
def rows(request: Request, code: str) -> HttpResponse:
    """The things a number counts. Everything is paged; a case is linked where the reader may see it."""
    must(request.actor, "dashboard.read")
    definition = queries.indicator(code)
    form = _filters(request, queries.span())
    line = queries.series(
        code=definition.code, actor=request.actor, at=request.now, filters=form.asked, grain=form.window["grain"]
    )
    span = _span(line, form)
    hit = {"yes": True, "no": False}.get(request.GET.get("counted", ""))
    if not span:
        return redirect("indicators:indicator", code=definition.code)
    asked = {
        "code": definition.code,
        "actor": request.actor,
        "at": request.now,
        "filters": form.asked,
        **span,
        "hit": hit,
    }
    total = queries.rows(**asked, limit=0).total
    page = Paginator(range(total), PAGE).get_page(request.GET.get("page"))
    found = queries.rows(**asked, offset=(page.number - 1) * PAGE, limit=PAGE)
    visible = _visible(request, [row.subject for row in found.rows])
    names = _unit_names(span["until_day"] - timedelta(days=1))
    language = get_language() or "en"
    said = {
        name: in_words(name, (getattr(row, name) or "" for row in found.rows), language)
        for name in ("channel", "category", "product")
    }
    shown = [
        {
            "row": row,
            "link": _link(definition, row.subject, visible),
            "unit": names.get(row.unit_path, "—"),
            **{name: values[getattr(row, name) or ""] for name, values in said.items()},
        }
        for row in found.rows
    ]
    return render(
        request,
        "indicators/rows.html",
        {
            "definition": definition,
            "found": found,
            "shown": shown,
            "page": page,
            "span": span,
            "last_day": span["until_day"] - timedelta(days=1),
            "counted": request.GET.get("counted", ""),
            "query": _query(form),
            "filters": [(LABELS[name], _named(name, value, names, language)) for name, value in form.asked.items()],
        },
    )


@require_POST
def rebase(request: Request, code: str) -> HttpResponse:
    must(request.actor, "standards.manage", units.whole_bank())
    form = RebaseForm(request.POST)
    if form.is_valid():
        actions.rebase(code=queries.indicator(code).code, by=request.actor, at=request.now, **form.cleaned_data)
        messages.success(request, _("The limits begin anew from that day."))
    else:
        messages.error(request, _("The limits were not changed: a day and a reason are needed."))
    return redirect("indicators:indicator", code=code)


@require_POST
def publish(request: Request) -> HttpResponse:
    """Freeze the figures of the last whole month."""
    must(request.actor, "standards.manage", units.whole_bank())
    days = queries.span()
    last = queries.back(days.as_of_day, "month", 1) if days.as_of_day else date(1970, 1, 1)
    made = actions.publish(month=last, by=request.actor, at=request.now)
    if made:
        messages.success(request, _("The figures of the last month are published; they will not change again."))
    else:
        messages.info(request, _("The figures of the last month had been published before."))
    return redirect("indicators:dashboard")


def _filters(request: Request, days: queries.Span) -> FilterForm:
    places = []
    if days.as_of_day:
        allowed = paths(request.actor, "dashboard.read")
        language = get_language() or "en"
        for unit in units.all_units(days.as_of_day):
            if unit.path.startswith(allowed) and unit.kind in ("head", "branch", "outlet"):
                places.append((unit.path, "　" * unit.depth + unit.word(language)))
    values = (
        {name: queries.choices(actor=request.actor, at=request.now, name=name) for name in OWN} if days.first else {}
    )
    return FilterForm(request.GET, places=places, values=values)


def _query(form: FilterForm) -> str:
    window = form.window
    days = {
        "from_day": window["from_day"].isoformat() if "from_day" in window else "",
        "until_day": (window["until_day"] - timedelta(days=1)).isoformat() if "until_day" in window else "",
        "grain": window["grain"] if window["grain"] != "month" else "",
    }
    return urlencode({name: value for name, value in {**form.asked, **days}.items() if value})


def _span(line: queries.Series, form: FilterForm) -> dict[str, Any] | None:
    """The days a page speaks of: those asked for, else the newest whole period."""
    window = form.window
    if "from_day" in window and "until_day" in window:
        return {"from_day": window["from_day"], "until_day": window["until_day"]}
    now = line.now
    return {"from_day": now.period.start, "until_day": now.period.until} if now else None


def _plain(span: dict[str, Any]) -> dict[str, str]:
    return {
        "from_day": span["from_day"].isoformat(),
        "until_day": (span["until_day"] - timedelta(days=1)).isoformat(),
    }


def _breakdowns(
    asked: dict[str, Any], span: dict[str, Any], definition: queries.Definition, form: FilterForm
) -> list[dict[str, Any]]:
    """By unit and by every dimension that has more than one value, each line with its own rows."""
    language = get_language() or "en"
    names = _unit_names(span["until_day"] - timedelta(days=1))
    found = []
    for name in ("unit", *OWN):
        if name != "unit" and name not in form.fields:
            continue
        shares = [s for s in queries.breakdown(**asked, by=name, **span) if s.key]
        if len(shares) < (1 if name == "unit" else 2):
            continue
        told = names if name == "unit" else in_words(name, (share.key for share in shares[:40]), language)
        lines = [
            {
                "name": told.get(share.key, share.key),
                "point": share.point,
                "query": urlencode({**form.asked, name: share.key, **_plain(span)}),
            }
            for share in shares[:40]
        ]
        found.append({"name": LABELS[name], "lines": lines, "more": max(0, len(shares) - 40)})
    return found


def _named(name: str, value: str, names: dict[str, str], language: str) -> str:
    return names.get(value, value) if name == "unit" else in_words(name, [value], language)[value]


def _unit_names(on: date) -> dict[str, str]:
    language = get_language() or "en"
    return {unit.path: unit.word(language) for unit in units.all_units(on)}


def _funnel(asked: dict[str, Any], span: dict[str, Any], definition: queries.Definition) -> dict[str, Any] | None:
    """Outlets around the overall share: only those outside the funnel differ by more than chance."""
    if definition.kind != "share":
        return None
    on = span["until_day"] - timedelta(days=1)
    outlets = {u.path: u.word(get_language() or "en") for u in units.all_units(on) if u.kind == "outlet"}
    shares = [s for s in queries.breakdown(**asked, by="unit_path", **span) if s.key in outlets and s.point.n]
    if len(shares) < 5:
        return None
    total = sum(s.point.n for s in shares)
    overall = sum(s.point.num for s in shares) / total
    if not 0 < overall < 1:
        return None
    spread = [(overall * (1 - overall) / s.point.n) ** 0.5 for s in shares]
    sigma = overdispersion([(s.point.value or 0.0) - overall for s in shares], spread)
    drawn: FunnelPlot = funnel_plot(
        [(s.key, s.point.n, s.point.value or 0.0) for s in shares],
        overall,
        lambda n, z: funnel(n, overall, z, sigma),
        lambda value: words(value, definition),
    )
    outside = [{"name": outlets[dot.key], "dot": dot} for dot in drawn.dots if dot.outside]
    return {"plot": drawn, "outside": outside, "overall": overall, "outlets": len(shares)}


def _volume(asked: dict[str, Any], form: FilterForm) -> list[dict[str, Any]]:
    """What the volume of the newest period consists of: products, issues, companies, where there are any."""
    line = queries.series(code="M12", **asked)
    span = _span(line, form)
    if not span:
        return []
    known: dict[str, Any] = {"code": "M12", "actor": asked["actor"], "at": asked["at"], "filters": asked["filters"]}
    language = get_language() or "en"
    found = []
    for name, label in (
        ("category", LABELS["category"]), ("product", LABELS["product"]), ("issue", _("Issue")),
        ("company", LABELS["company"]),
    ):  # fmt: skip
        shares = [s for s in queries.breakdown(**known, by=name, **span) if s.key]
        total = sum(s.point.n for s in shares)
        if len(shares) > 1:
            told = in_words(name, (s.key for s in shares[:8]), language)
            lines = [{"name": told[s.key], "n": s.point.n, "width": _width(s.point.n, shares[0].point.n),
                      "query": urlencode({**form.asked, **({name: s.key} if name in OWN else {}), **_plain(span)})}
                     for s in shares[:8]]  # fmt: skip
            found.append({"name": label, "lines": lines, "total": total, "last_day": span["until_day"]})
    return found


def _width(n: int, most: int) -> str:
    return f"{n / most * 100:.1f}" if most else "0"


def _visible(request: Request, subjects: list[str]) -> set[str]:
    """Which of these matters the reader may open."""
    ids = []
    for subject in subjects:
        try:
            ids.append(UUID(subject))
        except ValueError:
            continue
    found = cases.visible_to(request.actor, request.now).filter(pk__in=ids).values_list("pk", flat=True)
    return {str(pk) for pk in found}


def _link(definition: queries.Definition, subject: str, visible: set[str]) -> str:
    if definition.base == "rectifications":
        return f"/desk/rectifications/{subject}/"
    return f"/desk/cases/{subject}/" if subject in visible else ""
