"""What `huiyin import` calls: one way for organisation files, one for complaints."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions as voices
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases.actions import Attached, attach_files, move_in
from huiyin.site.first_run import open_head_office

BY = machine("import")
Progress = Callable[[int, int, int], None]  # rows, bytes done, bytes in all


def organisation(*, mapping: str, file: Path, partial: bool, at: datetime, progress: Progress) -> imports.Report:
    """Units, staff, products, exposures: all or nothing unless partial."""
    return imports.run(
        mapping=queries.mapping(mapping), source=file, by=BY, at=at, progress=progress, partial=partial, name=file.name
    )


def cases(*, mapping: str, file: Path, at: datetime, progress: Progress) -> imports.Report:
    """The bank's own complaints of the system it leaves, row by row. `native` is the product's own layout."""
    chosen = queries.mapping("cases") if mapping == "native" else queries.mapping_like("cases", Path(mapping))
    with tables.in_bulk():
        return imports.run(
            mapping=chosen, source=file, by=BY, at=at, sink=move_in, progress=progress, batch=500, name=file.name
        )


def attachments(*, source: Path, at: datetime, progress: Callable[[int, int], None]) -> Attached:
    """The attachments of the bank's own cases, by the numbers in their names."""
    return attach_files(source=source, by=BY, at=at, progress=progress)


def complaints(*, mapping: str, file: Path, at: datetime, progress: Progress) -> imports.Report:
    """Complaints, row by row: bad rows are reported, the others are kept. An empty home gets its head office first."""
    open_head_office(at=at)
    return voices.import_complaints(path=file, mapping=mapping, by=BY, at=at, progress=progress, alone=False)
