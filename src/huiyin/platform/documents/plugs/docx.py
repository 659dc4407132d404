"""A document as Word: A4, styles a bank's office can go on editing, names of fonts but no fonts inside."""

import zipfile
from io import BytesIO
from typing import Any

from huiyin.platform.documents.rules import Block, Code, Document, Grid, Heading, Pairs, Picture, Words, paragraphs

_EPOCH = (1980, 1, 1, 0, 0, 0)  # every part of the archive has this time, so that equal documents are equal bytes
_SERIF, _SANS = ("Times New Roman", "FangSong"), ("Arial", "SimHei")
_DROPPED = ("docProps/thumbnail.jpeg",)


def write(document: Document) -> bytes:
    """The same document gives the same bytes."""
    made = _Writer(document).made()
    raw = BytesIO()
    made.save(raw)
    return _still(raw.getvalue())


class _Writer:
    def __init__(self, document: Document) -> None:
        from docx import Document as new_document
        from docx.shared import Cm, Pt

        self.document, self.word = document, new_document()
        self.size = 18 if document.large else 12
        section = self.word.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(3), Cm(2.6)
        section.left_margin, section.right_margin = Cm(2.7), Cm(2.6)
        normal = self.word.styles["Normal"]
        _font(normal, _SERIF, Pt(self.size))
        normal.paragraph_format.line_spacing = 1.5
        normal.paragraph_format.space_after = Pt(6)
        for level in (1, 2):
            _font(self.word.styles[f"Heading {level}"], _SANS, Pt(self.size + (4 - 2 * level)))

    def made(self) -> Any:
        document = self.document
        self._properties()
        self._letterhead()
        if document.reference:
            self._paragraph(document.reference, "right")
        if document.title:
            self._paragraph(document.title, "center", bold=True, size=self.size + 4, sans=True)
        for name, value in document.about if document.cover else ():
            self._paragraph(f"{name}  {value}", "center")
        if document.cover:
            self.word.add_page_break()
        for block in document.blocks:
            self._block(block)
        if document.footer:
            self.word.sections[0].footer.paragraphs[0].text = document.footer
        return self.word

    def _properties(self) -> None:
        properties, at = self.word.core_properties, self.document.made_at.replace(tzinfo=None)
        properties.title, properties.language = self.document.title, self.document.language
        properties.author = properties.last_modified_by = "".join(self.document.letterhead[:1])
        properties.comments = ""
        properties.created = properties.modified = at.replace(microsecond=0)

    def _letterhead(self) -> None:
        for n, line in enumerate(self.document.letterhead):
            self._paragraph(line, "center", bold=n == 0, size=self.size + 6 if n == 0 else self.size - 2, sans=True)

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self.word.add_heading(" ".join(paragraphs(block.text)), level=block.level)
        elif isinstance(block, Words):
            for line in paragraphs(block.text):
                self._paragraph(line, block.align, indent=block.indent, size=self.size - 2 if block.quiet else None)
        elif isinstance(block, Pairs):
            self._table(block.rows, lines=False)
        elif isinstance(block, Grid):
            self._table((block.head, *block.rows), lines=True)
        elif isinstance(block, Code):
            for line in paragraphs(block.text):
                self._paragraph(line, size=self.size - 4)
        elif isinstance(block, Picture):
            self._paragraph(block.words, size=self.size - 2)  # a word processor draws no SVG: what it shows, in words
        else:
            self.word.add_page_break()

    def _paragraph(
        self, text: str, align: str = "left", *, indent: bool = False, bold: bool = False, size: int | None = None,
        sans: bool = False,
    ) -> None:  # fmt: skip
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        made = self.word.add_paragraph()
        made.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
        if indent:
            made.paragraph_format.first_line_indent = Pt(2 * self.size)
        run = made.add_run(" ".join(paragraphs(text)))
        run.bold = bold or None
        if size is not None or sans:
            _font(run, _SANS if sans else _SERIF, Pt(size or self.size))

    def _table(self, rows: tuple[tuple[str, ...], ...], *, lines: bool) -> None:
        made = self.word.add_table(rows=len(rows), cols=len(rows[0]) if rows else 1)
        if lines:
            made.style = "Table Grid"
        for n, row in enumerate(rows):
            for m, text in enumerate(row):
                cell = made.cell(n, m)
                cell.text = "\n".join(paragraphs(text))
                if lines and n == 0:
                    for run in cell.paragraphs[0].runs:
                        run.bold = True
        self.word.add_paragraph()


def _font(target: Any, names: tuple[str, str], size: Any) -> None:
    """Latin and Chinese letters of a style or a run, each in its own face, black."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    target.font.name, target.font.size = names[0], size
    target.font.color.rgb = RGBColor(0, 0, 0)
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), names[1])


def _still(raw: bytes) -> bytes:
    """The same archive without the time of writing and without the template's picture."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename in _DROPPED:
                continue
            content = old.read(info.filename)
            if info.filename == "_rels/.rels":
                content = _without_thumbnail(content)
            part = zipfile.ZipInfo(info.filename, _EPOCH)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(part, content)
    return out.getvalue()


def _without_thumbnail(rels: bytes) -> bytes:
    import re

    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", rels)
