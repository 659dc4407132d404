"""The steps of a case page in groups, so that the eye finds one among twenty."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.resolve.cases.views.offers import Offer

GROUPS: tuple[tuple[Any, str], ...] = (
    (_("With the customer"), "send reply reached summary law-letter update material confirm dispute needs withdraw"),
    (_("Findings"), "classify law find reclassify accuse accuse-unit"),
    (_("Who works on it"), "take assign handover substitute consult joint lift call-off contribute give-back bounce mark"),
    (_("Time limits"), "extend grant deny pause resume excuse grant-excuse deny-excuse"),
    (_("Redress"), "redress redress-approve redress-return redress-offer redress-accepted redress-declined redress-paid"
     " redress-drop"),
    (_("The case itself"), "note approve return split unmerge close"),
)  # fmt: skip


def grouped(offers: Iterable[Offer]) -> list[tuple[Any, list[Offer]]]:
    """(heading, offers) in the order above; a step of no group stands with the last one."""
    place = {code: n for n, (_label, codes) in enumerate(GROUPS) for code in codes.split()}
    found: list[list[Offer]] = [[] for _group in GROUPS]
    for offer in offers:
        found[place.get(offer.verb, len(GROUPS) - 1)].append(offer)
    return [(label, some) for (label, _codes), some in zip(GROUPS, found, strict=True) if some]
