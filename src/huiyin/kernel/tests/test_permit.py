"""The matrix and its denials (SoD1-SoD5, SoD11): pure, so every combination can be tried."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor, Scope, customer, machine
from huiyin.kernel.permit import ACTION, ACTIONS, MATRIX, ROLE, ROLES, Denied, can, must, own, paths

ME, OTHER = UUID(int=1), UUID(int=2)
roles = st.sampled_from(sorted(ROLE))
actions = st.sampled_from(sorted(MATRIX))
unit_paths = st.sampled_from(["", "HO/", "HO/B01/", "HO/B01/O0101/", "HO/B02/"])
people = st.sampled_from([ME, OTHER])


def actor(*held: tuple[str, str], staff: UUID | None = ME, id: str = "7") -> Actor:
    return Actor("staff", id, staff, tuple(Scope(role, path) for role, path in held))


def thing(**values) -> SimpleNamespace:
    return SimpleNamespace(**{"unit_path": "HO/B01/O0101/"} | values)


everybody = st.lists(st.tuples(roles, unit_paths), max_size=6).map(lambda held: actor(*held))
almighty = actor(*((role, "") for role in ROLE))


def test_every_action_has_words_and_a_row_and_every_role_words():
    assert set(ACTION) == set(MATRIX)
    assert all(label.zh and label.en for label in (*ACTIONS, *ROLES))
    assert {role for row in MATRIX.values() for role in row} <= set(ROLE)
    assert len(ROLES) == 16


@given(actions)
def test_nobody_may_do_anything_without_a_role(action):
    for stranger in (actor(), customer(uuid4()), machine("tick"), Actor("customer", "anonymous")):
        assert not can(stranger, action) and not can(stranger, action, thing(owner=ME, handler=ME))
        assert paths(stranger, action) == ()


@given(everybody, st.text(max_size=20))
def test_what_is_not_in_the_matrix_is_refused(who, action):
    if action not in MATRIX:
        assert not can(who, action) and not can(who, action, thing()) and paths(who, action) == ()


@given(everybody, actions, unit_paths)
def test_scope_in_pages_and_in_querysets_is_the_same(who, action, where):
    """`can` on one thing that is nobody's agrees with `paths` for the list."""
    assert bool(can(who, action, thing(unit_path=where))) == where.startswith(paths(who, action) or ("\0",))


@given(everybody, actions, unit_paths, people)
def test_relation_in_pages_and_in_querysets_is_the_same(who, action, where, owner):
    listed = where.startswith(paths(who, action) or ("\0",)) or (own(who, action) and owner == ME)
    verdict = can(who, action, thing(unit_path=where, owner=owner))
    assert bool(verdict) == listed or verdict.rule


@given(everybody, actions, st.sampled_from(["B01/", "HO/B0", "HO/B010/", "HO/B01", ""]))
def test_a_path_that_only_looks_alike_is_outside(who, action, where):
    who = actor(*((scope.role, "HO/B01/") for scope in who.scopes))
    assert not can(who, action, thing(unit_path=where, owner=OTHER))


ABOUT_A_MATTER = (
    "case.", "file.", "person.", "customer.", "review.", "quality.", "callback.", "chat.", "erasure.",
)  # fmt: skip


@given(actions, st.frozensets(people, max_size=2), unit_paths)
def test_sod1_the_recused_cannot_touch_the_matter_whatever_roles_they_hold(action, recused, where):
    verdict = can(almighty, action, thing(unit_path=where, owner=ME, recused=recused))
    if ME in recused and action.startswith(ABOUT_A_MATTER):
        assert not verdict and verdict.rule == "SoD1"
    else:
        assert verdict.rule != "SoD1"


@given(people, people)
def test_sod3_no_reply_is_approved_by_its_author_or_handler(author, handler):
    verdict = can(almighty, "case.approve_reply", thing(author=author, handler=handler))
    assert bool(verdict) == (ME not in (author, handler))


@given(people, st.integers(1, 60), st.sampled_from(["supervisor", "consumer_protection"]))
def test_sod4_no_extension_is_granted_by_its_requester_and_long_ones_by_consumer_protection(requester, days, role):
    verdict = can(actor((role, "HO/")), "case.extend", thing(requester=requester, extends_to_days=days))
    assert bool(verdict) == (requester != ME and (days <= 30 or role == "consumer_protection"))


@given(st.dictionaries(st.sampled_from(["owner", "inspector", "verifier"]), people, max_size=3))
def test_sod5_inspector_owner_verifier_and_closer_are_different_people(who):
    about = thing(**who)
    if ME in (who.get("owner"), who.get("inspector")):
        assert not can(almighty, "rectification.verify", about)
    if ME in who.values():
        assert not can(almighty, "rectification.close", about)
    if ME in (who.get("inspector"), who.get("verifier")):
        assert not can(almighty, "rectification.work", about)
    if who.get("owner") == ME:
        assert not can(almighty, "alert.dismiss", about)


@given(st.sampled_from(["7", "8"]), people)
def test_sod11_nobody_grants_to_their_own_account_or_person(user, staff):
    verdict = can(almighty, "grants.manage", thing(user=user, staff=staff))
    assert bool(verdict) == (user != "7" and staff != ME)


def test_sod11_the_administrator_has_no_business_data():
    admin = actor(("administrator", "HO/"))
    for action in MATRIX:
        if action.startswith(("case.", "person.", "file.", "customer.", "alert.", "rectification.", "dashboard.")):
            assert not can(admin, action) and not can(admin, action, thing(unit_path="HO/"))


@pytest.mark.parametrize(
    "role, action, allowed, masked",
    [
        ("agent", "case.create", True, False),
        ("agent", "case.assign", False, False),
        ("owner", "case.read", True, False),
        ("supervisor", "case.approve_reply", True, False),
        ("outlet_manager", "case.read", True, True),
        ("outlet_manager", "person.unmask", False, False),
        ("analyst", "case.read", True, True),
        ("analyst", "case.reply", False, False),
        ("consumer_protection", "rectification.close", True, False),
        ("inspector", "rectification.verify", True, False),
        ("inspector", "case.read", False, False),
        ("hr", "case.read", False, False),
        ("auditor", "ledger.read", True, False),
        ("auditor", "grants.manage", False, False),
        ("executive", "dashboard.read", True, False),
        ("executive", "case.read", False, False),
        ("administrator", "users.manage", True, False),
        ("assistant", "person.unmask", False, False),
        ("whistle", "case.read", False, False),
        ("security", "access.read", True, False),
    ],
)
def test_the_table_of_the_reference_page(role, action, allowed, masked):
    verdict = can(actor((role, "HO/B01/")), action, thing())
    assert (bool(verdict), verdict.masked) == (allowed, masked)


def test_an_agent_reads_their_own_case_and_no_other():
    agent = actor(("agent", "HO/B01/O0101/"))
    assert can(agent, "case.read", thing(owner=ME)) and can(agent, "case.read", thing(handler=ME))
    assert can(agent, "case.read", thing(unit_path="HO/B02/", owner=ME)), "their own, wherever it went"
    assert not can(agent, "case.read", thing(owner=OTHER))


def test_a_manager_who_comes_back_reads_masked():
    manager = actor(("supervisor", "HO/B01/"))
    assert can(manager, "case.read", thing(masked=frozenset({ME}))).masked
    assert not can(manager, "case.read", thing()).masked


def test_the_shortest_paths_are_given():
    assert paths(actor(("supervisor", "HO/B01/O0101/"), ("supervisor", "HO/B01/")), "case.read") == ("HO/B01/",)
    assert paths(actor(("supervisor", ""), ("owner", "HO/")), "case.read") == ("",)


def test_must_says_why():
    with pytest.raises(Denied) as no:
        must(actor(("owner", "HO/")), "case.assign")
    assert no.value.status == 403 and no.value.message.zh and no.value.message.en
    assert must(almighty, "case.read", thing(recused=frozenset({OTHER})))


@given(everybody, actions)
def test_a_verdict_always_has_words(who, action):
    reason = can(who, action, thing()).reason
    assert reason.zh and reason.en


def test_rows_with_ids_and_rows_with_objects_are_read_alike():
    for about in (thing(owner=ME), thing(owner_id=ME), thing(owner=object(), owner_id=ME)):
        assert permit.is_own(actor(), about)
