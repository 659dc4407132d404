"""Matter numbers: TS-YYYYMMDD-NNNNNN, unique, without telling how many came before."""

from datetime import date

SPAN = 1_000_000


def number(day: date, count: int) -> str:
    """The number of the `count`-th matter of a day (from 1).

    The counter is spread over the day's million by a step without common factor, so that neighbours do not look
    alike and a number says nothing about the volume. It is a name, not a key: it opens nothing by itself.
    Beyond a million a day the tail grows by a digit.
    """
    start = (day.toordinal() * 7919) % SPAN
    tail = (start + (count - 1) * 387_420_489) % SPAN
    rounds = (count - 1) // SPAN
    return f"TS-{day:%Y%m%d}-{f'{rounds}' if rounds else ''}{tail:06d}"
