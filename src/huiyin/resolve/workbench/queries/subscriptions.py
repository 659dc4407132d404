"""Which views somebody follows."""

from uuid import UUID

from huiyin.resolve.workbench.models import Subscription


def followed(staff: UUID | None) -> dict[UUID, Subscription]:
    """By view."""
    return {one.view_id: one for one in Subscription.objects.filter(staff=staff)} if staff else {}
