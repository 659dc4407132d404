"""Learning in the background. A job may be run twice, late, or die half-way: a version is named by its content."""

from functools import partial
from uuid import UUID

from django_tasks import task

from huiyin.kernel.actor import machine
from huiyin.platform.present.queries import now
from huiyin.resolve.triage.queries import learnt
from huiyin.resolve.triage.tasks import again, learning
from huiyin.resolve.triage.tasks.running import Running, Stopped

__all__ = ["INTAKE", "Running", "Stopped", "learn_from_people", "learn_seed"]
INTAKE = ("category", "cause")  # what intake reads by words alone


@task()
def learn_seed() -> str:
    """Learn the heads that intake and the case page use from the seed corpus; what is on the shelf already is left as it is."""
    return " ".join(learning.ready(facet, words_only=True)[1].version for facet in (*INTAKE, *learnt.OUTPUTS))


@task()
def learn_from_people(run: str) -> str:
    """Learn from what people decided, facet by facet; what was tried with the same examples is not tried again.

    Each facet is settled by itself: called off or killed, the facets before it keep what they have learnt.
    """
    told = Running(UUID(run), now)
    if not told.begin():
        return "begun already"
    made = []
    try:
        told.parts = len(INTAKE)
        for told.part, facet in enumerate(INTAKE):
            told.check(facet=facet, stage="read")
            row = again.learn_again(
                facet, by=machine("triage"), at=now(),
                say=partial(told.say, facet), last=told.check,
            )  # fmt: skip
            made += [row.version] if row else []
    except Stopped:
        told.end("stopped")
        return "stopped"
    except Exception:
        told.end("failed")
        raise
    told.end("learnt" if made else "nothing")
    return " ".join(made)
