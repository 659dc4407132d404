"""A bank moves in with the attachments of its own cases."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.kernel.actor import machine
from huiyin.platform.files import queries as files
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
