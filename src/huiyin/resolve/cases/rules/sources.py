"""What another system that kept a matter says about its state (decision 31)."""

PACKS_OF_SOURCE = {"cfpb": ("us-cfpb",)}
# A body that forwards a complaint brings its own pack beside the limit that its letter names.
REFERRAL = "house-referral"
PACKS_OF_BODY = {"pboc": ("cn-pboc-consumer",), "cfpb": ("us-cfpb",)}
STILL_OPEN = ("in progress", "in_progress", "untimely response in progress")


def is_closed(outcome: str | None) -> bool:
    """Is the matter closed there? A source that names no outcome keeps only what is over."""
    return (outcome or "").lower() not in STILL_OPEN
