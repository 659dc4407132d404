"""What a process keeps of the database is never older than the database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from huiyin.bank.units import queries as units
from huiyin.bank.units.models import Placement, Unit
from huiyin.kernel.ids import new_id
from huiyin.platform.messages.models import Notice
from huiyin.platform.tables import actions, queries
from huiyin.platform.tables.models import Stamp


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """A second connection to the same database, as another process has one."""
    actions.stamp_what_is_kept()  # the table of stamps was emptied after the test before
    found = connections["default"].copy()
    try:
        yield found
    finally:
        found.close()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_another_process_makes_is_seen_at_once(other):
    head = Unit.objects.create(code="HO", name="总行", kind="head")
    Placement.objects.create(unit=head, path="HO/", from_date="2020-01-01")
    day = Placement.objects.get().from_date
    found = units.head_office()
    assert found and found.name == "总行" and units.head_office() is found
    assert units.paths(day) == {head.pk: "HO/"} and units.path_of(head.pk, day) == "HO/"
    with other.cursor() as cursor:
        cursor.execute("UPDATE units_unit SET name = 'elsewhere'")
        cursor.execute("UPDATE units_placement SET path = 'XX/'")
    found = units.head_office()
    assert found and found.name == "elsewhere"
    assert units.paths(day) == {head.pk: "XX/"} and [view.name for view in units.all_units(day)] == ["elsewhere"]


@pytest.mark.django_db(transaction=True)
def test_a_change_under_way_elsewhere_is_seen_when_it_is_committed(other):
    Unit.objects.create(code="HO", name="总行", kind="head")
    units.head_office()
    if connection.vendor == "sqlite":
        pytest.skip("the tests' database in memory locks whole tables; a file has snapshots")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE units_unit SET name = 'elsewhere'")
    found = units.head_office()
    assert found and found.name == "总行"
    other.commit()
    found = units.head_office()
    assert found and found.name == "elsewhere"


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_nothing_behind():
    Unit.objects.create(code="HO", name="总行", kind="head")
    for name in ("one", "two"):
        with transaction.atomic():
            Unit.objects.update(name=name)
            found = units.head_office()
            assert found and found.name == name
            transaction.set_rollback(True)
        found = units.head_office()
        assert found and found.name == "总行"


@pytest.mark.django_db
def test_every_table_that_is_kept_has_a_stamp_that_changes_with_it():
    assert {"units_unit", "units_placement", "staff_staff", "staff_absence"} <= queries.KEPT
    assert set(Stamp.objects.values_list("name", flat=True)) == queries.KEPT
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY 1")
        else:
            cursor.execute("SELECT tgrelid::regclass::text, 3 FROM pg_trigger WHERE tgname LIKE '%_stamp'")
        found = dict(cursor.fetchall())
    assert {table: found.get(table) for table in queries.KEPT} == dict.fromkeys(queries.KEPT, 3)


@pytest.mark.django_db
def test_without_a_stamp_nothing_is_remembered():
    Unit.objects.create(code="HO", name="总行", kind="head")
    Stamp.objects.all().delete()
    assert units.head_office() is not units.head_office()


@pytest.mark.django_db
def test_rows_are_inserted_as_bulk_create_would():
    plain, fast = Unit(code="A", name="甲", kind="head"), Unit(code="B", name="乙", kind="branch", merged_into=None)
    Unit.objects.bulk_create([plain])
    actions.insert([fast])
    found = list(Unit.objects.order_by("code"))
    assert [(u.pk, u.code, u.name, u.kind) for u in found] == [(u.pk, u.code, u.name, u.kind) for u in (plain, fast)]
    actions.insert([fast], or_ignore=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.insert([fast])
    assert queries.rows("SELECT count(*) FROM units_unit WHERE id = %s", [fast.pk]) == [(1,)]
    assert actions.write("UPDATE units_unit SET name = %s WHERE id = %s", ["丙", fast.pk]) == 1


@pytest.mark.django_db
def test_rows_given_as_values_have_the_defaults_of_their_fields_and_load_as_a_queryset_would():
    plain = Unit(code="A", name="甲", kind="head")
    plain.save()
    id = new_id()
    actions.insert_values(Unit, [{"id": id, "code": "B", "name": "乙", "kind": "branch", "merged_into_id": plain.pk}])
    fast = {unit.pk: unit for unit in queries.load(Unit, "id", [plain.pk, id, new_id()])}
    slow = Unit.objects.in_bulk([plain.pk, id])
    names = [field.attname for field in Unit._meta.concrete_fields]
    assert [[getattr(fast[key], name) for name in names] for key in slow] == [
        [getattr(unit, name) for name in names] for unit in slow.values()
    ]
    assert fast[id].merged_into == plain  # what relates to a row is still read when it is asked for
    fast[id].name = "丁"
    fast[id].save()
    assert Unit.objects.get(pk=id).name == "丁"


@pytest.mark.django_db
def test_a_row_made_without_django_is_the_one_that_django_makes():
    at = datetime(2026, 3, 5, tzinfo=UTC)
    fast, slow = actions.new(Notice, staff=new_id(), kind="k", key="1", at=at), Notice(kind="k", key="1", at=at)
    names = {field.attname for field in Notice._meta.concrete_fields} - {"id", "staff"}
    assert {name: getattr(fast, name) for name in names} == {name: getattr(slow, name) for name in names}
    assert fast._state.adding and fast.params is not actions.new(Notice).params
    actions.insert([fast])
    assert Notice.objects.get().at == at and not fast._state.adding
    with pytest.raises(TypeError, match="colour"):
        actions.new(Notice, colour="blue")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a PostgreSQL is others' too")
def test_the_disk_is_waited_for_again_afterwards_whatever_happened():
    def level():
        return queries.rows("PRAGMA synchronous")

    usual = level()
    with pytest.raises(ZeroDivisionError), actions.unsynced():
        assert level() == [(0,)]
        raise ZeroDivisionError
    assert level() == usual
    with actions.unsynced():
        Unit.objects.create(code="HO", name="总行", kind="head")
    assert level() == usual and Unit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="a PostgreSQL is others' too")
def test_indexes_that_only_find_rows_are_left_away_and_made_again():
    def indexes():
        return set(queries.rows("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'huiyin_messages_notice'"))

    usual = indexes()
    with actions.unindexed([Notice._meta.db_table], but=["inbox"]):
        left = {name for name, _sql in indexes()}
        assert "inbox" in left and "inbox_unread" not in left and len(left) < len(usual)
        actions.insert([actions.new(Notice, staff=new_id(), kind="k", key="1", at=datetime(2026, 3, 5, tzinfo=UTC))])
        with pytest.raises(IntegrityError):  # what holds a rule stays
            actions.insert(
                [actions.new(Notice, staff=new_id(), kind="k", key="1", at=datetime(2026, 3, 5, tzinfo=UTC))]
            )
    assert indexes() == usual and Notice.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer")
def test_threads_that_write_stand_in_line_and_nobody_keeps_the_place(tmp_path, monkeypatch):
    from huiyin.platform.tables.plugs.sqlite import base

    monkeypatch.setattr(base, "_WRITING", Lock())  # the test before may stand in a transaction of its own
    monkeypatch.setattr(base, "_SECONDS", 0.05)
    one, two = (base.DatabaseWrapper(connection.settings_dict | {"NAME": tmp_path / "line.sqlite3"}) for _ in "12")
    for end in ("commit", "rollback", "close"):
        one.ensure_connection()
        one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with pytest.raises(OperationalError, match="locked"):
            two.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        getattr(one, end)()
        one.close()
        two.close()
    two.close()
