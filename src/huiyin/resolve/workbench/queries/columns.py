"""Which columns somebody has in the list, and what stands in them."""

from huiyin.kernel.actor import Actor
from huiyin.resolve.workbench.models import Columns
from huiyin.resolve.workbench.rules import columns


def columns_of(asked: str, actor: Actor) -> tuple[str, ...]:
    """Those of the address; else those that the person keeps; else the usual ones."""
    if asked:
        return columns.chosen(asked) or columns.USUAL
    kept = Columns.objects.filter(pk=actor.staff).values_list("codes", flat=True).first() if actor.staff else None
    return (columns.chosen(kept) if kept else ()) or columns.USUAL
