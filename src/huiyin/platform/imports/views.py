"""Upload a sheet, look at what it would do, confirm."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from huiyin.kernel.label import Label
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.platform.imports import actions, queries
from huiyin.platform.imports.forms import ArchiveForm, UploadForm
from huiyin.platform.imports.models import GOING, Run
from huiyin.platform.imports.queries import reason

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def home(request: Request) -> HttpResponse:
    """What can be imported, with templates, and what was."""
    must(request.actor, "import.run")
    language = get_language() or "zh-hans"
    kinds = [(mapping.code, mapping.word(language), True) for mapping in queries.mappings()]
    kinds += [(label.code, label.word(language), False) for label in actions.archives()]
    runs = [(run, _word(run.mapping)) for run in queries.runs_visible_to(request.actor)[:50]]
    return render(request, "imports/home.html", {"kinds": kinds, "runs": runs})


def template(request: Request, code: str) -> HttpResponse:
    """A sheet to fill in, in UTF-8 with BOM so that Excel and WPS read the Chinese."""
    must(request.actor, "import.run")
    _known(code)
    if request.GET.get("form") == "xlsx":
        answer = HttpResponse(queries.workbook(code, get_language() or "zh-hans"), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="huiyin-{code}.xlsx"'
        return answer
    text = queries.template(code, get_language() or "zh-hans")
    response = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="huiyin-{code}.csv"'
    return response


@never_cache
def upload(request: Request, code: str) -> HttpResponse:
    """Put the file aside and look at it, or have it looked at; nothing is changed yet."""
    must(request.actor, "import.run")
    archive = _archive(code)
    mapping = None if archive else _known(code)
    form = (ArchiveForm if archive else UploadForm)(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = actions.put_aside(
            content=file.chunks(), name=file.name or "", kind=code, by=request.actor, at=request.now
        )  # fmt: skip
        try:
            actions.look(upload=run.pk, by=request.actor, at=request.now)
        except Refusal as no:
            actions.drop(upload=run.pk)
            form.add_error("file", str(no.message))
        else:
            return redirect("imports:preview", pk=run.pk)
    language = get_language() or "zh-hans"
    columns = [
        (column.headers[0] if language.startswith("zh") else _english(column.headers), column.required)
        for column in (mapping.shapes[0].columns if mapping else ())
    ]
    context = {
        "form": form, "code": code, "word": _word(code), "columns": columns, "archive": bool(archive),
    }  # fmt: skip
    return render(request, "imports/upload.html", context)


@never_cache
def preview(request: Request, pk: UUID) -> HttpResponse:
    """What the file would do, row by row; confirming it does it."""
    must(request.actor, "import.run")
    run = queries.runs_visible_to(request.actor).filter(pk=pk, actor=request.actor.ref).first()
    if run is None:
        raise Http404
    if run.state not in ("checking", "waiting"):
        return redirect("imports:run", pk=pk)
    if request.method == "POST":
        return _decided(request, run)
    if run.state == "checking":
        return _going(request, run)
    look = queries.look_of(pk)
    return render(
        request,
        "imports/preview.html",
        {
            "run": run, "word": _word(run.mapping), "archive": _sheet(run.mapping) is None,
            "faults": [(line, fault.column, reason(fault)) for line, fault in sorted(look.faults, key=lambda one: one[0])],
            "first": _table(run.mapping, look),
        },
    )  # fmt: skip


def _decided(request: Request, run: Run) -> HttpResponse:
    if request.POST.get("do") == "drop":
        if run.state == "checking":
            actions.stop(upload=run.pk, by=request.actor, at=request.now)
        else:
            actions.drop(upload=run.pk)
        messages.info(request, _("The upload is thrown away. Nothing was changed."))
        return redirect("imports:home")
    partial = request.POST.get("partial") == "1"
    state = actions.confirm(upload=run.pk, partial=partial, by=request.actor, at=request.now)
    run.refresh_from_db()
    if state == "finished":
        messages.success(request, _("Imported: %(line)s") % {"line": queries.closing_line(run)})
    elif state == "refused":
        messages.error(request, _("Nothing was imported: %(line)s") % {"line": queries.closing_line(run)})
    return redirect("imports:run", pk=run.pk)


def _going(request: Request, run: Run) -> HttpResponse:
    """What is taken as a whole is one transaction: once that has begun, there is nothing to call off between."""
    sheet = _sheet(run.mapping)
    context = {
        "run": run, "word": _word(run.mapping), "mine": run.actor == request.actor.ref,
        "at_once": run.state == "running" and sheet is not None and sheet.atomic,
    }  # fmt: skip
    return render(request, "imports/going.html", context)


@never_cache
def run(request: Request, pk: UUID) -> HttpResponse:
    """How far an import is, or how it ended."""
    must(request.actor, "import.run")
    found = _run(request, pk)
    mine = found.actor == request.actor.ref
    if request.method == "POST":
        if not mine:
            raise Http404
        actions.stop(upload=pk, by=request.actor, at=request.now)
        messages.info(request, _("The import stops at its next step. What it has taken stays."))
        return redirect("imports:run", pk=pk)
    if found.state in GOING:
        return _going(request, found)
    context = {
        "run": found, "word": _word(found.mapping), "report": queries.report_path(pk).exists(),
        "line": queries.closing_line(found), "why": queries.why(found) if found.state == "failed" else "",
    }  # fmt: skip
    return render(request, "imports/run.html", context)


def report(request: Request, pk: UUID) -> HttpResponse | FileResponse:
    """The rows that were not taken, as a sheet."""
    must(request.actor, "import.run")
    _run(request, pk)
    path: Path = queries.report_path(pk)
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"huiyin-import-{pk}.csv", content_type="text/csv"
    )


def _run(request: Request, pk: UUID) -> Run:
    found = queries.runs_visible_to(request.actor).filter(pk=pk).exclude(state__in=("waiting", "checking")).first()
    if found is None:
        raise Http404
    return found


def _sheet(code: str) -> queries.Mapping | None:
    return next((mapping for mapping in queries.mappings() if mapping.code == code), None)


def _archive(code: str) -> Label | None:
    return next((label for label in actions.archives() if label.code == code), None)


def _word(code: str) -> str:
    """The kind of an import in words; the code of one that there is no longer."""
    known = _sheet(code) or _archive(code)
    return known.word(get_language() or "zh-hans") if known else code


def _known(code: str) -> queries.Mapping:
    found = _sheet(code)
    if found is None:
        raise Http404
    return found


def _english(headers: tuple[str, ...]) -> str:
    return next((text for text in headers if text.isascii()), headers[0])


def _table(code: str, look: queries.Look) -> dict:
    """The first rows as they were understood."""
    mapping = _sheet(code)
    chinese = (get_language() or "zh-hans").startswith("zh")
    columns = [
        c
        for c in (mapping.shapes[0].columns if mapping else ())
        if any(row.get(c.to) is not None for row in look.first)
    ]
    heads = [column.headers[0] if chinese else _english(column.headers) for column in columns]
    return {
        "heads": heads,
        "rows": [[column.said(row.get(column.to), chinese) for column in columns] for row in look.first],
    }
