"""When a customer was erased."""

from uuid import UUID

from huiyin.listen.surveys.models import Contact, Invitation


def forget(*, customer: UUID) -> None:
    """Their scores stay and count, as nobody's: what they wrote went with their key, the marks of their address and what
    a list said of them go here. An invitation that was not sent yet is not sent: there is no address any more."""
    Invitation.objects.filter(customer=customer).exclude(target="").update(target="")
    Contact.objects.filter(customer=customer).update(product="", segment="")
