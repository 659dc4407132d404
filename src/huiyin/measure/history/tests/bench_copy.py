"""How fast the ledger becomes columns: python -m huiyin.measure.history.tests.bench_copy [cases] [ratings].

Uses $HUIYIN_HOME, which must be a folder of its own; fills it once with a synthetic bank.
"""

import sys
import time
from datetime import timedelta
from itertools import islice

import django


def main(cases: int = 40_000, ratings: int = 200_000) -> None:
    django.setup()
    from django.core.management import call_command

    from huiyin.kernel.actor import machine
    from huiyin.ledger import actions as ledger
    from huiyin.ledger import news
    from huiyin.ledger import queries as log
    from huiyin.measure.history import actions
    from huiyin.measure.history.tests.conftest import NOW
    from huiyin.measure.history.tests.synthetic import Bank

    call_command("migrate", verbosity=0)
    news.REACTIONS.clear()  # the synthetic story holds every fact already
    say = sys.stdout.write
    bank = Bank()
    if not log.head()[0]:
        start, story, told = time.perf_counter(), bank.everything(cases, ratings, 200), 0
        while batch := list(islice(story, 20_000)):
            told += len(batch)
            ledger.record_many(happenings=batch, recorded_at=NOW)
            while ledger.seal(at=NOW):
                pass
        say(f"recorded and sealed {told} entries in {time.perf_counter() - start:.1f} s\n")
    start = time.perf_counter()
    copied = actions.rebuild(by=machine("bench"), at=NOW)
    spent = time.perf_counter() - start
    say(f"copied {copied.entries} entries in {spent:.1f} s: {copied.entries / spent:,.0f}/s\n")
    ledger.record_many(happenings=list(Bank(seed=time.time_ns()).case(7, NOW)), recorded_at=NOW)
    while ledger.seal(at=NOW):
        pass
    start = time.perf_counter()
    few = actions.copy(by=machine("bench"), at=NOW + timedelta(minutes=1))
    say(f"copied {few.entries} more entries in {time.perf_counter() - start:.2f} s\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
