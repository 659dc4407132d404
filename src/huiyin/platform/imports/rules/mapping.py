"""A mapping says, in TOML, which column of a sheet becomes which field. It is told apart by its headers."""

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

from huiyin.kernel.fact import is_code
from huiyin.kernel.label import Label
from huiyin.platform.imports.rules import values
from huiyin.platform.imports.rules.text import header_key
from huiyin.platform.imports.rules.values import Fault, Parse, Refuse

REMEMBERED = 10_000
Headers = Sequence[tuple[Sequence[str], bool]]
"""For each column of a shape: the keys of the headers it goes by, and whether it must be there."""
KINDS = ("text", "code", "int", "number", "date", "datetime", "month", "phone", "email", "bool", "choice", "listed")


class Broken(Exception):
    """The mapping file itself is wrong, in words of both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Label("broken", zh, en)


@dataclass(frozen=True)
class Column:
    to: str
    headers: tuple[str, ...]
    parse: Parse
    kind: str
    required: bool = False
    told_apart: bool = False
    example: tuple[str, ...] = ()
    default: str | None = None  # what an empty cell means
    words: Dict[str, str] = field(default_factory=dict)  # of a choice: spelling -> code
    becomes: tuple[str, ...] = ()  # the codes that a cell of a choice may become
    listed: str = ""  # the name of the list whose words are taken

    def said(self, value: Any, chinese: bool) -> Any:
        """A value as people write it: the word of a code, the month of a date."""
        if value is None or isinstance(value, list | tuple):
            return value
        if self.kind == "month":
            return str(value)[:7]
        if self.kind == "listed":
            known = {word.code: word.zh if chinese else word.en for word in values.LISTS[self.listed]()}
            return known.get(value, value)
        spelt = (word for word, code in self.words.items() if code == value and word.isascii() is not chinese)
        return next(spelt, value)


@dataclass(frozen=True)
class Shape:
    """One set of headers that the mapping accepts."""

    name: str
    columns: tuple[Column, ...]
    constant: Dict[str, Any]

    def places(self, header: Sequence[str]) -> dict[int, Column] | None:
        """Where each column stands in a header, or None if it is not this shape."""
        at = {header_key(text): index for index, text in reversed(list(enumerate(header)))}
        found: dict[int, Column] = {}
        for column in self.columns:
            index = next((at[key] for key in map(header_key, column.headers) if key in at), None)
            if index is None and (column.required or column.told_apart):
                return None
            if index is not None:
                found.setdefault(index, column)
        return found or None

    def missing(self, header: Sequence[str]) -> list[str]:
        known = {header_key(text) for text in header}
        return [
            column.headers[0]
            for column in self.columns
            if (column.required or column.told_apart) and not known & {header_key(text) for text in column.headers}
        ]


def has_headers(shapes: Sequence[Headers], header: Sequence[str]) -> bool:
    """Whether a line is the header of one of the shapes: what `Mapping.shape_of` finds."""
    known = {header_key(text) for text in header}
    found = [[(not known.isdisjoint(keys), must) for keys, must in shape] for shape in shapes]
    return any(any(there for there, _must in shape) and all(t or not m for t, m in shape) for shape in found)


@dataclass(frozen=True)
class Mapping:
    code: str
    sink: str
    zh: str
    en: str
    shapes: tuple[Shape, ...]
    key: tuple[str, ...]
    key_prefix: str = ""
    key_else_row: bool = False
    atomic: bool = False
    remember: bool = True
    empty: frozenset[str] = frozenset()

    def word(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    def shape_of(self, header: Sequence[str]) -> Shape | None:
        return next((shape for shape in self.shapes if shape.places(header)), None)

    @property
    def headers(self) -> list[Headers]:
        """What `has_headers` goes by, as plain values that another process can be told."""
        return [
            [(sorted(map(header_key, c.headers)), c.required or c.told_apart) for c in shape.columns]
            for shape in self.shapes
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet as values. `key` is what makes it the same matter in the next file."""

    line: int
    key: str
    content: bytes
    values: dict[str, Any]


@dataclass
class Mapped:
    """Turns the cells of one sheet into rows. Not shared between runs: it counts rows that have no key."""

    mapping: Mapping
    shape: Shape
    header: Sequence[str]
    _ordinals: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        places = self.shape.places(self.header) or {}
        # Cells repeat: each column remembers what it has parsed, so most cells cost one look-up.
        self._plan: list[tuple[int, str, str, Parse, bool, dict[str, Any]]] = [
            (index, column.to, self.header[index].strip(), column.parse, column.required, {})
            for index, column in sorted(places.items())
        ]
        self._start: dict[str, Any] = {column.to: column.default for column in self.shape.columns}
        self._start |= self.shape.constant
        if self.shape.name:
            self._start["_shape"] = self.shape.name
        self._width = len(self.header)

    def row(self, line: int, cells: list[str]) -> Row | list[Fault]:
        """The row, or everything that is wrong with it."""
        if len(cells) != self._width and not self._fits(cells):
            return [Fault("", "width", {"cells": len(cells), "width": self._width})]
        found = dict(self._start)
        faults: list[Fault] | None = None
        empty = self.mapping.empty
        for index, to, header, parse, required, known in self._plan:
            cell = cells[index]
            if cell in known:
                found[to] = known[cell]
                continue
            text = cell.strip()
            if not text or text in empty:
                if required:
                    faults = faults or []
                    faults.append(Fault(header, "missing"))
                else:
                    known[cell] = found[to]
                continue
            try:
                found[to] = value = parse(text)
                if len(known) < REMEMBERED:
                    known[cell] = value
            except Refuse as no:
                faults = faults or []
                faults.append(Fault(header, no.code, no.params))
        if faults:
            return faults
        content = hashlib.blake2b("\x1f".join(cells).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        key = self._key(found, content)
        if key is None:
            return [Fault("", "no_key")]
        return Row(line, key, content, found)

    def _fits(self, cells: list[str]) -> bool:
        """More cells than headers are forgiven when the extra ones are empty."""
        return len(cells) > self._width and not any(cell.strip() for cell in cells[self._width :])

    def _key(self, found: dict[str, Any], content: bytes) -> str | None:
        parts = [found.get(name) for name in self.mapping.key]
        if parts and all(part not in (None, "") for part in parts):
            return self.mapping.key_prefix + "|".join(str(part) for part in parts)
        if not self.mapping.key_else_row:
            if parts and any(part not in (None, "") for part in parts):
                return self.mapping.key_prefix + "|".join(str(part or "") for part in parts)
            return None
        ordinal = self._ordinals[content] = self._ordinals.get(content, 0) + 1
        return f"{self.mapping.key_prefix}{content.hex()}-{ordinal}"


def mapping_from(text: str) -> Mapping:
    """Read a mapping; a mistake in it says what and where."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Broken(f"不是有效的 TOML（{error}）", f"it is no TOML ({error})") from None
    for name in ("code", "key"):
        if name not in raw and not (name == "key" and raw.get("key_else") == "row"):
            raise Broken(f"缺少 {name}", f"{name} is missing")
    if not (isinstance(raw["code"], str) and is_code(raw["code"])):
        raise Broken("code 只能用英文字母、数字和 - . _ /", "code: only letters, digits and - . _ / of ASCII")
    try:
        return _mapping(raw)
    except (TypeError, AttributeError, ValueError) as error:
        raise Broken(f"写法有误（{error}）", f"something is not in its form ({error})") from None


def _mapping(raw: Dict[str, Any]) -> Mapping:
    key = raw.get("key", ())
    if isinstance(key, str) or (not key and raw.get("key_else") != "row"):
        raise Broken('key 应为字段列表，如 ["source_id"]', 'key must be a list of fields such as ["source_id"]')
    common = [_column(line) for line in raw.get("column", [])]
    constant = dict(raw.get("constant", {}))
    shapes = [
        Shape(
            str(line.get("name", index)),
            tuple(common + [_column(column) for column in line.get("column", [])]),
            constant | dict(line.get("constant", {})),
        )
        for index, line in enumerate(raw.get("shape", []), start=1)
    ] or [Shape("", tuple(common), constant)]
    atomic = bool(raw.get("atomic", False))
    mapping = Mapping(
        code=str(raw["code"]),
        sink=str(raw.get("sink", raw["code"])),
        zh=str(raw.get("zh", raw["code"])),
        en=str(raw.get("en", raw["code"])),
        shapes=tuple(shapes),
        key=tuple(key),
        key_prefix=str(raw.get("key_prefix", "")),
        key_else_row=raw.get("key_else") == "row",
        atomic=atomic,
        remember=bool(raw.get("remember", not atomic)),
        empty=frozenset(raw.get("empty", ())),
    )
    for shape in mapping.shapes:
        names = {column.to for column in shape.columns} | set(shape.constant)
        unknown = [name for name in mapping.key if name not in names]
        if not shape.columns or unknown:
            raise (
                Broken(f"key 中的 {unknown[0]} 不是列", f"key {unknown[0]} is no column")
                if unknown
                else Broken("没有列", "there are no columns")
            )
    return mapping


def _column(raw: Dict[str, Any]) -> Column:
    to, kind = raw.get("to"), raw.get("kind", "text")
    headers = raw.get("from", to)
    headers = (headers,) if isinstance(headers, str) else tuple(headers or ())
    if not to or not headers:
        raise Broken("每列都要有 to 和 from", "a column needs `to` and `from`")
    if kind not in KINDS:
        raise Broken(f"列 {to}：没有 kind {kind}", f"column {to}: there is no kind {kind}")
    choices = raw.get("choices", {})
    if not isinstance(choices, dict) or (kind == "choice" and not choices):
        raise Broken(
            f'列 {to}：choice 需要 choices = {{ "原文" = "代码" }}',
            f'column {to}: a choice needs choices = {{ "word" = "code" }}',
        )
    if kind == "listed" and not raw.get("list"):
        raise Broken(f"列 {to}：listed 需要 list", f"column {to}: a listed column needs `list`")
    excel = int(raw.get("excel", 1900))
    if excel not in (1900, 1904):
        raise Broken(f"列 {to}：excel 应为 1900 或 1904", f"column {to}: excel is 1900 or 1904")
    parse = _PARSERS[kind](raw, tuple(raw.get("formats", ())), excel)
    if raw.get("split"):
        parse = values.list_of(parse, str(raw["split"]))
    example = raw.get("example", ())
    return Column(
        to=str(to),
        headers=(*headers, *_bilingual(headers)),
        parse=parse,
        words=dict(choices),
        becomes=(*choices.values(), *([raw["else"]] if raw.get("else") else ())),
        listed=str(raw.get("list", "")),
        kind=kind,
        required=bool(raw.get("required", False)),
        told_apart=bool(raw.get("header", False)),
        default=str(raw["default"]) if raw.get("default") else None,
        example=(example,) if isinstance(example, str) else tuple(str(line) for line in example),
    )


def _bilingual(headers: tuple[str, ...]) -> tuple[str, ...]:
    """The header of a template in both languages: 机构编码 Unit code."""
    chinese = next((text for text in headers if not text.isascii()), "")
    english = next((text for text in headers if text.isascii()), "")
    return (f"{chinese} {english}",) if chinese and english else ()


_PARSERS: dict[str, Callable[[Dict[str, Any], tuple[str, ...], int], Parse]] = {
    "text": lambda raw, formats, excel: values.text_of(int(raw.get("max", 200))),
    "code": lambda raw, formats, excel: values.code_of(int(raw.get("max", 64))),
    "int": lambda raw, formats, excel: values.int_of,
    "number": lambda raw, formats, excel: values.number_of,
    "date": lambda raw, formats, excel: values.date_of(formats, excel),
    "datetime": lambda raw, formats, excel: values.datetime_of(formats, excel),
    "month": lambda raw, formats, excel: values.month_of(excel),
    "phone": lambda raw, formats, excel: values.phone_of,
    "email": lambda raw, formats, excel: values.email_of,
    "bool": lambda raw, formats, excel: values.bool_of,
    "listed": lambda raw, formats, excel: values.listed(str(raw["list"])),
    "choice": lambda raw, formats, excel: values.choice_of(raw["choices"], raw.get("else")),
}
