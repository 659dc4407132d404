"""A page as its words. Nothing of it is ever shown as a page, so nothing in it can run, load or track."""

import re
from html.parser import HTMLParser

LIMIT = 512_000
_BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr", "pre",
           "blockquote", "section", "article"}  # fmt: skip
_SILENT = {"script", "style", "title", "template", "noscript", "object", "svg", "iframe", "head"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent:
            if tag == "body":
                self.silent = ""
            return
        if tag in _SILENT:
            self.silent = tag
        elif tag in _BLOCKS:
            self.said.append("\n")
        elif tag == "td":
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.silent == tag:
            self.silent = ""
        elif tag in _BLOCKS and tag != "br" and not self.silent:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(re.sub(r"\s+", " ", data))


def text_of(page: str) -> str:
    """The words of a page, a block a line; no more than half a megabyte of it is looked at."""
    reader = _Words()
    reader.feed(page if len(page) <= LIMIT else page[:LIMIT].rpartition(">")[0] + ">")
    reader.close()
    lines = [line.strip() for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
