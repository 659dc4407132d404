"""The house keeps its own rules where no import contract can see them."""

import ast
import re
from pathlib import Path

import pytest

from huiyin.site import given
from scripts import docs as generated

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "huiyin"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
CODE = sorted(path for path in SOURCE.rglob("*.py") if not {"migrations", "tests"} & set(path.parts))


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_no_room_looks_up_another_rooms_tables_by_name() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_model"
    ]
    assert not found


# What else has a name: files, fields, tokens, imports, customers, lines of a table that are worded already.
NAMED_OTHERWISE = {
    "field",
    "attrs",
    "file",
    "line.file",
    "token",
    "run",
    "part",
    "one",
    "person.masked",
    "masked",
    "known",
    "line",
    "line.paper",
}


def test_people_units_and_products_are_named_in_the_language_of_the_page() -> None:
    """In templates through `named` (or `word`, where only plain text can stand), in code through `Named.word`."""
    printed = re.compile(r"(?:\{\{|[^!=]=)\s*([\w.]+)\.(name|name_en|zh|en)\b(?!\|(?:word|holiday|facet))")
    found = [
        f"{_name(path)}: {match[0]}"
        for path in TEMPLATES
        for match in printed.finditer(path.read_text("utf-8"))
        if match[1] not in NAMED_OTHERWISE
        and (path.parent.name, match[1]) not in {("customer", "person"), ("units", "unit")}
    ]
    chosen = re.compile(r"\.name_en or |if (?:zh|chinese|english) else \w+\.name\b")
    # These write to a customer in the language of the matter, not of a page.
    letters = {"site/api/complaints.py", "kernel/label.py"}
    found += [
        f"{_name(path)}: {match[0]}"
        for path in CODE
        if _name(path) not in letters
        for match in chosen.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_setting_is_in_the_docs_and_nothing_else() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(given.ASKED)


def test_every_fact_and_reaction_is_in_the_docs() -> None:
    assert generated.PAGE.read_text("utf-8") == generated.facts(), "run `make docs`"


def test_every_indicator_is_in_the_docs() -> None:
    told = "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    codes = [path.stem.upper() for path in (SOURCE / "measure" / "indicators" / "catalogue").glob("*.toml")]
    assert codes
    assert [code for code in codes if not re.search(rf"\b{code}\b", told)] == []


def test_every_file_that_the_tour_names_exists() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text("utf-8")
    named = set(re.findall(r"`((?:[\w-]+/)+[\w.*-]+)`", tour))
    assert named
    missing = [name for name in named if not any(_is_there(root, name) for root in (SOURCE, ROOT))]
    assert missing == []


def test_every_test_that_the_docs_name_exists() -> None:
    pages = (ROOT / "docs").rglob("*.md")
    named = set(re.findall(r"`(test_\w+_\w+_\w+)`", "".join(path.read_text("utf-8") for path in pages)))
    files = [*SOURCE.rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")]
    known = set(re.findall(r"def (test_\w+)", "".join(path.read_text("utf-8") for path in files)))
    assert len(named) > 40
    assert named - known == set()


def _is_there(root: Path, name: str) -> bool:
    """A file, or the package of the same name that it has become."""
    return bool(list(root.glob(name))) or (root / name.removesuffix(".py")).is_dir()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_holds_no_code_and_no_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text), "style attributes are blocked by the content security policy"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text), "inline script"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline event handler"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "asks another host"


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_every_icon_that_a_template_names_exists(path: Path) -> None:
    from huiyin.site.templatetags.hy import _icons

    named = set(re.findall(r"\{% icon \"([\w-]+)\"", path.read_text("utf-8")))
    assert named <= set(_icons())


def test_no_file_is_left_for_later() -> None:
    found = [
        f"{_name(path)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\b(TODO|FIXME|XXX)\b", line)
    ]
    assert not found
