"""Which views somebody follows."""

from uuid import UUID

from huiyin.kernel.label import Label
from huiyin.resolve.workbench.models import Subscription

HOW = {
    label.code: label
    for label in (
        Label("daily", "每天一次", "Once a day"),
        Label("change", "件数变化时", "When the number changes"),
    )
}


def followed(staff: UUID | None) -> dict[UUID, Subscription]:
    """By view."""
    return {one.view_id: one for one in Subscription.objects.filter(staff=staff)} if staff else {}
