"""What is said and done in the rooms beside the cases: chats, channels, calls, posts, surveys, call-backs, reviews.

A few hundred rows, made by the verbs of each room at the times at which they would have happened. The planted stories are
told here too: the update that failed, the card fraud of the last days, the insurance sold to the elderly.
"""

from collections.abc import Callable

from huiyin.site.demo.rooms import asking, calling_back, people, posts, reviewing, talks, together, verifying, ways
from huiyin.site.demo.rooms.stage import Stage

PARTS = (ways.arrive, talks.talk, posts.write, asking.ask, calling_back.call, reviewing.review, people.tend,
         together.gather, verifying.verify)  # fmt: skip


def furnish(stage: Stage, step: Callable[[], object]) -> None:
    """Each room in turn; what is heard there goes the way of every voice."""
    for part in PARTS:
        part(stage)
        step()
