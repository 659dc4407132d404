"""Texts of the product: English in the code, Chinese in each room's locale/zh_Hans/LC_MESSAGES/django.po.

    scripts/messages.py update [room …]  collect new texts into the catalogues (existing translations stay)
    scripts/messages.py check      0 missing, 0 fuzzy, the same placeholders in both languages
    scripts/messages.py compile    write the .mo files (not committed)

Works with Babel alone; the gettext programs are not needed.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "huiyin"
PO = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HAN = re.compile(r"[\u3400-\u9fff]")


def main() -> int:
    verb = sys.argv[1] if len(sys.argv) > 1 else "check"
    named = sys.argv[2:]
    rooms = sorted(path.parent for path in SOURCE.rglob("apps.py") if not named or path.parent.name in named)
    if verb == "compile":
        return sum(compile_one(room) for room in rooms)
    if verb == "update":
        for room in rooms:
            update(room)
        return 0
    return check(rooms)


def collected(room: Path) -> Catalog:
    """Every text of a room: its Python files and its templates."""
    found = Catalog(locale="zh_Hans", charset="utf-8")
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        if any(part in ("tests", "migrations", "static", "locale") for part in path.relative_to(room).parts):
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        for line, text, _comments, context in texts(path):
            found.add(text, locations=[(str(path.relative_to(ROOT)), line)], context=context)
    return found


def texts(path: Path) -> Iterator[tuple]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        source = templatized(source, path)
    yield from extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def templatized(source: str, path: Path) -> str:
    """A template as Django's own makemessages reads it: only its translatable texts, as gettext calls."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize

    # Babel reads Python tokens, to which an indented line of blanked-out HTML means something.
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def read(room: Path) -> Catalog:
    path = room / PO
    if not path.exists():
        return Catalog(locale="zh_Hans", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def update(room: Path) -> None:
    wanted = collected(room)
    kept = read(room)
    if not len(wanted):
        return
    fresh = Catalog(locale="zh_Hans", charset="utf-8", project="Huiyin", fuzzy=False)
    for message in wanted:
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        fresh.add(
            message.id,
            string=known.string if known else None,
            locations=[(name, None) for name in sorted({name for name, _line in message.locations})],
            flags=known.flags if known else (),
            context=message.context,
            user_comments=known.user_comments if known else (),
        )
    path = room / PO
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, width=120, sort_output=True, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Language: zh_Hans\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    path.write_bytes(header.encode() + buffer.getvalue())
    missing = sum(1 for message in fresh if message.id and not translated(message))
    print(f"{path.relative_to(ROOT)}: {len(fresh)} texts, {missing} to translate")


def check(rooms: list[Path]) -> int:
    """A text counts as translated if any room's catalogue has it: Django joins them into one."""
    catalogues = {room: read(room) for room in rooms}
    known: dict[tuple, Message] = {}
    problems = []
    for room, catalogue in catalogues.items():
        for message in catalogue:
            if not message.id:
                continue
            if translated(message):
                known.setdefault((message.id, message.context), message)
            problems += [f"{room.relative_to(SOURCE)}: {why}: {text(message)!r}" for why in faults(message)]
    total = 0
    for room in rooms:
        for message in collected(room):
            if not message.id:
                continue
            total += 1
            if (message.id, message.context) not in known:
                problems.append(f"{message.locations[0][0]}: not translated: {text(message)!r}")
            if HAN.search(text(message)):
                problems.append(f"{message.locations[0][0]}: Chinese in the code: {text(message)!r}")
    for problem in problems:
        print(problem)
    print(f"messages: {total} texts, {len(problems)} problems")
    return 1 if problems else 0


def faults(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    if not translated(message):
        return
    wanted = set(PLACEHOLDER.findall(text(message)))
    if isinstance(message.id, tuple):
        wanted |= set(PLACEHOLDER.findall(message.id[1]))
    for string in message.string if isinstance(message.string, tuple) else (message.string,):
        if set(PLACEHOLDER.findall(string)) != wanted:
            yield f"placeholders differ ({string!r})"


def text(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(strings) and all(strings)


def compile_one(room: Path) -> int:
    """Where rooms differ about a text, the common catalogue gets what most of them say, and each room its own words under
    its name (huiyin.site.templatetags.room_words)."""
    path = room / PO
    target = path.with_suffix(".mo")
    newest = max(one.stat().st_mtime for one in (Path(__file__), *SOURCE.rglob("django.po")))
    if not path.exists() or (target.exists() and target.stat().st_mtime >= newest):
        return 0
    catalog = read(room)
    for message in [one for one in catalog if one.id and one.string and not one.context]:
        common = disputed().get(_key(message))
        if common is not None:
            catalog.add(message.id, message.string, context=room.name)
            message.string = common
    with target.open("wb") as file:
        write_mo(file, catalog)
    return 0


@cache
def disputed() -> dict[str, object]:
    """Texts that are not put alike in all rooms -> what most of them say, in doubt what stands on the pages of `site`."""
    said: dict[str, list[tuple[str, object]]] = {}
    for room in sorted(path.parent for path in SOURCE.rglob("apps.py")):
        for message in read(room):
            if message.id and message.string and not message.context:
                said.setdefault(_key(message), []).append((room.name, message.string))
    found = {}
    for key, words in said.items():
        counts = Counter(str(word) for _, word in words)
        if len(counts) > 1:
            most = max(counts.values())
            best = [(name != "site", n, word) for n, (name, word) in enumerate(words) if counts[str(word)] == most]
            found[key] = min(best, key=lambda one: one[:2])[2]
    return found


def _key(message: Message) -> str:
    return str(message.id)


if __name__ == "__main__":
    sys.exit(main())
