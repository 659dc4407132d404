"""The case page: one page to read, one address per verb."""

from huiyin.resolve.cases.views.dossier import dossier
from huiyin.resolve.cases.views.joining import merge
from huiyin.resolve.cases.views.page import case_page, index
from huiyin.resolve.cases.views.paper import letter, templates
from huiyin.resolve.cases.views.redress_limits import decide_limit, redress_limits
from huiyin.resolve.cases.views.shutting import decide_shut_day, shut_days
from huiyin.resolve.cases.views.verbs import do

__all__ = [
    "case_page",
    "decide_limit",
    "decide_shut_day",
    "do",
    "dossier",
    "index",
    "letter",
    "merge",
    "redress_limits",
    "shut_days",
    "templates",
]
