"""The cast: a small bank whose people never change, and one instant to play at."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff.models import Staff
from huiyin.bank.units import actions as unit_actions
from huiyin.bank.units.models import Unit
from huiyin.kernel.actor import Actor, machine
from huiyin.ledger.tests.afresh import flushable
from huiyin.protect.access import actions as access_actions
from huiyin.protect.access.queries import actor_for
from huiyin.protect.identity import actions as identity_actions
from huiyin.protect.identity.models import User
from tests.kept import Kept, keep
from tests.schema import complete

# How long an example takes says how busy the machine is, not whether the product is right.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

AT = datetime(2026, 3, 5, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
OPENED = date(2020, 1, 1)

# code, name, English name, kind, parent
UNITS = (
    ("HO", "青禾银行总行", "Qinghe Bank Head Office", "head", None),
    ("HO-CP", "消费者权益保护部", "Consumer Protection Department", "department", "HO"),
    ("HO-DUTY", "总行值班台", "Duty Desk", "desk", "HO"),
    ("B01", "滨江分行", "Binjiang Branch", "branch", "HO"),
    ("O0101", "滨江人民路支行", "Renmin Road Outlet", "outlet", "B01"),
    ("O0102", "滨江解放路支行", "Jiefang Road Outlet", "outlet", "B01"),
    ("B02", "云岭分行", "Yunling Branch", "branch", "HO"),
    ("O0201", "云岭文昌支行", "Wenchang Outlet", "outlet", "B02"),
)

# key, number, name, English name, unit, post, reports to, roles (each over a unit)
PEOPLE = (
    ("wang", "10001", "王丽", "Wang Li", "O0101", "teller", "li", {"agent": "O0101"}),
    ("li", "10002", "李强", "Li Qiang", "O0101", "outlet_manager", "sun", {"outlet_manager": "O0101"}),
    ("zhao", "10003", "赵敏", "Zhao Min", "B01", "handler", "sun", {"owner": "B01"}),
    ("qian", "10004", "钱进", "Qian Jin", "B01", "handler", "sun", {"owner": "B01"}),
    ("sun", "10005", "孙洁", "Sun Jie", "B01", "supervisor", None, {"supervisor": "B01"}),
    ("zhou", "10006", "周正", "Zhou Zheng", "HO-CP", "consumer_protection", None, {"consumer_protection": "HO"}),
    ("wu", "10007", "吴霞", "Wu Xia", "HO-CP", "analyst", "zhou", {"analyst": "HO"}),
    ("zheng", "10008", "郑岩", "Zheng Yan", "HO", "auditor", None, {"auditor": "HO"}),
    ("feng", "10009", "冯远", "Feng Yuan", "HO", "president", None, {"executive": "HO"}),
    ("admin", "10010", "管理员", "Administrator", "HO", "administrator", None, {"administrator": "HO"}),
    ("chen", "10011", "陈晨", "Chen Chen", "B02", "account_manager", None, {"owner": "B02"}),
    ("duty", "10012", "何宁", "He Ning", "HO-DUTY", "duty_officer", None, {"supervisor": "HO"}),
)
TITLES = {
    "wang": "王柜员",
    "li": "李主任",
    "zhao": "赵经办",
    "qian": "钱经办",
    "sun": "孙主管",
    "zhou": "周消保",
    "wu": "吴分析",
    "zheng": "郑审计",
    "feng": "冯行长",
    "admin": "管理员",
    "chen": "陈客户经理",
    "duty": "何值班",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The walk over all pages begins before anything is changed on them, the long stories next, so that no process waits
    for another's at the end. Decisions, the kernel and the look of the house know no database, and who may open which
    page does not depend on it: tested once, not on each."""
    items.sort(key=lambda item: ("map_of" not in getattr(item, "fixturenames", ()), "loop" not in item.path.parts))
    if not os.environ.get("HUIYIN_DATABASE_URL"):
        return
    once = [item for item in items if _knows_no_database(item)]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if not _knows_no_database(item)]


def _knows_no_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return True
    if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
        return False
    return item.path.name == "test_rules.py" or bool({"kernel", "house"} & set(item.path.parts))


@dataclass
class Cast:
    """`cast.wang` is Staff, `cast.actor("wang")` the Actor, `cast.unit["O0101"]` the Unit."""

    at: datetime
    unit: dict[str, Unit] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    user: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Staff:
        staff = self.__dict__.get("staff", {})
        if name not in staff:
            raise AttributeError(name)
        return staff[name]

    def actor(self, name: str, at: datetime | None = None) -> Actor:
        """The person as an actor, with the grants that stand at that instant."""
        return actor_for(self.user[name], at or self.at)

    def login(self, client: Client, name: str) -> Client:
        """Sign a test client in as that person, second factor included."""
        user = self.user[name]
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": self.at.timestamp(), "username": user.username},
            {"method": "mfa", "at": self.at.timestamp(), "type": "totp", "id": 0},
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    def person(self, key: str, *, unit: str, post: str, roles: dict[str, str] | None = None, **more: Any) -> Staff:
        """One more person for a test that needs somebody special."""
        number = str(20000 + len(self.staff))
        made = staff_actions.hire(
            number=number, name=more.pop("name", key), unit=self.unit[unit].pk, post=post, from_date=OPENED,
            by=machine("cast"), at=self.at, **more,
        )  # fmt: skip
        self.staff[key] = made
        self._account(key, made.pk, roles or {})
        return made

    def _account(self, key: str, staff: UUID, roles: dict[str, str]) -> None:
        by, at = machine("cast"), self.at
        user = identity_actions.add_user(username=key, staff=staff, name=TITLES.get(key, key), by=by, at=at)
        self.user[key] = user
        grants = [
            access_actions.NewGrant(user.pk, role, self.unit[unit].pk, (at + timedelta(days=300)).date())
            for role, unit in roles.items()
        ]
        access_actions.give_many(grants=grants, by=by, at=at)


def make_cast(at: datetime) -> Cast:
    """Through the same doors as a real set-up."""
    made, by = Cast(at), machine("cast")
    lines = [
        unit_actions.NewUnit(code, name, kind, parent, name_en=name_en) for code, name, name_en, kind, parent in UNITS
    ]
    made.unit = {unit.code: unit for unit in unit_actions.add_many(units=lines, from_date=OPENED, by=by, at=at)}
    numbers = {key: number for key, number, *_ in PEOPLE}
    staff = [
        staff_actions.NewStaff(
            number, name, made.unit[unit].pk, post, OPENED, name_en, reports_to=numbers[boss] if boss else None
        )
        for _, number, name, name_en, unit, post, boss, _ in PEOPLE
    ]
    for (key, *_, roles), row in zip(PEOPLE, staff_actions.add_many(staff=staff, by=by, at=at), strict=True):
        made.staff[key] = row
        made._account(key, row.pk, roles)
    return made


@pytest.fixture
def at() -> datetime:
    """Thursday 5 March 2026, 10:00 in Shanghai."""
    return AT


@pytest.fixture(autouse=True)
def _at_that_instant(settings: Any, tmp_path: Path) -> None:
    """Pages play at the same instant, and files of a test stay in its own folder."""
    settings.HUIYIN_NOW = AT.isoformat()
    settings.HUIYIN_HOME = tmp_path


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        complete()


@pytest.fixture(autouse=True, scope="session")
def _the_ledger_starts_afresh() -> Iterator[None]:
    """Its append-only triggers let a test's tables be emptied after it, and only then."""
    with flushable():
        yield


_CASTS: dict[datetime, Kept[Cast]] = {}


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """Made once in each process, by its verbs; then its rows again."""
    if at in _CASTS:
        return _CASTS[at].again()
    made, kept = keep(lambda: make_cast(at))
    if kept:
        _CASTS[at] = kept
    return made


@pytest.fixture
def later(at: datetime) -> Callable[..., datetime]:
    """`later(days=2)`: an instant after `at`."""
    return lambda **delta: at + timedelta(**delta)
