"""Reply templates: which placeholders there are, what is wrong with a text, and which template fits best."""

import re
from dataclasses import dataclass

from huiyin.bank.standards.rules.wording import fill
from huiyin.kernel.label import Label

FIELDS = (
    Label("customer", "客户称谓", "Form of address"),
    Label("number", "投诉编号", "Number of the complaint"),
    Label("received", "收到日期", "Day of receipt"),
    Label("due", "最迟答复日期", "Latest day of the answer"),
    Label("product", "产品", "Product"),
    Label("unit", "机构", "Unit"),
    Label("owner", "首问责任人", "First-contact owner"),
    Label("bank", "本行名称", "Name of the bank"),
    Label("link", "查询链接", "Tracking link"),
)
AUDIENCES = (
    Label("plain", "一般客户", "Customers in general"),
    Label("care", "需要特别关怀的客户", "Customers who need particular care"),
    Label("asking", "请客户补充材料或核对信息", "Asking customers for papers and facts"),
)
STATES = (
    Label("proposed", "待审定", "Waiting for approval"),
    Label("approved", "使用中", "In use"),
    Label("refused", "未通过", "Refused"),
    Label("replaced", "已被新版替代", "Replaced by a newer version"),
    Label("retired", "已停用", "Retired"),
)
LONGEST, LONGEST_TITLE = 5000, 120
_PLACE = re.compile(r"\{([^{}]*)\}")
_GAP = re.compile(r"【[^【】{}\n]{1,60}】|\[[^\[\]{}\n]{1,60}\]")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,46}[a-z0-9]", re.ASCII)


@dataclass(frozen=True)
class Wrong:
    """What a text may not have. `code`: unknown | brace | differs | empty | long | code; `what`: the placeholder."""

    code: str
    where: str  # zh | en | both
    what: str = ""


@dataclass(frozen=True)
class Text:
    """A template in both languages, its placeholders in braces."""

    title_zh: str
    body_zh: str
    title_en: str
    body_en: str


def is_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def wrong(code: str, text: Text) -> list[Wrong]:
    """Every finding of the linter; empty means fit to be proposed."""
    found = [] if is_code(code) else [Wrong("code", "both", code)]
    used: dict[str, set[str]] = {}
    for where, title, body in (("zh", text.title_zh, text.body_zh), ("en", text.title_en, text.body_en)):
        if not title.strip() or not body.strip():
            found.append(Wrong("empty", where))
        if len(title) > LONGEST_TITLE or len(body) > LONGEST:
            found.append(Wrong("long", where))
        names = _PLACE.findall(title + "\n" + body)
        known = {field.code for field in FIELDS}
        found += [Wrong("unknown", where, name) for name in dict.fromkeys(names) if name not in known]
        if any(brace in _PLACE.sub("", title + body) for brace in "{}"):
            found.append(Wrong("brace", where))
        used[where] = set(names)
    found += [Wrong("differs", "both", name) for name in sorted(used["zh"] ^ used["en"])]
    return found


def filled(text: Text, language: str, values: dict[str, str]) -> tuple[str, str]:
    """Title and body in one language. Every field must have a value; braces in values are harmless."""
    title, body = (
        (text.title_zh, text.body_zh) if language.startswith("zh") else (text.title_en, text.body_en)
    )  # fmt: skip
    return fill(title, values), fill(body, values)


def gaps(body: str) -> list[str]:
    """What the writer of a reply has to fill in by hand, brackets included."""
    return _GAP.findall(body)


def fits(query: str, code: str, text: Text) -> int:
    """How well a template answers to what was typed: 0 not at all; every word must be found. Titles weigh more."""
    words, score = query.casefold().split(), 1
    titles, bodies = (
        part.casefold() for part in (f"{code} {text.title_zh} {text.title_en}", text.body_zh + text.body_en)
    )
    for word in words:
        if word in titles:
            score += 10
        elif word in bodies:
            score += 1
        else:
            return 0
    return score
