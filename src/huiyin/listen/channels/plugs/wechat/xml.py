"""The platform's XML, read within limits: one flat element, no document type, no entities of its own.

A DOCTYPE is refused before anything in it is looked at, so neither an entity bomb nor an outside file is ever reached.
"""

from xml.parsers import expat

BYTES = 64_000
DEPTH = 4
ELEMENTS = 200
VALUE = 20_000


class BadXml(Exception):
    """`code`: size | doctype | depth | elements | value | twice | root | malformed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fields(body: bytes) -> dict[str, str]:
    """`<xml><Name>value</Name>…</xml>` as a dict; of nested elements the path: `Article.Title`."""
    if not body or len(body) > BYTES:
        raise BadXml("size")
    found: dict[str, str] = {}
    path: list[str] = []
    text: list[str] = []
    count = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > ELEMENTS:
            raise BadXml("elements")
        if not path and name != "xml":
            raise BadXml("root")
        path.append(name)
        if len(path) > DEPTH:
            raise BadXml("depth")
        text.clear()

    def data(piece: str) -> None:
        text.append(piece)

    def end(_name: str) -> None:
        key = ".".join(path[1:])
        path.pop()
        value = "".join(text).strip("\r\n\t ")
        text.clear()
        if not key or not value:
            return
        if len(value) > VALUE:
            raise BadXml("value")
        if key in found and len(path) == 1:
            raise BadXml("twice")  # two programs would read two different messages
        found.setdefault(key, value)

    def refuse(*_given: object) -> None:
        raise BadXml("doctype")

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(body, True)
    except expat.ExpatError as wrong:
        raise BadXml("malformed") from wrong
    return found


def cdata(text: str) -> str:
    """Text as a CDATA section: what would end it early is split, what XML cannot hold is left out."""
    kept = "".join(
        char
        for char in text
        if char in "\t\n\r" or " " <= char <= "\ud7ff" or ("\ue000" <= char != "\ufffe" and char != "\uffff")
    )
    return "<![CDATA[" + kept.replace("]]>", "]]]]><![CDATA[>") + "]]>"
