"""Run in an installation: fifty threads, each with a connection of its own, meet on one case. Prints what became of them."""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402

from huiyin.bank.units import queries as units  # noqa: E402
from huiyin.kernel.actor import machine  # noqa: E402
from huiyin.kernel.refusal import Refusal  # noqa: E402
from huiyin.ledger import queries as ledger  # noqa: E402
from huiyin.ledger.actions import Conflict  # noqa: E402
from huiyin.listen.voices import actions as voices  # noqa: E402
from huiyin.protect.access.queries import actor_for  # noqa: E402
from huiyin.protect.identity.models import User  # noqa: E402
from huiyin.resolve.cases import actions as cases  # noqa: E402
from huiyin.resolve.cases import queries  # noqa: E402
from huiyin.site.now import now  # noqa: E402

THREADS = 50


def main() -> None:
    at = now()
    unit = units.by_codes(["O0101"])["O0101"].pk
    words = voices.Words(text="在人民路支行排队一个小时", name="王小明", phone="13900139000")
    heard = voices.Heard(kind="complaint", channel="phone", received_at=at, language="zh-hans", words=words, unit=unit)
    (voice,) = voices.hear_many(items=[heard], by=machine("api"), at=at)
    by = actor_for(User.objects.get(username="bench"), at)
    cases.assign(case=voice.id, handler=by.staff, by=by, at=at)
    seen = version(voice.id)
    began = time.perf_counter()
    drafts = together(lambda n: cases.draft_reply(case=voice.id, text=f"答复{n:02}", by=by, at=at, version=seen))
    risen = version(voice.id) - seen
    notes = together(lambda n: cases.note(case=voice.id, text=f"备注{n:02}", by=by, at=at))
    (reply,) = queries.replies(voice.id)
    entries = ledger.entries_of(f"matter:{voice.id}")
    kept = queries.notes_many([voice.id])[voice.id]
    json.dump(
        {
            "drafts": drafts, "notes": notes, "risen": risen, "seconds": round(time.perf_counter() - began, 2),
            "reply_facts": sum(entry.type == "case.reply_drafted" for entry in entries),
            "note_facts": sum(entry.type == "case.noted" for entry in entries),
            "whole": [entry.version for entry in entries] == list(range(1, len(entries) + 1)),
            "texts": sorted(text for _id, _at, text in kept), "one": bool(reply.pk),
        },
        sys.stdout, ensure_ascii=False,
    )  # fmt: skip


def version(case: Any) -> int:
    found = queries.case(case)
    assert found is not None
    return found.version


def together(act: Callable[[int], object]) -> dict[str, int]:
    """All start at once; how each of them ended. Somebody who only came too late to the stream tries again."""
    start, ends = threading.Barrier(THREADS), Counter[str]()
    lock = threading.Lock()

    def run(n: int) -> None:
        start.wait()
        end = "conflict"
        try:
            for _try in range(200):
                try:
                    act(n)
                    end = "done"
                    break
                except Conflict:
                    time.sleep(0.005)
        except Refusal as no:
            end = getattr(no, "code", "") or type(no).__name__
        except Exception as bug:
            end = f"BUG {bug!r}"
        finally:
            connections.close_all()
        with lock:
            ends[end] += 1

    crowd = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return dict(ends)


if __name__ == "__main__":
    main()
