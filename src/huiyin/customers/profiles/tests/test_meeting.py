"""When two people are one, and when they are not."""

from datetime import timedelta
from uuid import UUID

import pytest

from huiyin.customers.profiles import actions, queries
from huiyin.customers.profiles.models import Customer, Key, Meeting
from huiyin.customers.profiles.rules import Match, match
from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.platform.vault import actions as vault

BY = machine("test")
A, B = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("found", "how", "expected"),
    [
        ([], {}, None),
        ([(A, "phone")], {}, None),
        ([(A, "name")], {}, None),
        ([(A, "phone"), (A, "name")], {}, Match(A, ("phone", "name"))),
        ([(A, "phone"), (A, "email")], {}, Match(A, ("phone", "email"))),
        ([(A, "phone"), (B, "name")], {}, None),
        ([(A, "phone"), (A, "name"), (B, "phone"), (B, "name")], {}, None),
        ([(A, "phone"), (A, "name"), (A, "email"), (B, "phone"), (B, "name")], {}, Match(A, ("phone", "email", "name"))),
        ([(A, "id")], {}, None),
        ([(A, "id")], {"id_verified": True}, Match(A, ("id",))),
        ([(A, "phone"), (A, "name")], {"refused": {A: frozenset({"id"})}}, None),
    ],
)  # fmt: skip
def test_two_keys_that_agree_or_one_verified_number(found, how, expected):
    assert match(found, **how) == expected


@pytest.mark.django_db
def test_the_same_name_and_phone_is_the_same_customer_however_they_are_written(at):
    first = actions.meet(name="张三", phone="13800138000", by=BY, at=at)
    again = actions.meet(name="张 三", phone="+86 138-0013-8000", email="z@mail.cn", by=BY, at=at + timedelta(days=3))
    assert first == again
    assert queries.profile(first).email == "z@mail.cn"
    assert [(m.how, m.agreed) for m in queries.meetings(first)] == [("matched", ("phone", "name")), ("new", ())]
    told = Entry.objects.filter(stream=f"customer:{first}").order_by("version")
    assert [e.type for e in told] == ["customer.met"] * 2
    assert "张" not in "".join(e.payload for e in told)


@pytest.mark.django_db
def test_a_family_shares_a_phone_and_stays_two_people(at):
    one = actions.meet(name="张三", phone="13800138000", by=BY, at=at)
    other = actions.meet(name="李四", phone="13800138000", by=BY, at=at)
    assert one != other
    assert sorted(queries.who_has("phone", "13800138000")) == sorted([one, other])


@pytest.mark.django_db
def test_another_identity_number_is_another_person_whatever_else_agrees(at):
    one = actions.meet(name="王芳", phone="13800138000", id_number="11010519491231002X", by=BY, at=at)
    other = actions.meet(name="王芳", phone="13800138000", id_number="440524188001010014", by=BY, at=at)
    assert one != other


@pytest.mark.django_db
def test_a_batch_meets_as_one_by_one(at):
    people = [
        actions.Person(name="张三", phone="13800138000"),
        actions.Person(name="李四", phone="13900139000", email="li@mail.cn"),
        actions.Person(name="张三", phone="13800138000", email="z@mail.cn"),
        actions.Person(name="李四", email="li@mail.cn"),
    ]
    times = [at + timedelta(hours=n) for n in range(4)]
    many = actions.meet_many(people=people, by=BY, at=times)
    assert many[0] == many[2] and many[1] == many[3] and many[0] != many[1]
    batch = (Customer.objects.count(), Key.objects.count(), Meeting.objects.count())
    Key.objects.all().delete(), Meeting.objects.all().delete(), Customer.objects.all().delete()
    single = [
        actions.meet(name=p.name, phone=p.phone, email=p.email, by=BY, at=when)
        for p, when in zip(people, times, strict=True)
    ]
    assert single[0] == single[2] and single[1] == single[3]
    assert (Customer.objects.count(), Key.objects.count(), Meeting.objects.count()) == batch


@pytest.mark.django_db
def test_an_erased_customer_is_not_recognised_any_more(at):
    first = actions.meet(name="张三", phone="13800138000", by=BY, at=at)
    vault.erase(subject=first, by=BY, at=at)
    assert not Key.objects.exists()
    assert actions.meet(name="张三", phone="13800138000", by=BY, at=at) != first
