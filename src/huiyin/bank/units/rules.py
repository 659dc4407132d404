"""What the tree allows: codes, kinds and who may stand under whom."""

import re

from huiyin.kernel.label import Label

KINDS = (
    Label("head", "总行", "Head office"),
    Label("branch", "分行", "Branch"),
    Label("outlet", "网点", "Outlet"),
    Label("department", "部门", "Department"),
    Label("desk", "值班台", "Duty desk"),
)
KIND = {kind.code: kind for kind in KINDS}

# A unit may stand under these kinds; only the head office stands under nothing.
_PARENTS = {
    "head": (),
    "branch": ("head", "branch"),
    "outlet": ("head", "branch", "outlet"),
    "department": ("head", "branch", "department"),
    "desk": ("head", "branch", "department"),
}
_CODE = re.compile(r"[A-Z0-9-]{1,16}\Z", re.ASCII)


def is_code(text: str) -> bool:
    return bool(_CODE.match(text))


def may_stand_under(kind: str, parent_kind: str | None) -> bool:
    if parent_kind is None:
        return kind == "head"
    return parent_kind in _PARENTS.get(kind, ())


def path_under(parent_path: str, code: str) -> str:
    """`HO/` + `B01` -> `HO/B01/`. Prefix of everything below, and of nothing else, because it ends with a slash."""
    return f"{parent_path}{code}/"


def rebased(path: str, old_prefix: str, new_prefix: str) -> str:
    """The path of something below a unit that moved."""
    return new_prefix + path[len(old_prefix) :]
