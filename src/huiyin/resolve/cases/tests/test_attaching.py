"""A bank moves in with the attachments of its own cases."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.kernel.actor import machine
from huiyin.platform.files import queries as files
from huiyin.platform.imports import queries as sheets
from huiyin.platform.imports import tasks
from huiyin.platform.imports.models import Run
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.rules.attaching import is_litter, keys_of, name_in_zip
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.cases.tests.test_moving_in import CLOSED, brought, case_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    "path, first, among",
    [
        ("2023-0815/合同.pdf", "2023-0815", "合同"),
        ("投诉附件/2023-0815/合同.pdf", "投诉附件", "2023-0815"),
        ("2023-0815_合同_第二页.pdf", "2023-0815_合同_第二页", "2023-0815"),
        ("2023-0815（2）.jpg", "2023-0815(2)", "2023-0815"),
        ("２０２３-0815 答复.docx", "2023-0815 答复", "2023-0815"),
        ("..\\2023-0815\\a.pdf", "2023-0815", "a"),
    ],
)
def test_a_name_tells_its_case(path: str, first: str, among: str) -> None:
    assert keys_of(path)[0] == first and among in keys_of(path)


def test_names_of_archives_made_by_chinese_windows_are_read() -> None:
    assert name_in_zip("投诉.pdf".encode("gb18030").decode("cp437"), utf8=False) == "投诉.pdf"
    assert name_in_zip("投诉.pdf", utf8=True) == "投诉.pdf"
    assert is_litter("__MACOSX/a/._b.pdf") and is_litter("a/~$b.docx") and not is_litter("a/b.pdf")


def test_a_folder_and_a_zip_give_each_file_to_its_case_once(cast: Any, at: datetime, tmp_path: Path) -> None:
    assert brought(tmp_path, at, CLOSED.replace("OLD-1", "2023-0815")).new == 1
    old = case_of("2023-0815")
    ours = stories.hear(cast, at, phone="13900139001")
    folder = tmp_path / "附件"
    (folder / "2023-0815").mkdir(parents=True)
    (folder / "2023-0815" / "合同.pdf").write_bytes(PDF)
    for n in range(11):  # more than a customer may add within a day
        (folder / f"{ours.number.lower()}_{n}.pdf").write_bytes(PDF + bytes([65 + n]))
    (folder / "2023-0815_坏.exe").write_bytes(b"MZ\x90\x00" + bytes(60))
    (folder / "没有编号.pdf").write_bytes(PDF)
    by = machine("import")
    told = actions.attach_files(source=folder, by=by, at=at)
    assert (told.new, told.unchanged, len(told.left)) == (12, 0, 2)
    assert [file.name for file in files.files_of(old.pk)] == ["合同.pdf"] and len(files.files_of(ours.pk)) == 11
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("2023-0815/另名.pdf", PDF)  # the same content under another name
        archive.writestr("2023-0815/补充.pdf", PDF + b"more")
        archive.writestr("2023-0815/大.pdf", b"%PDF-1.4\n" + bytes(20 * 1024 * 1024))
        archive.writestr("__MACOSX/2023-0815/._补充.pdf", b"x")
    told = actions.attach_files(source=tmp_path / "a.zip", by=by, at=at)
    assert (told.new, told.unchanged, [name for name, _why in told.left]) == (1, 1, ["2023-0815/大.pdf"])
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(actions.NotAnArchive):
        actions.attach_files(source=tmp_path / "b.zip", by=by, at=at)


def test_a_zip_goes_in_by_page_in_turns_of_the_worker(
    cast: Any, client: Any, settings: Any, at: datetime, tmp_path: Path
) -> None:
    settings.HUIYIN_HOME = tmp_path / "home"
    assert brought(tmp_path, at, CLOSED.replace("OLD-1", "2023-0815")).new == 1
    old = case_of("2023-0815")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(3):
            archive.writestr(f"2023-0815/{n}.pdf", PDF + bytes([65 + n]))
        archive.writestr("没有编号.pdf", PDF)
    admin = cast.login(client, "admin")

    def sent(content: bytes) -> Run:
        admin.post(reverse("imports:upload", args=["files"]), {"file": SimpleUploadedFile("a.zip", content)})
        return Run.objects.filter(mapping="files").latest("id")

    def turn(row: Run, seconds: float = 60) -> Run:
        tasks.turn(row.pk, row.ticket, seconds)
        row.refresh_from_db()
        return row

    row = turn(sent(packed.getvalue()))
    assert (row.state, row.read, row.new, row.rejected) == ("waiting", 4, 3, 1)
    preview = reverse("imports:preview", args=[row.pk])
    assert "没有编号.pdf" in admin.get(preview).content.decode() and not files.files_of(old.pk)
    admin.post(preview, {"partial": "1"})
    row.refresh_from_db()
    assert turn(row, 0).state == "running" and len(files.files_of(old.pk)) == 1, "one file, then others have their turn"
    assert turn(row).state == "finished"
    assert (row.read, row.new, row.unchanged, row.rejected) == (4, 3, 0, 1) and len(files.files_of(old.pk)) == 3
    again = turn(sent(packed.getvalue()))
    admin.post(reverse("imports:preview", args=[again.pk]), {"partial": "1"})
    again.refresh_from_db()
    assert (turn(again).new, again.unchanged) == (0, 3), "the same archive twice brings nothing new"
    torn = turn(sent(packed.getvalue()[:-30]))
    assert torn.state == "failed" and str(files.NotAnArchive.message) in sheets.why(torn)
