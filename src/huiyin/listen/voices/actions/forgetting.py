"""When the person of a matter was erased."""

from uuid import UUID

from huiyin.kernel.ids import new_id
from huiyin.kernel.secret import secret_hash
from huiyin.listen.voices.models import Intake, Voice


def forget(*, voice: UUID) -> None:
    """The link that its customer held opens no more, and nothing tells from where it was sent."""
    Voice.objects.filter(pk=voice).exclude(secret_hash=None).update(secret_hash=None)
    nobody = secret_hash(new_id().hex)
    Intake.objects.filter(pk=voice).update(secret_hash=nobody, origin="", network="")
