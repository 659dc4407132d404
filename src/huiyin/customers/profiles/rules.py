"""When two records are the same person, what a person may decide about it, and what a customer may allow or refuse."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.kernel.label import Label

KINDS = ("phone", "email", "id", "number", "name")
CONTACTS = frozenset({"phone", "email", "id", "number"})
ALONE = frozenset({"number"})  # the bank's own customer number, from a channel that knows who it speaks to

KIND = {
    label.code: label
    for label in (
        Label("phone", "电话", "Telephone"),
        Label("email", "电子邮箱", "E-mail"),
        Label("id", "证件号码", "Identity number"),
        Label("number", "客户号", "Customer number"),
        Label("name", "姓名", "Name"),
    )
}
GROUNDS = {
    label.code: label
    for label in (
        Label("keys", "两项以上强标识一致", "Two or more strong details agree"),
        Label("document", "已核对客户身份证件", "The customer's identity document was checked"),
        Label("call", "已致电客户本人核实", "The customer was called and confirmed it"),
    )
}
PROOFS = {
    label.code: label
    for label in (
        Label("document", "已核对证件原件", "Seen on an original document"),
        Label("core", "与核心系统一致", "The same in the core system"),
        Label("call", "拨打该号码核实", "Called back on this number"),
    )
}


@dataclass(frozen=True)
class Match:
    """A recognised customer and the kinds of key that agreed (the reason)."""

    customer: UUID
    agreed: tuple[str, ...]


def match(
    found: Iterable[tuple[UUID, str]],
    *,
    id_verified: bool = False,
    refused: Mapping[UUID, frozenset[str]] | None = None,
    same: Mapping[UUID, UUID] | None = None,
) -> Match | None:
    """The one customer whose keys agree strongly enough, from (customer, kind) pairs that were found.

    Strong enough is a verified identity number or the bank's customer number, or two kinds of which one is a contact
    (phone, e-mail, identity number): families share a phone and strangers share a name, so neither is enough alone. A
    customer whose known identity number differs from the one given (`refused`) is somebody else whatever agrees. When
    two customers fit equally well nobody is matched: a wrong merge shows one person's matter to another.

    Records that a person has merged (`same`: customer -> survivor) agree together; the matter goes to the record of
    theirs that agrees most, so that taking them apart again leaves each what is theirs.
    """
    one = same or {}
    agreed: dict[UUID, set[str]] = {}
    for customer, kind in found:
        agreed.setdefault(customer, set()).add(kind)
    people: dict[UUID, set[str]] = {}
    for customer, kinds in agreed.items():
        people.setdefault(one.get(customer, customer), set()).update(kinds)
    not_them = {one.get(customer, customer) for customer, why in (refused or {}).items() if "id" in why}
    fits: list[tuple[int, UUID, tuple[str, ...]]] = []
    for person, kinds in people.items():
        if person in not_them:
            continue
        alone = (id_verified and "id" in kinds) or bool(kinds & ALONE)
        if alone or (len(kinds) >= 2 and kinds & CONTACTS):
            fits.append((10 if alone else len(kinds), person, tuple(k for k in KINDS if k in kinds)))
    fits.sort(key=lambda fit: (-fit[0], fit[1]))
    if not fits or (len(fits) > 1 and fits[0][0] == fits[1][0]):
        return None
    _weight, person, kinds_agreed = fits[0]
    records = [customer for customer in agreed if one.get(customer, customer) == person]
    best = max(records, key=lambda customer: (len(agreed[customer]), customer == person, customer))
    return Match(customer=best, agreed=kinds_agreed)


@dataclass(frozen=True)
class Known:
    """What one person is recognised by, as blind indexes per kind (of all their merged records)."""

    keys: Mapping[str, frozenset[str]]

    def agrees(self, other: "Known") -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if self.keys.get(kind, frozenset()) & other.keys.get(kind, frozenset()))

    def differs(self, other: "Known") -> bool:
        """Both identity numbers are known and none is the same: two people, whatever else agrees."""
        mine, theirs = self.keys.get("id", frozenset()), other.keys.get("id", frozenset())
        return bool(mine and theirs and not mine & theirs)


def is_likely(agreed: Iterable[str]) -> bool:
    """Enough to ask a person: one strong detail. A name alone is never shown as a possible duplicate."""
    return bool(CONTACTS & set(agreed))


def is_strong(agreed: Iterable[str]) -> bool:
    """Two strong details, or one that belongs to one person only (peers.md T39)."""
    strong = CONTACTS & set(agreed)
    return len(strong) >= 2 or bool(strong & {"id", "number"})


def why_not_one(mine: Known, theirs: Known, ground: str) -> str:
    """ "" if a person may say that these are one; else the code of the reason.

    A shared telephone or e-mail (a family's, a company's) is a match only after the customer was seen or called.
    """
    if ground not in GROUNDS:
        return "no_ground"
    if mine.differs(theirs):
        return "ids_differ"
    agreed = mine.agrees(theirs)
    if not is_likely(agreed):
        return "nothing_agrees"
    return "not_enough" if ground == "keys" and not is_strong(agreed) else ""


def survivor(customer: UUID, merged_into: Mapping[UUID, UUID]) -> UUID:
    """Where a chain of merges ends. A chain that bites its own tail ends where it began."""
    seen, here = {customer}, customer
    while here in merged_into:
        here = merged_into[here]
        if here in seen:
            return customer
        seen.add(here)
    return here


PURPOSES = (
    Label("survey", "满意度调查", "Satisfaction surveys"),
    Label("outreach", "短信邮件回访与提醒", "Follow-up and reminders by message"),
    Label("callback", "电话回访", "Call-backs by telephone"),
    Label("marketing", "产品与活动推介", "Offers of products and events"),
)
PURPOSE = {label.code: label for label in PURPOSES}
ASKED_FIRST = frozenset({"marketing"})
"""What may be done only after a yes. The others follow from handling the customer's own matter (PIPL art. 13 (2), (3))
and stop at a no (art. 15, 44)."""

SOURCES = {
    label.code: label
    for label in (
        Label("portal", "客户网上自助", "By the customer, online"),
        Label("phone", "来电", "By telephone"),
        Label("counter", "柜面书面", "In writing at a counter"),
        Label("letter", "来信", "By letter"),
        Label("callback", "回访电话中", "During a call-back"),
        Label("import", "系统导入", "Imported"),
    )
}


@dataclass(frozen=True)
class Statement:
    """What a customer said about one purpose, and when."""

    customer: UUID
    purpose: str
    given: bool
    source: str
    at: datetime


def newest(statements: Iterable[Statement]) -> dict[str, Statement]:
    """The statement that stands per purpose: the latest of all records of the person."""
    standing: dict[str, Statement] = {}
    for said in sorted(statements, key=lambda one: one.at):
        standing[said.purpose] = said
    return standing


def may(purpose: str, standing: Mapping[str, Statement]) -> bool:
    """May the customer be contacted for this purpose? Unknown purposes never."""
    if purpose not in PURPOSE:
        return False
    said = standing.get(purpose)
    return said.given if said else purpose not in ASKED_FIRST
