"""Personal values: sealed, bound to their place, found by blind index, shown for a reason, destroyed for good."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.ids import new_id
from huiyin.ledger import queries as ledger
from huiyin.ledger.actions import checkpoint as seal
from huiyin.platform.vault import actions, queries
from huiyin.platform.vault.models import DataKey, Sealed, Unmasking
from huiyin.platform.vault.plugs import keyfile
from huiyin.platform.vault.rules import sealing
from huiyin.platform.vault.rules.masking import mask_card, mask_email, mask_id, mask_name, mask_phone, masked
from huiyin.platform.vault.rules.normal import normal
from huiyin.platform.vault.rules.sealing import Broken

BY = machine("portal")
ZHANG = {"name": "张三丰", "phone": "13800138000", "text": "我在柜台等了三个小时。\n𠮷田 👨‍👩‍👧‍👦"}


@pytest.fixture
def subject(db: None) -> UUID:
    return new_id()


def keep(subject: UUID, values: dict[str, str] = ZHANG, row: UUID | None = None) -> UUID:
    row = row or new_id()
    actions.keep(subject=subject, table="voices_voice", row=row, values=values)
    return row


def test_what_is_kept_comes_back(subject: UUID) -> None:
    row = keep(subject)
    assert queries.reveal("voices_voice", row) == ZHANG
    assert queries.reveal("other_table", row) == {}
    assert queries.reveal("voices_voice", new_id()) == {}


def test_keeping_again_merges(subject: UUID) -> None:
    row = keep(subject)
    keep(subject, {"phone": "13900139000", "email": "z@example.com"}, row)
    assert queries.reveal("voices_voice", row) == {**ZHANG, "phone": "13900139000", "email": "z@example.com"}


def test_nothing_of_it_can_be_read_in_the_database(subject: UUID, tmp_path: Path) -> None:
    keep(subject)
    with connection.cursor() as cursor:
        cursor.execute("SELECT blob FROM vault_sealed")
        raw = b"".join(bytes(row[0]) for row in cursor.fetchall())
        cursor.execute("SELECT wrapped FROM vault_datakey")
        wrapped = bytes(cursor.fetchone()[0])
    assert "张".encode() not in raw and b"13800138000" not in raw and b"phone" not in raw
    assert (tmp_path / "keys" / "vault.keys").stat().st_mode & 0o777 == 0o600
    assert len(wrapped) == 1 + 12 + 32 + 16


def test_many_are_kept_by_the_same_rules(subject: UUID) -> None:
    other, rows = new_id(), [new_id() for _ in range(4)]
    keep(subject, {"name": "李四", "email": "l@example.com"}, rows[0])
    done = actions.keep_many(
        [
            (subject, "voices_voice", rows[0], {"name": "李四光"}),
            (subject, "voices_voice", rows[1], ZHANG),
            (other, "voices_voice", rows[2], {"name": "王五"}),
            (other, "voices_voice", rows[2], {"phone": "1"}),
        ]
    )
    assert done == 4
    assert queries.reveal_many("voices_voice", rows) == {
        rows[0]: {"name": "李四光", "email": "l@example.com"},
        rows[1]: ZHANG,
        rows[2]: {"name": "王五", "phone": "1"},
    }
    actions.keep_many([(new_id(), "voices_voice", rows[3], ZHANG)], fresh=True)
    assert queries.reveal("voices_voice", rows[3]) == ZHANG
    with pytest.raises(actions.OtherSubject):
        actions.keep_many([(new_id(), "voices_voice", rows[3], ZHANG)])
    with pytest.raises(actions.OtherSubject):
        keep(new_id(), ZHANG, rows[3])


def test_a_sealed_value_moved_to_another_place_does_not_open(subject: UUID) -> None:
    first, second = keep(subject), keep(subject, {"name": "李四"})
    blob = Sealed.objects.get(row=first).blob
    Sealed.objects.filter(row=second).update(blob=blob)
    with pytest.raises(Broken):
        queries.reveal("voices_voice", second)
    other = new_id()
    keep(other)
    Sealed.objects.filter(row=first).update(subject=other)
    with pytest.raises(Broken):
        queries.reveal("voices_voice", first)


def test_a_damaged_value_does_not_open(subject: UUID) -> None:
    row = keep(subject)
    blob = bytearray(bytes(Sealed.objects.get(row=row).blob))
    blob[-1] ^= 1
    Sealed.objects.filter(row=row).update(blob=bytes(blob))
    with pytest.raises(Broken):
        queries.reveal("voices_voice", row)


# Erasure.


def test_erasing_destroys_the_key_and_every_value_and_is_announced(subject: UUID, at: datetime) -> None:
    row, other = keep(subject), new_id()
    stays = keep(other, {"name": "李四"})
    blob, key = bytes(Sealed.objects.get(row=row).blob), bytes(DataKey.objects.get(subject=subject).wrapped)
    actions.erase(subject=subject, by=BY, at=at)
    assert queries.reveal("voices_voice", row) == {} and queries.is_erased(subject)
    assert not Sealed.objects.filter(subject=subject).exists()
    assert bytes(DataKey.objects.get(subject=subject).wrapped) == b"" and key
    assert [e.type for e in ledger.entries_of(f"subject:{subject}")] == ["subject.erased"]
    assert queries.reveal("voices_voice", stays) == {"name": "李四"}
    # A value from an old backup does not open with what is left.
    Sealed.objects.create(table="voices_voice", row=row, subject=subject, blob=blob)
    with pytest.raises((Broken, KeyError)):
        queries.reveal("voices_voice", row)
    seal(at=at)
    assert ledger.verify_ledger().ok


def test_an_erased_person_stays_erased(subject: UUID, at: datetime) -> None:
    keep(subject)
    actions.erase(subject=subject, by=BY, at=at)
    actions.erase(subject=subject, by=BY, at=at)
    with pytest.raises(actions.Erased):
        keep(subject)
    with pytest.raises(actions.Erased):
        actions.keep_many([(subject, "voices_voice", new_id(), ZHANG)])
    assert len(ledger.entries_of(f"subject:{subject}")) == 1


# Keys.


def test_the_master_key_can_be_rotated(subject: UUID, tmp_path: Path) -> None:
    row = keep(subject)
    assert keyfile.add_master() == "m2"
    newer = keep(new_id(), {"name": "李四"})
    assert queries.reveal("voices_voice", row) == ZHANG
    assert actions.rewrap() == 1 and actions.rewrap() == 0
    path = tmp_path / "keys" / "vault.keys"
    path.write_text(path.read_text().splitlines()[1] + "\n")  # the old key is destroyed
    assert queries.reveal("voices_voice", row) == ZHANG and queries.reveal("voices_voice", newer) == {"name": "李四"}


def test_without_the_master_key_nothing_opens(subject: UUID, tmp_path: Path) -> None:
    row = keep(subject)
    (tmp_path / "keys" / "vault.keys").write_text(sealing.key_line("m1", b"x" * 32))
    with pytest.raises(Broken):
        queries.reveal("voices_voice", row)


# The blind index.


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "13800138000", "１３８００１３８０００"),
        ("phone", "13800138000", "+86 138-0013-8000"),
        ("phone", "13800138000", "0086 138 0013 8000"),
        ("phone", "13800138000", "8613800138000"),
        ("phone", "010-88886666", "（010）8888 6666"),
        ("phone", "010-88886666", "+86 10 8888 6666"),
        ("phone", "+44 20 7946 0958", "0044 2079460958"),
        ("phone", "١٣٨٠٠١٣٨٠٠٠", "13800138000"),
        ("id", "11010119900307451x", "１１０１０１ 19900307 451Ｘ"),
        ("name", "张 三", "张三"),
        ("name", "阿凡提•买买提", "阿凡提·买买提"),
        ("name", "Li  Na", "LI NA"),
        ("name", "张\u200b三", "张三"),
        ("email", " Zhang@Example.com", "zhang@example.COM "),
    ],
)
def test_equal_values_have_equal_indexes_however_they_are_written(
    subject: UUID, kind: str, one: str, other: str
) -> None:
    assert normal(kind, one) == normal(kind, other)
    assert queries.blind(kind, one) == queries.blind(kind, other) != ""


def test_an_index_tells_nothing_and_kinds_do_not_mix(subject: UUID) -> None:
    assert len(queries.blind("phone", "13800138000")) == 64
    assert queries.blind("phone", "13800138000") != queries.blind("phone", "13800138001")
    assert queries.blind("name", "13800138000") != queries.blind("phone", "13800138000")
    assert queries.blind("phone", "  ") == "" and queries.blind("name", "") == ""
    assert queries.blind("name", "аdmin") != queries.blind("name", "admin")  # a look-alike is another name
    with pytest.raises(ValueError):
        queries.blind("colour", "red")


# Masks.


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_name, "张三丰", "张*丰"),
        (mask_name, "张三", "张*"),
        (mask_name, "张", "*"),
        (mask_name, "欧阳娜娜", "欧**娜"),
        (mask_name, "𠮷田", "𠮷*"),
        (mask_name, "阿凡提·买买提", "阿*提·买*提"),
        (mask_name, "Li Xiaoming", "L*** X***"),
        (mask_name, "Null", "N***"),
        (mask_name, "", ""),
        (mask_phone, "13800138000", "138****8000"),
        (mask_phone, "+86 138 0013 8000", "138****8000"),
        (mask_phone, "１３８００１３８０００", "138****8000"),
        (mask_phone, "010-88886666", "010****6666"),
        (mask_phone, "+44 20 7946 0958", "+44****0958"),
        (mask_phone, "95588", "****"),
        (mask_phone, "", ""),
        (mask_id, "11010119900307451x", "1101**********451X"),
        (mask_id, "E12345678", "E1*****78"),
        (mask_id, "12345", "*****"),
        (mask_email, "zhang.san@example.com", "z***@example.com"),
        (mask_email, "nonsense", "***"),
        (mask_card, "6222 0212 3456 1234", "6222 **** 1234"),
        (mask_card, "6222", "****"),
    ],
)
def test_masks(mask, value: str, shown: str) -> None:  # type: ignore[no-untyped-def]
    assert mask(value) == shown


def test_values_are_masked_by_kind_and_the_unknown_is_hidden_whole() -> None:
    assert masked({"name": "张三丰", "representative_phone": "13800138000", "text": "我要投诉", "want": ""}) == {
        "name": "张*丰",
        "representative_phone": "138****8000",
        "text": "****",
        "want": "",
    }


# Unmasking.


def staff(id: str = "1") -> Actor:
    return Actor("staff", id)


def test_unmasking_asks_a_reason_and_is_recorded_for_good(subject: UUID, at: datetime) -> None:
    row = keep(subject)
    actions.keep(subject=subject, table="profiles_customer", row=row, values={"email": "z@example.com"})
    with pytest.raises(actions.NoReason):
        actions.unmask(subject=subject, row=row, reason="curious", by=staff(), at=at)
    values = actions.unmask(subject=subject, row=row, reason="contact", by=staff(), at=at, detail="客户张三丰要求回电")
    assert values == {**ZHANG, "email": "z@example.com"}
    (entry,) = ledger.entries_of(f"subject:{subject}")
    assert (entry.type, entry.actor) == ("vault.unmasked", "staff:1")
    assert "张三丰" not in entry.payload and '"reason":"contact"' in entry.payload
    assert list(queries.reveal("vault_unmasking", row).values()) == ["客户张三丰要求回电"]
    assert actions.unmask(subject=subject, row=row, reason="contact", by=staff(), at=at) == values


def test_nobody_looks_more_than_thirty_times_an_hour(subject: UUID, at: datetime) -> None:
    row = keep(subject)
    for n in range(30):
        actions.unmask(subject=subject, row=row, reason="reply", by=staff(), at=at + timedelta(minutes=n))
    with pytest.raises(actions.TooMany):
        actions.unmask(subject=subject, row=row, reason="reply", by=staff(), at=at + timedelta(minutes=59))
    actions.unmask(subject=subject, row=row, reason="reply", by=staff("2"), at=at + timedelta(minutes=59))
    actions.unmask(subject=subject, row=row, reason="reply", by=staff(), at=at + timedelta(minutes=61))
    assert Unmasking.objects.count() == 32


@pytest.mark.django_db
def test_the_page_shows_values_only_after_a_reason_was_posted(cast, client: Client) -> None:  # type: ignore[no-untyped-def]
    subject = new_id()
    row = keep(subject)
    cast.login(client, "zhao")
    address = queries.unmask_link(subject, row, cast.actor("zhao"))
    page = client.get(address)
    assert page.status_code == 200 and "张三丰" not in page.content.decode()
    refused = client.post(address, {})
    assert refused.status_code == 400 and "张三丰" not in refused.content.decode()
    shown = client.post(address, {"reason": "contact", "detail": "回电"})
    assert shown.status_code == 200 and "张三丰" in shown.content.decode() and "13800138000" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert len(ledger.entries_of(f"subject:{subject}")) == 1
    piece = client.post(address, {"reason": "contact"}, headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode() and "张三丰" in piece.content.decode()


@pytest.mark.django_db
def test_a_link_is_for_one_person_and_cannot_be_made_up(cast, client: Client) -> None:  # type: ignore[no-untyped-def]
    subject = new_id()
    row = keep(subject)
    address = queries.unmask_link(subject, row, cast.actor("zhao"))
    cast.login(client, "qian")
    assert client.post(address, {"reason": "contact"}).status_code == 404
    assert client.get(address[:-3] + "xx/").status_code == 404
    assert not Unmasking.objects.exists()
