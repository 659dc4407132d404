"""Found the demo bank: its units, people, products, denominators, accounts and standards."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from huiyin.bank.products import actions as products
from huiyin.bank.staff import actions as staff
from huiyin.bank.units import actions as units
from huiyin.kernel.actor import Actor
from huiyin.protect.access import actions as access
from huiyin.protect.identity import actions as identity
from huiyin.site.demo import institution

PRODUCTS = [
    ("current_account", "活期账户", "Current account", "savings"),
    ("debit_card", "借记卡", "Debit card", "bank_card"),
    ("credit_card", "信用卡", "Credit card", "bank_card"),
    ("mortgage", "个人住房贷款", "Home loan", "loan"),
    ("consumer_loan", "个人消费贷款", "Consumer loan", "loan"),
    ("business_loan", "小微经营贷款", "Small-business loan", "loan"),
    ("mobile_bank", "手机银行", "Mobile banking", "payment"),
    ("wealth_product", "自营理财", "Wealth product", "wealth_own"),
    ("agency_insurance", "代理保险", "Agency insurance", "agency"),
    ("forex", "外汇业务", "Foreign exchange", "forex"),
    ("atm", "自助设备", "Self-service machine", "cash"),
]
# Sign-in name, post and unit of the person who plays it, role.
SIGN_INS = [
    ("teller", "teller", "O0101", "agent"),
    ("handler", "handler", "B01", "owner"),
    ("handler2", "handler", "B01", "owner"),
    ("supervisor", "supervisor", "B01", "supervisor"),
    ("manager", "outlet_manager", "O0101", "outlet_manager"),
    ("protection", "consumer_protection", "D-CP", "consumer_protection"),
    ("analyst", "analyst", "B01", "analyst"),
    ("auditor", "auditor", "D-AUD", "auditor"),
    ("executive", "president", "HO", "executive"),
    ("admin", "security", "D-IT", "administrator"),
]


@dataclass
class Founded:
    """The bank as it stands: ids by code, people by unit and post."""

    unit: dict[str, UUID]
    person: dict[str, UUID]
    posts: dict[tuple[str, str], list[UUID]]
    branch_of: dict[str, str]
    accounts: list[Any] = field(default_factory=list)

    @property
    def branch_by_unit(self) -> dict[UUID, str]:
        """The branch of every outlet and of every branch, by id."""
        known = {self.unit[code]: branch for code, branch in self.branch_of.items()}
        return known | {self.unit[code]: code for code in set(self.branch_of.values())}

    @property
    def outlets(self) -> list[str]:
        return sorted(self.branch_of)

    def holding(self, unit: str, post: str) -> list[UUID]:
        return self.posts.get((unit, post), [])


def found(*, seed: int, start: date, end: date, by: Actor, at: datetime) -> Founded:
    """Write the organisation; everything stands from the first day of the history."""
    rng = Random(f"institution {seed}")
    rows = institution.units()
    made = units.add_many(
        units=[units.NewUnit(r.code, r.name, r.kind, r.parent, r.name_en, r.region) for r in rows],
        from_date=start, by=by, at=at,
    )  # fmt: skip
    unit = {row.code: row.id for row in made}
    people = institution.people(rng)
    hired = staff.add_many(
        staff=[
            staff.NewStaff(p.number, p.name, unit[p.unit], p.post, start, p.name_en, reports_to=p.reports_to) for p in people
        ],
        by=by, at=at,
    )  # fmt: skip
    person = {row.number: row.id for row in hired}
    posts: dict[tuple[str, str], list[UUID]] = {}
    for p in people:
        posts.setdefault((p.unit, p.post), []).append(person[p.number])
    products.add_many(products=[products.NewProduct(c, zh, cat, en) for c, zh, en, cat in PRODUCTS], by=by, at=at)
    outlets = {row.code: str(row.parent) for row in rows if row.kind == "outlet"}
    units.set_exposure_many(lines=_exposures(rng, unit, sorted(outlets), start, end), by=by, at=at)
    founded = Founded(unit, person, posts, outlets)
    _accounts(founded, people, end, by, at)
    return founded


def _exposures(
    rng: Random, unit: dict[str, UUID], outlets: list[str], start: date, end: date
) -> list[units.NewExposure]:
    """Customers and transactions of every outlet and month: a slow growth, and one very small outlet."""
    lines: list[units.NewExposure] = []
    month = start.replace(day=1)
    size = {code: (900 if code == "O0320" else rng.randint(9_000, 31_000)) for code in outlets}
    while month < end:
        for code in outlets:
            customers = int(size[code] * (1 + 0.004 * len(lines) / len(outlets)))
            lines.append(
                units.NewExposure(
                    unit[code], month, customers=customers, accounts=int(customers * 1.7),
                    transactions=int(customers * rng.uniform(3.1, 3.9)),
                )
            )  # fmt: skip
        month = (month + timedelta(days=32)).replace(day=1)
    return lines


def _accounts(founded: Founded, people: list[institution.StaffRow], end: date, by: Actor, at: datetime) -> None:
    """Sign-ins for the roles of the demo page, and for everybody who handles complaints."""
    until = end + timedelta(days=330)
    taken: set[UUID] = set()
    lines: list[tuple[str, UUID, str, UUID]] = []
    roles: list[access.NewGrant] = []
    for username, post, unit, role in SIGN_INS:
        person = next(p for p in founded.holding(unit, post) if p not in taken)
        taken.add(person)
        lines.append((username, person, role, founded.unit["HO" if role in HEAD_OFFICE else unit]))
    works = {"handler": "owner", "supervisor": "supervisor", "outlet_manager": "outlet_manager", "duty_officer": "supervisor",
             "consumer_protection": "consumer_protection", "analyst": "analyst", "telephone_agent": "agent", "branch_head": "outlet_manager"}  # fmt: skip
    for p in people:
        if p.post in works and founded.person[p.number] not in taken:
            wide = works[p.post] in HEAD_OFFICE or p.unit.startswith("D-")
            lines.append(
                (p.number.lower(), founded.person[p.number], works[p.post], founded.unit["HO" if wide else p.unit])
            )
    names = {founded.person[p.number]: p.name for p in people}
    played = {username for username, *_ in SIGN_INS}
    users = identity.add_many(
        users=[
            identity.NewUser(username, person, names[person], demo=username in played)
            for username, person, _, _ in lines
        ],
        by=by,
        at=at,
    )
    founded.accounts = users
    for user, (_, _, role, unit_id) in zip(users, lines, strict=True):
        roles.append(access.NewGrant(user.pk, role, unit_id, until))
    access.give_many(grants=roles, by=by, at=at)


HEAD_OFFICE = ("consumer_protection", "auditor", "executive", "administrator")
