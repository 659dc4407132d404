"""What a view is handed: Django's request with the two things the middleware added. For annotations only."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from huiyin.kernel.actor import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_htmx.middleware import HtmxDetails

    class Request(HttpRequest):
        now: datetime
        actor: Actor
        htmx: HtmxDetails
        choices: dict[str, str]
        reference: str
        auth: Any  # what the API's door found out about the caller

else:

    class Request:
        now: datetime
        actor: Actor
