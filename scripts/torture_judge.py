"""Compare what the clients were told (key -> id) and sent with the tables; print one line for each broken promise."""

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
django.setup()

from huiyin.ledger import queries as ledger  # noqa: E402
from huiyin.listen.channels import queries as channels  # noqa: E402
from huiyin.listen.channels.models import Arrival, Channel  # noqa: E402
from huiyin.listen.social import queries as social  # noqa: E402
from huiyin.listen.social.models import Post  # noqa: E402
from huiyin.listen.voices import queries  # noqa: E402
from huiyin.listen.voices.models import Intake, Voice  # noqa: E402
from huiyin.platform.messages.models import Message  # noqa: E402
from huiyin.resolve.cases.models import Case  # noqa: E402

kept = json.loads(Path(sys.argv[1]).read_text())
told: dict[str, str] = kept["told"]
problems = []
voices = {str(pk) for pk in Voice.objects.values_list("id", flat=True)}
cases = {str(pk) for pk in Case.objects.values_list("id", flat=True)}
keys = Counter(Intake.objects.values_list("key", flat=True))
intakes = {str(pk) for pk in Intake.objects.values_list("id", flat=True)}
lost = [key for key, voice in told.items() if voice not in voices]
problems += [f"lost: {key} was acknowledged as {told[key]} and is not there" for key in lost[:10]]
problems += [f"doubled: the key {key} has {n} intakes" for key, n in keys.items() if n > 1][:10]
if len(set(told.values())) != len(told):
    problems.append("two keys were answered with one id")
if voices != cases:
    problems.append(f"{len(voices - cases)} voices without a case, {len(cases - voices)} cases without a voice")
if intakes - voices:
    problems.append(f"{len(intakes - voices)} intakes were never heard")
letters = Counter(Message.objects.filter(purpose="acknowledgement").values_list("matter", flat=True))
for voice in sorted(voices):
    types = Counter(entry.type for entry in ledger.entries_of(f"matter:{voice}"))
    if any(types[once] != 1 for once in ("voice.heard", "case.opened")) or not types["clock.armed"]:
        problems.append(f"half-written or doubled: {voice} has {dict(types)}")
    if letters[UUID(voice)] != 1:
        problems.append(f"{letters[UUID(voice)]} acknowledgements for {voice}")
words = Counter(
    mark for one in queries.words_many(list(Voice.objects.exclude(channel="phone").values_list("id", flat=True))).values()
    for mark in one.text.split() if len(mark) == 32
)  # fmt: skip
problems += [f"the mail {mark} is {words[mark]} voices" for mark in kept["mailed"] if words[mark] != 1][:10]
problems += [f"the webhook {mark} is {words[mark]} voices" for mark in kept["called"] if words[mark] != 1][:10]
problems += [f"a mark stands in {n} voices" for n in words.values() if n > 1][:10]
problems += [
    f"the webhook {mark} was answered with {id}, which is no voice"
    for mark, id in kept["called"].items()
    if id not in voices
][:10]
states = Counter(Arrival.objects.values_list("channel__kind", "state"))
stored = sum(n for (kind, _state), n in states.items() if kind == "email")
if stored != len(kept["mailed"]) + -(-len(kept["mailed"]) // 5):
    problems.append(f"{stored} mails stored of {len(kept['mailed'])} and every fifth twice")
if {state for _kind, state in states} - {"heard", "recorded", "rejected"}:
    problems.append(f"arrivals not settled: {dict(states)}")
posts = {str(pk) for pk in Post.objects.values_list("id", flat=True)}
marks = Counter(one.text.split()[-1] for one in social.words_many([UUID(pk) for pk in posts]).values())
problems += [f"the post {mark} is there {marks[mark]} times" for mark in kept["posted"] if marks[mark] != 1][:10]
problems += [f"a post is there {n} times" for n in marks.values() if n > 1][:10]
problems += [
    f"the post {m} was answered with {id}, which is none" for m, id in kept["posted"].items() if id not in posts
][:10]
for channel in Channel.objects.all():
    counts = channels.total(channels.days(channel.id, datetime(2000, 1, 1, tzinfo=UTC)))
    if counts.drift or counts.open or counts.waiting:
        problems.append(f"the counts of {channel.code} do not balance: {counts}")
print("\n".join(problems[:40]))
sys.exit(1 if problems else 0)
