"""Which case a file belongs to, by its name: `2023-0815/合同.pdf`, `2023-0815_合同.pdf`, `2023-0815 (2).jpg`."""

import re
import unicodedata
from collections.abc import Iterable

_CUT = re.compile(r"[_\s\-－—.·,，()（）\[\]【】]+")
_LITTER = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


def is_litter(path: str) -> bool:
    """What operating systems leave in folders and archives."""
    parts = path.replace("\\", "/").split("/")
    return any(part in _LITTER or part.startswith(("._", "~$")) for part in parts)


def keys_of(path: str) -> list[str]:
    """What the name may mean, the surest first: its folders, then its stem, whole and shortened from the right at every
    mark between words. The file belongs to the first of them that is a case."""
    *folders, name = [unicodedata.normalize("NFKC", part).strip() for part in path.replace("\\", "/").split("/")]
    stem = name.rpartition(".")[0] or name
    found = [folder for folder in folders if folder not in ("", ".", "..")]
    found.append(stem)
    found += [stem[: cut.start()] for cut in reversed(list(_CUT.finditer(stem))) if cut.start()]
    return list(dict.fromkeys(found))


def name_in_zip(name: str, utf8: bool) -> str:
    """Archives made by Chinese Windows hold GB 18030 names without saying so; Python has read them as code page 437."""
    if utf8:
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def wanted(paths: Iterable[str]) -> set[str]:
    """Every key that may have to be looked up for these names."""
    return {key for path in paths for key in keys_of(path) if len(key) <= 80}
