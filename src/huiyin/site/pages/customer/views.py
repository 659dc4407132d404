"""One customer seen whole: what to do next, open matters, and everything that happened in one line of time.

Always masked. Whoever may see none of their matters finds nobody; of matters they may not see, readers learn the number.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.customers.profiles import actions
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.label import Label
from huiyin.kernel.request import Request
from huiyin.listen.chats import queries as chats
from huiyin.listen.surveys import queries as surveys
from huiyin.measure.reputation import queries as reputation
from huiyin.platform.messages import queries as messages
from huiyin.platform.vault import queries as vault
from huiyin.resolve.callbacks import queries as callbacks
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.erasures import queries as erasures
from huiyin.site.pages.customer import forms, story
from huiyin.site.pages.customer.matters import Matter, matters

MOST = 100
LINES = 200
KINDS = ("phone", "id", "number", "email", "name")
STRONG = Label("strong", "两项以上强标识一致", "Two or more strong details agree")
WEAK = Label("weak", "仅一项一致，可能是家人共用", "One detail agrees, perhaps a family's")
DIFFERS = Label("differs", "证件号码不同，是两个人", "Identity numbers differ: two people")


@dataclass(frozen=True)
class Double:
    """A record that looks alike: masked, with what agrees, and whether this reader may open it."""

    id: UUID
    person: dict[str, str]
    agreed: list[Label]
    verdict: Label
    chip: str
    differs: bool


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """Look somebody up by telephone, identity or customer number, e-mail or name, through the blind index."""
    permit.must(request.actor, "customer.read")
    form = forms.Find(request.POST or None)
    q = form.cleaned_data["q"].replace("\x00", "").strip() if form.is_valid() else ""
    found: list[UUID] = []
    for kind in KINDS if q else ():
        found += profiles.who_has(kind, q)
    everyone = list(dict.fromkeys(profiles.survivors(found[:200]).values()))
    reachable = [id for id in everyone[:50] if _may_open(id, request)]
    if len(reachable) == 1:
        return redirect("customer:customer", reachable[0])
    people = profiles.profiles(reachable)
    rows = [(id, vault.masked(_values(people[id]))) for id in reachable if id in people]
    return render(
        request,
        "customer/find.html",
        {"form": form, "asked": bool(q), "rows": rows, "merges": bool(permit.can(request.actor, "customer.merge"))},
    )


@never_cache
@login_required
@require_safe
def customer(request: Request, id: UUID) -> HttpResponse:
    permit.must(request.actor, "customer.read")
    _must_open(id, request)
    survivor = profiles.survivor_of(id)
    if survivor != id:
        return redirect("customer:customer", survivor)
    return _page(request, id)


@never_cache
@login_required
@require_safe
def doubles(request: Request) -> HttpResponse:
    """Records over the whole bank that may be one person's. Strong details decide, everything else only suggests."""
    permit.must(request.actor, "customer.merge")
    asked = request.GET.get("before", "")
    found, before = profiles.doubles(int(asked) if asked.isdecimal() and len(asked) < 19 else None)
    opens: dict[UUID, bool] = {}
    pairs = [pair for pair in found if all(_opens(one, request, opens) for one in (pair.one, pair.other))]
    merged = [row for row in profiles.merged_lately() if _opens(row.survivor_id, request, opens)]
    people = profiles.profiles(
        [*(one for pair in pairs for one in (pair.one, pair.other)), *(row.member_id for row in merged)]
    )
    shown = {id: vault.masked(_values(one)) for id, one in people.items()}
    rows = [
        {
            "pair": pair, "one": shown[pair.one], "other": shown[pair.other],
            "agreed": [profiles.KIND[kind] for kind in pair.agreed],
            "verdict": DIFFERS if pair.differs else STRONG if pair.strong else WEAK,
            "chip": "bad" if pair.differs else "ok" if pair.strong else "warn",
        }
        for pair in pairs
    ]  # fmt: skip
    context = {"rows": rows, "before": before, "merged": [(row, shown[row.member_id]) for row in merged]}
    return render(request, "customer/doubles.html", context)


def _opens(id: UUID, request: Request, known: dict[UUID, bool]) -> bool:
    if id not in known:
        known[id] = _may_open(id, request)
    return known[id]


def _page(request: Request, id: UUID, bound: dict[str, django_forms.Form] | None = None) -> HttpResponse:
    actor, at, bound = request.actor, request.now, bound or {}
    person = profiles.profile(id)
    if person is None:
        raise Http404
    rows = list(cases.cases_of(id, actor, at).select_related("owner", "handler", "unit")[:MOST])
    sights = [cases.sight(row, at) for row in rows]
    shown = matters(rows, at)
    erased = erasures.erased_at(id)
    alike = _alike(id, request) if _may(request, "customer.merge", sights) and not erased else []
    tends = _may(request, "customer.tend", sights)
    every = _moments(request, id, shown)
    sort = request.GET.get("show", "")
    picked = [one for one in every if sort in ("", one.sort)] if sort in ("", *story.SORT) else every
    context = {
        "person": vault.masked(_values(person)),
        "details": _details(id),
        "links": [] if erased else _unmask_links(id, request, sights),
        "erased": erased,
        "erasure": bool(permit.can(actor, "erasure.read"))
        and bool(permit.can(actor, "erasure.read", erasures.sight(id, at))),
        "id": id,
        "met_at": person.met_at,
        "open": [matter for matter in shown if matter.case.closed_at is None],
        "moments": picked[:LINES],
        "more": max(len(picked) - LINES, 0),
        "sorts": [(label, sum(one.sort == label.code for one in every)) for label in story.SORTS],
        "show": sort if sort in story.SORT else "",
        "unseen": cases.unseen_of(id, actor, at),
        "next": story.next_step(shown, [one.id for one in alike if not one.differs], at),
        "flags": sorted({cases.FLAGS[code] for row in rows for code in row.flag_codes if code in cases.VULNERABLE},
                        key=lambda flag: flag.code),
        "products": sorted({row.product for row in rows if row.product}),
        "consents": _consents(id),
        "alike": alike,
        "members": _members(id, request, sights),
        "say": bound.get("consent") or (forms.Say() if tends else None),
        "verify": bound.get("verify") or (forms.Verify() if tends and not erased else None),
        "failed": next(iter(bound.values()), None),
    }  # fmt: skip
    return render(request, "customer/customer.html", context, status=422 if bound else 200)


def _moments(request: Request, id: UUID, shown: list[Matter]) -> list[story.Moment]:
    by_id = {matter.case.id: matter.case for matter in shown}
    threads = messages.threads(list(by_id)) if by_id else {}
    letters = [(by_id[matter], letter) for matter, found in threads.items() for letter in found]
    records = [(met.at, _met_words(met.how)) for one in profiles.identities(id) for met in profiles.meetings(one)[:20]]
    for row in profiles.merges(id):
        records.append((row.merged_at, _("Merged with another record")))
        if row.unmerged_at:
            records.append((row.unmerged_at, _("Taken apart from another record")))
    language = request.LANGUAGE_CODE
    more = [story.called(one, by_id[one.case], language) for one in callbacks.calls_of(by_id)]
    more += [story.chatted(one, by_id[one.pk], language) for one in chats.chats_of(by_id)]
    more += [story.posted(one, by_id[one.row.case], language) for one in reputation.posts_of(by_id)]
    more += [moment for one in surveys.asked_of(profiles.identities(id)) for moment in story.surveyed(one)]
    return story.moments(shown, letters, profiles.consents(id), records, more, language)


def _met_words(how: str) -> str:
    return _("First contact") if how == "new" else _("Recognised by details that agree")


def _details(id: UUID) -> list[tuple[Label, str, bool]]:
    """Every telephone, address and number of the person over all their records, masked; and whether it was verified."""
    sure = profiles.verified(id)
    found: dict[tuple[str, str], tuple[Label, str, bool]] = {}
    for one in profiles.profiles(profiles.identities(id)).values():
        for kind in ("phone", "email", "id", "number"):
            value = getattr(one, profiles.FIELD[kind])
            blind = vault.blind(kind, value) if value else ""
            if blind:
                name = profiles.FIELD[kind]
                masked = vault.masked({name: value})[name]
                found[kind, blind] = (profiles.KIND[kind], masked, (kind, blind) in sure)
    return list(found.values())


def _unmask_links(id: UUID, request: Request, sights: list[Any]) -> list[str]:
    if not _may(request, "person.unmask", sights):
        return []
    return [vault.unmask_link(one, one, request.actor) for one in profiles.identities(id)]


def _consents(id: UUID) -> list[tuple[Label, bool, Any]]:
    """Per purpose: may we, and the statement that stands."""
    standing = profiles.standing(id)
    return [(label, profiles.allows(label.code, standing), standing.get(label.code)) for label in profiles.PURPOSES]


def _alike(id: UUID, request: Request) -> list[Double]:
    found = [one for one in profiles.alike(id) if _may_open(one.id, request)]
    people = profiles.profiles([one.id for one in found])
    return [
        Double(
            one.id, vault.masked(_values(people[one.id])), [profiles.KIND[kind] for kind in one.agreed],
            DIFFERS if one.differs else STRONG if one.strong else WEAK,
            "bad" if one.differs else "ok" if one.strong else "warn", one.differs,
        )
        for one in found
    ]  # fmt: skip


def _members(id: UUID, request: Request, sights: list[Any]) -> list[tuple[Any, dict[str, str], bool]]:
    """The records merged into this person: the merge, the masked record, and whether it may be taken apart."""
    rows = [row for row in profiles.merges(id) if row.unmerged_at is None]
    people = profiles.profiles([row.member_id for row in rows])
    may = _may(request, "customer.merge", sights)
    return [(row, vault.masked(_values(people[row.member_id])), may) for row in rows]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, id: UUID, other: UUID) -> HttpResponse:
    """What agrees and what does not, side by side; then a person decides."""
    permit.must(request.actor, "customer.merge")
    pair = [profiles.survivor_of(one) for one in (id, other)]
    people = profiles.profiles(pair)
    for one in pair:
        _must_open(one, request)
        _must(request, "customer.merge", one)
    form = forms.Merge(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.merge(
                survivor=id, member=other, ground=form.cleaned_data["ground"], by=request.actor, at=request.now
            )
            flash.success(request, _("The two records are read as one customer now."))
            return redirect("customer:customer", profiles.survivor_of(id))
        except actions.Refused as no:
            form.add_error(None, str(no.message))
    mine, theirs = profiles.known(pair[0]), profiles.known(pair[1])
    agreed = mine.agrees(theirs)
    sides = [
        (people[one], vault.masked(_values(people[one])), cases.cases_of(one, request.actor, request.now).count())
        for one in pair
    ]
    context = {
        "form": form, "id": id, "other": other, "sides": sides, "agreed": [profiles.KIND[kind] for kind in agreed],
        "differs": mine.differs(theirs), "strong": profiles.is_strong(agreed),
    }  # fmt: skip
    return render(request, "customer/merge.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def do(request: Request, id: UUID, verb: str) -> HttpResponse:
    """consent, verify, unmerge, apart: one verb of the page."""
    permit.must(request.actor, "customer.read")
    _must_open(id, request)
    if verb not in _VERBS:
        raise Http404
    action, act = _VERBS[verb]
    _must(request, action, id)
    refused = act(request, id)
    return refused or redirect("customer:customer", profiles.survivor_of(id))


def _consent(request: Request, id: UUID) -> HttpResponse | None:
    form = forms.Say(request.POST)
    if not form.is_valid():
        return _page(request, id, {"consent": form})
    said = form.cleaned_data
    actions.say(
        customer=id, purpose=said["purpose"], given=said["given"] == "yes", source=said["source"], by=request.actor,
        at=request.now,
    )  # fmt: skip
    flash.success(request, _("Recorded. It is respected from now on."))
    return None


def _verify(request: Request, id: UUID) -> HttpResponse | None:
    form = forms.Verify(request.POST)
    if not form.is_valid():
        return _page(request, id, {"verify": form})
    said = form.cleaned_data
    try:
        actions.verify(
            customer=id, kind=said["kind"], value=said["value"], how=said["how"], by=request.actor, at=request.now
        )
    except actions.Refused as no:
        form.add_error("value", str(no.message))
        return _page(request, id, {"verify": form})
    flash.success(request, _("Recorded as verified."))
    return None


def _unmerge(request: Request, id: UUID) -> HttpResponse | None:
    member = _uuid(request.POST.get("member", ""))
    if member not in profiles.identities(id):
        raise Http404
    actions.unmerge(member=member, by=request.actor, at=request.now)
    flash.success(request, _("Taken apart. Each record is as it was."))
    return None


def _apart(request: Request, id: UUID) -> HttpResponse | None:
    other = _uuid(request.POST.get("other", ""))
    _must_open(other, request)
    actions.tell_apart(one=id, other=profiles.survivor_of(other), by=request.actor, at=request.now)
    flash.success(request, _("Recorded: two people. The suggestion will not come back."))
    return None


_VERBS = {
    "consent": ("customer.tend", _consent),
    "verify": ("customer.tend", _verify),
    "unmerge": ("customer.merge", _unmerge),
    "apart": ("customer.merge", _apart),
}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as bad:
        raise Http404 from bad


def _must_open(id: UUID, request: Request) -> None:
    """A customer is open to whoever may see at least one of their matters; nobody browses people."""
    if profiles.profile(id) is None or not _may_open(id, request):
        raise Http404


def _may_open(id: UUID, request: Request) -> bool:
    return cases.cases_of(id, request.actor, request.now).exists()


def _may(request: Request, action: str, sights: list[Any]) -> bool:
    """Over the customer as over any one of their matters that this reader sees."""
    return any(permit.can(request.actor, action, sight) for sight in sights)


def _must(request: Request, action: str, id: UUID) -> None:
    """The right over one of the matters is enough; else the reason of the first no."""
    rows = cases.cases_of(id, request.actor, request.now)[:MOST]
    verdicts = [permit.can(request.actor, action, cases.sight(row, request.now)) for row in rows]
    if not any(verdicts):
        raise permit.Denied(verdicts[0]) if verdicts else Http404


def _values(person: profiles.Profile) -> dict[str, str]:
    values = {field: getattr(person, field) for field in profiles.FIELD.values()}
    return {name: value for name, value in values.items() if value}
