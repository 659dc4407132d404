"""Reply templates: which are in use, which fit, and what of one is still to be filled in."""

from collections.abc import Mapping
from functools import lru_cache

from huiyin.bank.standards import rules
from huiyin.bank.standards.models import Template
from huiyin.bank.standards.queries.books import packaged
from huiyin.bank.standards.rules import templates

TEMPLATE_FIELDS = templates.FIELDS
TEMPLATE_AUDIENCES = {label.code: label for label in templates.AUDIENCES}
TEMPLATE_STATES = {label.code: label for label in templates.STATES}


def template(code: str) -> Template | None:
    """The version of a template that is in use."""
    return Template.objects.filter(code=code, state="approved").first()


def template_versions(code: str) -> list[Template]:
    """Every version, the newest first."""
    return list(Template.objects.filter(code=code).order_by("-version"))


def template_lines() -> list[Template]:
    """The newest version of every template, by code."""
    newest: dict[str, Template] = {}
    for row in Template.objects.order_by("code", "version"):
        newest[row.code] = row
    return list(newest.values())


def templates_for(*, care: bool = False, query: str = "") -> list[Template]:
    """The templates in use that answer to what was typed, the best first; wording for people who need particular care
    comes first where `care`, and is left out elsewhere."""
    found = [
        (row.audience == "care", templates.fits(query[:100], row.code, row.text), row)
        for row in Template.objects.filter(state="approved").order_by("code")
        if row.audience == "plain" or (care and row.audience == "care")
    ]
    return [row for first, score, row in sorted(found, key=lambda f: (not f[0], -f[1], f[2].code)) if score]


def templates_of(audience: str) -> list[Template]:
    """The templates in use of one audience, by code."""
    return list(Template.objects.filter(state="approved", audience=audience).order_by("code"))


def wrong_places(text: str) -> bool:
    """Does a text hold a placeholder that is not one of TEMPLATE_FIELDS, or a stray brace?"""
    return any(
        found.code in ("unknown", "brace") for found in templates.wrong("text", templates.Text("-", text, "-", text))
    )


def filled_places(text: str, values: Mapping[str, str]) -> str:
    return rules.fill(text, values)


@lru_cache(maxsize=1)
def shipped_templates() -> dict[str, templates.Text]:
    """Texts that come with the product, to start a proposal from. None is in use before a second person approved it."""
    table = packaged("replies")["replies.toml"]
    return {
        entry["code"]: templates.Text(
            entry["title_zh"], entry["body_zh"].strip(), entry["title_en"], entry["body_en"].strip()
        )
        for entry in table["reply"]
    }


def shipped_audience(code: str) -> str:
    """For whom a shipped text is."""
    found = (entry for entry in packaged("replies")["replies.toml"]["reply"] if entry["code"] == code)
    return next((str(entry.get("audience", "plain")) for entry in found), "plain")


def unfilled(text: str) -> str:
    """The first gap of one of our templates that a text still has as it came, "" if none: 【填写措施】, [measures]."""
    return next((gap for gap in sorted(_gaps()) if gap in text), "")


def _gaps() -> set[str]:
    bodies = [text for known in shipped_templates().values() for text in (known.body_zh, known.body_en)]
    for row in Template.objects.filter(state__in=("approved", "replaced", "retired")):
        bodies += [row.body_zh, row.body_en]
    return {gap for body in bodies for gap in templates.gaps(body)}
