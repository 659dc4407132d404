"""Upload a sheet, look at what it would do, confirm."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.platform.imports import actions, queries
from huiyin.platform.imports.forms import UploadForm
from huiyin.platform.imports.models import Run
from huiyin.platform.imports.queries import BROWSER, reason

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def home(request: Request) -> HttpResponse:
    """What can be imported, with templates, and what was."""
    must(request.actor, "import.run")
    language = get_language() or "zh-hans"
    kinds = [(mapping.code, mapping.word(language)) for mapping in queries.mappings()]
    names = dict(kinds)
    runs = [(run, names.get(run.mapping, run.mapping)) for run in queries.runs_visible_to(request.actor)[:50]]
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


def upload(request: Request, code: str) -> HttpResponse:
    """Put the file aside and look at it; nothing is changed yet."""
    must(request.actor, "import.run")
    mapping = _known(code)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = actions.put_aside(
            content=file.chunks(), name=file.name or "", mapping=mapping, by=request.actor, at=request.now
        )
        try:
            queries.read_sheet(queries.upload_path(run.pk), mapping, BROWSER).close()
        except Refusal as no:
            actions.drop(upload=run.pk)
            form.add_error("file", str(no.message))
        else:
            return redirect("imports:preview", pk=run.pk)
    columns = [
        (column.headers[0] if (get_language() or "").startswith("zh") else _english(column.headers), column.required)
        for column in mapping.shapes[0].columns
    ]
    word = mapping.word(get_language() or "zh-hans")
    return render(request, "imports/upload.html", {"form": form, "code": code, "word": word, "columns": columns})


@never_cache
def preview(request: Request, pk: UUID) -> HttpResponse:
    """What the file would do, row by row; confirming it does it."""
    must(request.actor, "import.run")
    run = queries.runs_visible_to(request.actor).filter(pk=pk, actor=request.actor.ref).first()
    if run is None:
        raise Http404
    if run.state != "waiting":
        return redirect("imports:run", pk=pk)
    path = queries.upload_path(pk)
    if not path.exists():
        raise actions.Gone
    mapping = queries.mapping(run.mapping)
    if request.method == "POST":
        if request.POST.get("do") == "drop":
            actions.drop(upload=pk)
            messages.info(request, _("The upload is thrown away. Nothing was changed."))
            return redirect("imports:home")
        partial = request.POST.get("partial") == "1"
        told = actions.confirm(upload=pk, partial=partial, by=request.actor, at=request.now, limits=BROWSER)
        if told.applied:
            messages.success(request, _("Imported: %(line)s") % {"line": told.line})
        else:
            messages.error(request, _("Nothing was imported: %(line)s") % {"line": told.line})
        return redirect("imports:run", pk=pk)
    told = actions.rehearse(mapping=mapping, source=path, by=request.actor, at=request.now, limits=BROWSER)
    return render(
        request,
        "imports/preview.html",
        {
            "run": run, "told": told, "word": mapping.word(get_language() or "zh-hans"),
            "faults": [(line, fault.column, reason(fault)) for line, fault in told.faults[:100]],
            "first": _table(told),
        },
    )  # fmt: skip


def run(request: Request, pk: UUID) -> HttpResponse:
    """How an import ended."""
    must(request.actor, "import.run")
    found = _run(request, pk)
    word = {mapping.code: mapping.word(get_language() or "zh-hans") for mapping in queries.mappings()}
    return render(
        request,
        "imports/run.html",
        {"run": found, "word": word.get(found.mapping, found.mapping), "report": queries.report_path(pk).exists()},
    )


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
    found = queries.runs_visible_to(request.actor).filter(pk=pk).exclude(state="waiting").first()
    if found is None:
        raise Http404
    return found


def _known(code: str) -> queries.Mapping:
    for mapping in queries.mappings():
        if mapping.code == code:
            return mapping
    raise Http404


def _english(headers: tuple[str, ...]) -> str:
    return next((text for text in headers if text.isascii()), headers[0])


def _table(told: actions.Report) -> dict:
    """The first rows as they were understood."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    columns = [c for c in told.mapping.shapes[0].columns if any(row.values.get(c.to) is not None for row in told.first)]
    heads = [column.headers[0] if chinese else _english(column.headers) for column in columns]
    return {"heads": heads, "rows": [[row.values.get(column.to) for column in columns] for row in told.first]}
