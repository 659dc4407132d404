"""What every reader of standards raises."""


class StandardRejected(ValueError):
    """A calendar, pack or word list that cannot be used, and why."""
