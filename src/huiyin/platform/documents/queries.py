"""Printing: a document in, the bytes of a file out. Nothing is kept; whoever prints records that it was printed."""

from huiyin.platform.documents.plugs import docx, pdf
from huiyin.platform.documents.rules import (
    FORMS,
    Block,
    Break,
    Code,
    Document,
    Grid,
    Heading,
    Pairs,
    Picture,
    Words,
    paragraphs,
    texts,
)

__all__ = [
    "FORMS",
    "MIMES",
    "Block",
    "Break",
    "Code",
    "Document",
    "Grid",
    "Heading",
    "Pairs",
    "Picture",
    "Words",
    "paragraphs",
    "printed",
    "texts",
]

MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def printed(document: Document, form: str) -> bytes:
    """The document as `pdf` (PDF/UA-1, fonts inside) or `docx`. Equal documents give equal bytes; KeyError otherwise."""
    return {"pdf": pdf.write, "docx": docx.write}[form](document)
