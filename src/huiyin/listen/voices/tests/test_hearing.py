"""One by one or in a batch: the same rows, the same facts. And imports."""

import gzip
import os
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.voices import actions, queries
from huiyin.listen.voices.models import Mention, Voice
from huiyin.platform.vault import actions as vault

BY = machine("test")
DATA = Path(os.environ.get("HUIYIN_DATA", "../shared/data"))
OLD = "Complaint ID,Submitted via,Date submitted,Date received,State,Product,Sub-product,Issue,Sub-issue,Company public response,Company response to consumer,Timely response?\n"


def heard(cast, n: int, **more) -> actions.Heard:
    words = actions.Words(text=f"第{n}件", name="张三", phone=f"1380013800{n}", about=("王丽",) if n == 2 else ())
    return actions.Heard(
        kind="complaint", channel="phone", received_at=cast.at + timedelta(hours=n), language="zh-hans", words=words,
        unit=cast.unit["O0101"].pk, staff=(cast.wang.pk,) if n == 2 else (), **more,
    )  # fmt: skip


def test_a_batch_is_heard_as_one_by_one(cast):
    items = [heard(cast, n, id=UUID(int=100 + n)) for n in range(3)]
    actions.hear_many(items=items, by=BY, at=cast.at, recorded_at=cast.at + timedelta(days=1))
    again = [item._replace(id=UUID(int=200 + n)) for n, item in enumerate(items)]
    for item in again:
        actions.hear(item=item, by=BY, at=item.received_at)
    fields = ("kind", "channel", "language", "received_at", "unit_id", "represented", "about_staff", "customer_id")
    many, single = (
        list(Voice.objects.filter(id__in=[i.id for i in group]).order_by("id").values(*fields))
        for group in (items, again)
    )
    assert many == single
    assert [Mention.objects.get(voice_id=UUID(int=n)).staff_id for n in (102, 202)] == [cast.wang.pk] * 2
    for n in range(3):
        one, two = UUID(int=100 + n), UUID(int=200 + n)
        assert queries.words(one) == queries.words(two)
        first, second = (Entry.objects.get(stream=f"matter:{id}", type="voice.heard") for id in (one, two))
        for entry, id in ((first, one), (second, two)):
            entry.payload = entry.payload.replace(str(id), "ID").replace(queries.voice(id).number, "NUMBER")
        assert first.payload == second.payload and first.occurred_us == second.occurred_us


def test_nothing_personal_stands_in_the_ledger(cast):
    voice = actions.hear(item=heard(cast, 2), by=BY, at=cast.at + timedelta(hours=2))
    text = "".join(Entry.objects.filter(stream=f"matter:{voice.id}").values_list("payload", flat=True))
    assert not any(secret in text for secret in ("张三", "13800138002", "第2件", "王丽"))


def test_erasing_a_matter_leaves_its_number_and_nothing_said(cast):
    voice = actions.hear(item=heard(cast, 1), by=BY, at=cast.at + timedelta(hours=1))
    vault.erase(subject=voice.subject, by=BY, at=cast.at)
    assert queries.words(voice.id) == actions.Words() and queries.by_number(voice.number)


def test_withdrawn_is_withdrawn(cast):
    voice = actions.hear(item=heard(cast, 1), by=BY, at=cast.at + timedelta(hours=1))
    actions.withdraw(voice=voice.id, by=BY, at=cast.at)
    with pytest.raises(actions.AlreadyWithdrawn):
        actions.add_words(voice=voice.id, text="x", by=BY, at=cast.at)
    with pytest.raises(actions.AlreadyWithdrawn):
        actions.withdraw(voice=voice.id, by=BY, at=cast.at)


def load(path: Path, cast):
    return actions.import_complaints(path=path, mapping="cfpb", by=BY, at=cast.at)


def test_cfpb_rows_come_in_once_with_their_own_times(cast, tmp_path):
    file = tmp_path / "bank.csv"
    file.write_text(
        OLD + "1,Web,2020-04-24,2020-04-27,FL,Mortgage,None,Closing,,,Closed with explanation,Yes\n"
        "2,Carrier pigeon,2020-04-25,2020-04-25,CA,Mortgage,,Closing,,,In progress,No\n"
        "3,Web,not a day,2020-04-25,CA,Mortgage,,,,,Closed,Yes\n"
    )
    report = load(file, cast)
    assert (report.read, report.new, report.rejected) == (3, 2, 1) and report.faults[0][0] == 4
    one = Voice.objects.get(source_ref="cfpb:1")
    assert one.received_at.astimezone(UTC).isoformat() == "2020-04-23T16:00:00+00:00"
    assert (one.sent_at - one.received_at).days == 3 and one.sub_product is None and one.timely is True
    assert one.secret_hash is None and one.channel == "web"
    assert Voice.objects.get(source_ref="cfpb:2").channel == "unknown"
    again = load(file, cast)
    assert (again.new, again.unchanged) == (0, 2)


def test_the_two_shapes_are_told_apart(cast, tmp_path):
    file = tmp_path / "public.csv.gz"
    header = "Date received,Product,Sub-product,Issue,Sub-issue,Consumer complaint narrative,Company public response,Company,State,ZIP code,Tags,Consumer consent provided?,Submitted via,Date sent to company,Company response to consumer,Timely response?,Consumer disputed?,Complaint ID\n"
    with gzip.open(file, "wt") as out:
        out.write(
            header
            + '2015-01-02,Debt collection,,Disclosure,,"They called, again",,Acme Bank,TX,,,,Phone,2015-01-05,Closed,Yes,No,77\n'
        )
        out.write(
            header.split(",")[0]
            and "2015-01-03,Debt collection,,Disclosure,,,,Acme Bank,TX,,,,Phone,2015-01-05,Closed,Yes,No,\n"
        )
    report = load(file, cast)
    assert report.new == 2
    told = Voice.objects.get(source_ref="cfpb:77")
    assert told.company == "Acme Bank" and queries.words(told.id).text == "They called, again"
    assert load(file, cast).new == 0


@pytest.mark.skipif(not DATA.exists(), reason="the shared data set is not here")
def test_the_real_extract_comes_in_without_a_rejected_row(cast, tmp_path):
    source = DATA / "cfpb_one_bank" / "complaints_2017_2020.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        (tmp_path / "part.csv").write_text("".join(line for line, _n in zip(lines, range(401), strict=False)))
    report = load(tmp_path / "part.csv", cast)
    assert (report.read, report.new, report.rejected) == (400, 400, 0)
