"""What is printed says exactly what was to be printed, in both forms, and twice the same."""

import time
from datetime import UTC, datetime
from io import BytesIO

import docx
import pypdfium2
import pytest

from huiyin.platform.documents.queries import Break, Document, Grid, Heading, Pairs, Words, printed, texts

NAME = "𠮷䶮𬱖"
LETTER = Document(
    title="关于您投诉的答复",
    language="zh-hans",
    made_at=datetime(2026, 3, 5, 2, 0, tzinfo=UTC),
    letterhead=("青禾银行", "消费者权益保护部"),
    reference="编号 T2603050001",
    footer="青禾银行 · T2603050001",
    blocks=(
        Words(f"{NAME}女士："),
        Words("您好！#set text(red) *不是* $标记$ <b>&amp;</b>\n第二段，Ａ１，1,234.56 元。\n\n\x00\x0b第三段。", indent=True),
        Heading("救济途径"),
        Grid(("途径", "期限"), (("核查", "三十日"), ("12378", "随时"))),
        Pairs((("首问责任人", "王丽"), ("电话", "96000"))),
        Break(),
        Words("青禾银行\n2026年3月5日", align="right", quiet=True),
    ),
)  # fmt: skip


def joined(text: str) -> str:
    return "".join(text.split())


def pdf_text(raw: bytes) -> str:
    document = pypdfium2.PdfDocument(raw)
    return joined("".join(page.get_textpage().get_text_range() for page in document))


def docx_text(raw: bytes) -> str:
    from docx.table import Table

    word, found = docx.Document(BytesIO(raw)), []
    for block in word.iter_inner_content():
        found += [cell.text for row in block.rows for cell in row.cells] if isinstance(block, Table) else [block.text]
    return joined("".join(found))


@pytest.mark.parametrize("form, read", [("pdf", pdf_text), ("docx", docx_text)])
def test_every_word_is_printed_in_order_and_nothing_is_read_as_mark_up(form, read) -> None:
    found, where = read(printed(LETTER, form)), 0
    for text in texts(LETTER):
        where = found.index(joined(text), where)
    assert NAME in found and "青禾银行消费者权益保护部编号T2603050001关于您投诉的答复" in found


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_equal_documents_are_equal_bytes(form) -> None:
    first = printed(LETTER, form)
    time.sleep(1.1)  # archives and documents like to keep the second in which they were written
    assert printed(LETTER, form) == first


def test_the_large_print_is_larger() -> None:
    from dataclasses import replace

    small, large = printed(LETTER, "pdf"), printed(replace(LETTER, large=True), "pdf")
    sizes = [pypdfium2.PdfDocument(raw)[0].get_textpage().get_charbox(0) for raw in (small, large)]
    assert pdf_text(small).replace("/", "") != "" and sizes[0] != sizes[1]


def test_a_dossier_has_a_cover_and_a_list_of_contents() -> None:
    dossier = Document(
        title="案卷", language="zh-hans", made_at=LETTER.made_at, letterhead=("青禾银行",), cover=True, contents=True,
        contents_title="目录", about=(("案号", "T2603050001"), ("客户", "王**")),
        blocks=(Heading("1 登记"), Words("内容一"), Break(), Heading("2 答复"), Words("内容二")),
    )  # fmt: skip
    pages = [joined(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(printed(dossier, "pdf"))]
    assert "案号T2603050001" in pages[0] and "目录" in pages[1] and "1登记" in pages[1]
    assert pages[2].startswith("1登记内容一") and pages[3].startswith("2答复内容二")
