"""Learning in the background. A job may be run twice, late, or die half-way: a version is named by its content."""

from django_tasks import task

from huiyin.resolve.triage.tasks import learning

INTAKE = ("category", "cause")  # what intake reads by words alone


@task()
def learn_seed() -> str:
    """Learn the heads that intake uses from the seed corpus; what is on the shelf already is left as it is."""
    return " ".join(learning.ready(facet, words_only=True)[1].version for facet in INTAKE)
