"""Learning in the background. A job may be run twice, late, or die half-way: a version is named by its content."""

from datetime import UTC, datetime

from django.conf import settings
from django_tasks import task

from huiyin.kernel.actor import machine
from huiyin.resolve.triage.tasks import again, learning

INTAKE = ("category", "cause")  # what intake reads by words alone


@task()
def learn_seed() -> str:
    """Learn the heads that intake uses from the seed corpus; what is on the shelf already is left as it is."""
    return " ".join(learning.ready(facet, words_only=True)[1].version for facet in INTAKE)


@task()
def learn_from_people() -> str:
    """Learn from what people decided, facet by facet; what was tried with the same examples is not tried again."""
    fixed = settings.HUIYIN_NOW
    at = datetime.fromisoformat(fixed).astimezone(UTC) if fixed else datetime.now(UTC)
    made = [again.learn_again(facet, by=machine("triage"), at=at) for facet in INTAKE]
    return " ".join(row.version for row in made if row)
