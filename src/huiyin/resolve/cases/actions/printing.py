"""An answer on paper: whoever prints it is on record, and so is the hash of what was printed."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.platform.documents import queries as documents
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import LetterPrinted


def print_letter(*, reply: UUID, form: str, by: Actor, at: datetime) -> tuple[str, bytes]:
    """The file name and the bytes of a sent answer as `pdf` or `docx`. The letter shows the customer's name: it takes
    the right to answer them, and is recorded like every look behind the mask."""
    found = queries.reply(reply)
    if found is None or form not in documents.FORMS:
        raise Gone
    ground.allow(by, "case.reply", found.case, at)
    letter = queries.letter(found)
    if letter is None:
        raise Refused("not_sent_yet")
    content = documents.printed(letter, form)
    fact = LetterPrinted(case=found.case_id, reply=reply, form=form, sha256=hashlib.sha256(content).hexdigest())
    with transaction.atomic():
        ground.tell_history(found.case, fact, by, at)
    return f"{found.case.number}-{found.cycle}.{form}", content
