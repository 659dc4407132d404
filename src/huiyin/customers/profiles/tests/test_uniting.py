"""A person decides that two records are one; it is a record of its own, and taken back it leaves no trace in either."""

import pytest

from huiyin.customers.profiles import actions, queries
from huiyin.customers.profiles.models import Customer, Key, Meeting, Merge
from huiyin.kernel.actor import Actor, machine
from huiyin.ledger.models import Entry
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

BY = machine("test")
SUN = Actor("staff", "7")


def meet(at, **said):
    return actions.meet(by=BY, at=at, **said)


def everything():
    kept = [list(model.objects.order_by("pk").values_list()) for model in (Customer, Key, Meeting)]
    return kept, {id: queries.profile(id) for id in Customer.objects.values_list("pk", flat=True)}


@pytest.mark.django_db
def test_unmerging_restores_exactly(at):
    a = meet(at, name="张三", phone="13800138000")
    b = meet(at, name="张三", phone="13900139000", email="z@mail.cn")
    c = meet(at, name="张山", phone="13700137000", email="z@mail.cn")
    before = everything()
    assert [one.id for one in queries.alike(a)] == [], "a name alone is never a suggestion"
    assert [(one.id, one.agreed, one.strong) for one in queries.alike(b)] == [(c, ("email",), False)]
    actions.merge(member=b, survivor=c, ground="call", by=SUN, at=at)
    actions.merge(member=b, survivor=c, ground="call", by=SUN, at=at)
    assert queries.identities(b) == [c, b] and queries.survivor_of(b) == c and queries.alike(b) == []
    with pytest.raises(actions.Refused) as no:
        actions.merge(member=b, survivor=a, ground="call", by=SUN, at=at)
    assert no.value.code == "changed"
    with pytest.raises(actions.Refused) as no:
        actions.merge(member=c, survivor=b, ground="call", by=SUN, at=at)
    assert no.value.code == "same"
    actions.unmerge(member=b, by=SUN, at=at)
    assert everything() == before and queries.identities(b) == [b]
    told = Entry.objects.filter(stream=f"customer:{b}").order_by("version").values_list("type", flat=True)
    assert list(told)[-2:] == ["customer.merged", "customer.unmerged"]
    row = Merge.objects.get()
    assert (row.merged_by, row.unmerged_by) == ("staff:7", "staff:7")


@pytest.mark.django_db
def test_a_chain_is_read_through_its_end_and_taken_apart_in_any_order(at):
    a = meet(at, name="甲", email="z@mail.cn")
    b = meet(at, name="乙", email="z@mail.cn")
    c = meet(at, name="丙", email="z@mail.cn")
    actions.merge(member=a, survivor=b, ground="document", by=SUN, at=at)
    actions.merge(member=b, survivor=c, ground="document", by=SUN, at=at)
    assert queries.identities(a) == [c, *sorted([a, b])]
    actions.unmerge(member=a, by=SUN, at=at)
    assert queries.identities(a) == [a] and queries.identities(b) == [c, b]


@pytest.mark.django_db
def test_whoever_comes_back_is_the_person_of_both_records_and_keeps_their_own(at):
    a = meet(at, name="张三", phone="13800138000")
    b = meet(at, name="张三", phone="13900139000", email="z@mail.cn")
    Key.objects.create(customer_id=a, kind="email", blind=sealed.blind("email", "z@mail.cn"), since_at=at)
    actions.merge(member=a, survivor=b, ground="document", by=SUN, at=at)
    assert meet(at, name="张三", phone="13800138000") == a, "the record whose details these are"
    assert meet(at, phone="13800138000", email="z@mail.cn", name="张三") in (a, b)
    assert Customer.objects.count() == 2, "before the merge two fitted equally well and a third would have been made"


@pytest.mark.django_db
def test_numbers_that_differ_are_never_one_and_a_shared_phone_needs_a_document(at):
    a = meet(at, name="王芳", phone="13800138000", id_number="11010519491231002X")
    b = meet(at, name="王芳", phone="13800138000", id_number="440524188001010014")
    c = meet(at, name="李四", phone="13800138000")
    assert [(one.id, one.differs) for one in queries.alike(a)] == [(c, False), (b, True)]
    for other, ground, code in ((b, "document", "ids_differ"), (c, "keys", "not_enough"), (c, "hunch", "no_ground")):
        with pytest.raises(actions.Refused) as no:
            actions.merge(member=other, survivor=a, ground=ground, by=SUN, at=at)
        assert no.value.code == code
    actions.tell_apart(one=a, other=c, by=SUN, at=at)
    actions.tell_apart(one=c, other=a, by=SUN, at=at)
    assert [one.id for one in queries.alike(a)] == [b]
    assert Entry.objects.filter(type="customer.told_apart").count() == 1


@pytest.mark.django_db
def test_erasing_one_record_erases_the_person(at):
    a = meet(at, name="张三", phone="13800138000")
    b = meet(at, name="李四", phone="13800138000")
    actions.merge(member=a, survivor=b, ground="document", by=SUN, at=at)
    actions.say(customer=a, purpose="outreach", given=False, source="phone", by=SUN, at=at)
    actions.erase(customer=a, by=SUN, at=at)
    for id in (a, b):
        assert sealed.is_erased(id) and queries.profile(id).name == ""
    assert not Key.objects.exists() and queries.who_has("phone", "13800138000") == []
    assert queries.refusing("outreach", [b]) == {b}, "a no outlives the data"
    assert meet(at, name="张三", phone="13800138000") not in (a, b)
    with pytest.raises(vault.Erased):
        actions.verify(customer=a, kind="phone", value="13800138000", how="call", by=SUN, at=at)
    actions.unmerge(member=a, by=SUN, at=at)
    assert queries.identities(a) == [a]


@pytest.mark.django_db
def test_the_latest_word_of_the_person_stands_over_all_their_records(at, later):
    a, b = meet(at, name="张三", email="z@mail.cn"), meet(at, name="乙", email="z@mail.cn")
    assert queries.refusing("survey", [a, b, None]) == set() and queries.refusing("marketing", [a]) == {a}
    assert queries.refusing("spam", [a]) == {a}
    assert actions.say(customer=a, purpose="survey", given=False, source="phone", by=SUN, at=at)
    assert not actions.say(customer=a, purpose="survey", given=False, source="letter", by=SUN, at=later(days=1))
    assert queries.refusing("survey", [a, b]) == {a}
    actions.merge(member=a, survivor=b, ground="call", by=SUN, at=at)
    assert queries.refusing("survey", [a, b]) == {a, b}
    actions.say(customer=b, purpose="survey", given=True, source="portal", by=SUN, at=later(days=2))
    assert queries.refusing("survey", [a, b]) == set()
    assert [said.given for said in queries.consents(a)] == [True, False], "nothing said before is lost"
    actions.unmerge(member=a, by=SUN, at=later(days=3))
    assert queries.refusing("survey", [a, b]) == {a}
