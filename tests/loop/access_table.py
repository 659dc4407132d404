"""Who opens which address. One row per address of the URLconf; a room adds its rows here.

The world has a record of every kind in branch B01. Each of the roles visits it twice: held over B01 (here) and held over
B02 (elsewhere). A role in `opens` gets `ok` here; elsewhere it gets 404 if the row is about a record, else `ok`.
A role not in `opens` gets 403 or 404. Nobody at all is sent to sign in, unless the row is public.

TABLE has each address once. MORE has further rows of the same addresses: the verbs of a case and of a rectification one
by one, what is somebody's own, links that were made for somebody else, and lists that are asked for a record.
Records are those of access_world.py; `{mine…}` is another record for each role, of which that person is the holder.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from huiyin.kernel.permit import MATRIX, OWN, ROLES

STAFF = frozenset(role.code for role in ROLES if role.code != "assistant")
NOBODY: frozenset[str] = frozenset()


def by_scope(action: str) -> frozenset[str]:
    """The roles to which a permission reaches over a unit."""
    return frozenset(role for role, reach in MATRIX[action].items() if reach != OWN) & STAFF


def own(action: str) -> frozenset[str]:
    """The roles that have a permission only for what they own, handle or wrote."""
    return frozenset(role for role, reach in MATRIX[action].items() if reach == OWN) & STAFF


def anyhow(action: str) -> frozenset[str]:
    """The roles that have a permission at all, if only for what is their own."""
    return frozenset(MATRIX[action]) & STAFF


@dataclass(frozen=True)
class Row:
    route: str
    opens: frozenset[str] = STAFF
    address: str = ""  # with {names} of the world; default: the route itself
    record: bool = False  # about one record: unseen and missing look alike
    public: bool = False
    ok: tuple[int, ...] = (200,)
    refused: tuple[int, ...] = (403, 404)
    post: bool = False
    data: dict[str, str] = field(
        default_factory=dict
    )  # what is sent, with {names}; complete, so that only rights refuse
    elsewhere: tuple[int, ...] = (404,)  # what a role over B02 gets, if the row is about a record
    walked: frozenset[str] = STAFF  # the roles for which the world has the record

    @property
    def path(self) -> str:
        return "/" + (self.address or self.route).lstrip("/")


def public(routes: Iterable[str], ok: tuple[int, ...] = (200,)) -> list[Row]:
    return [Row(route, public=True, ok=ok) for route in routes]


ACCOUNTS = [
    *public(["accounts/login/"], ok=(200, 302)),
    *public(["accounts/logout/", "accounts/2fa/authenticate/"], ok=(200, 302)),
    *public(["accounts/inactive/"]),
    Row("accounts/demo/", public=True, post=True, ok=(404,)),
    *public(["accounts/signup/", "accounts/password/reset/", "accounts/password/set/", "accounts/email/"], ok=(404,)),
    Row("accounts/password/set/<str:uid>/<str:token>/", address="accounts/password/set/MQ/x-y/", public=True, ok=(410,)),
    # Pages about one's own sign-in: allauth sends the anonymous away itself, and asks for a fresh proof.
    *public(
        [
            "accounts/reauthenticate/", "accounts/password/change/", "accounts/2fa/", "accounts/2fa/reauthenticate/",
            "accounts/2fa/totp/activate/", "accounts/2fa/totp/deactivate/", "accounts/2fa/recovery-codes/",
            "accounts/2fa/recovery-codes/generate/", "accounts/2fa/recovery-codes/download/", "accounts/2fa/webauthn/",
            "accounts/2fa/webauthn/add/", "accounts/2fa/webauthn/reauthenticate/",
        ],
        ok=(200, 302, 403, 404),
    ),
    Row("accounts/2fa/webauthn/keys/<int:pk>/remove/", address="accounts/2fa/webauthn/keys/1/remove/", public=True, ok=(302, 404)),
    Row("accounts/2fa/webauthn/keys/<int:pk>/edit/", address="accounts/2fa/webauthn/keys/1/edit/", public=True, ok=(302, 404)),
    *public(["accounts/2fa/webauthn/login/"], ok=(200, 302)),
]  # fmt: skip

UNITS = [
    Row("desk/units/", by_scope("bank.read")),
    Row("desk/units/new/", by_scope("bank.manage")),
    Row("desk/units/<str:code>/", by_scope("bank.read"), "desk/units/{unit}/", record=True),
    *[
        Row(f"desk/units/<str:code>/{verb}/", by_scope("bank.manage"), f"desk/units/{{unit}}/{verb}/", record=True)
        for verb in ("rename", "move", "merge", "close")
    ],
]
PEOPLE = [
    Row("desk/staff/", by_scope("bank.read")),
    Row("desk/staff/new/", by_scope("bank.manage")),
    Row("desk/staff/<str:number>/", by_scope("bank.read"), "desk/staff/{number}/", record=True),
    *[
        Row(f"desk/staff/<str:number>/{verb}/", by_scope("bank.manage"), f"desk/staff/{{number}}/{verb}/", record=True)
        for verb in ("edit", "move", "absent", "leave", "kin")
    ],
]
PRODUCTS = [
    Row("desk/products/", by_scope("bank.read")),
    # The list is one for the whole bank: no role over a branch changes it.
    Row("desk/products/new/", NOBODY),
    Row("desk/products/<str:code>/edit/", NOBODY, "desk/products/{product}/edit/"),
    Row("desk/products/<str:code>/withdraw/", NOBODY, "desk/products/{product}/withdraw/"),
]
IMPORTS = [
    Row("desk/imports/", by_scope("import.run")),
    Row("desk/imports/template/<slug:code>/", by_scope("import.run"), "desk/imports/template/units/"),
    Row("desk/imports/new/<slug:code>/", by_scope("import.run"), "desk/imports/new/units/"),
    # An upload is its uploader's (here the machine's); finished runs are every importer's.
    Row("desk/imports/<uuid:pk>/preview/", NOBODY, "desk/imports/{run}/preview/", record=True),
    Row("desk/imports/<uuid:pk>/", by_scope("import.run"), "desk/imports/{run}/"),
    Row("desk/imports/<uuid:pk>/report/", by_scope("import.run"), "desk/imports/{run}/report/", ok=(404,)),
]
_WAVE = "desk/surveys/campaigns/{wave}/"
SURVEYS = [
    Row("survey/<slug:secret>/", address="survey/made-up/", public=True, ok=(404,)),
    Row("survey/<slug:secret>/send/", address="survey/made-up/send/", public=True, ok=(404,)),
    Row("survey/<slug:secret>/no-more/", address="survey/made-up/no-more/", public=True, ok=(404,)),
    Row("survey/<slug:secret>/<slug:code>/", address="survey/made-up/q1/", public=True, ok=(404,)),
    Row("desk/surveys/", by_scope("survey.read")),
    Row("desk/surveys/new/", by_scope("survey.manage")),
    Row("desk/surveys/<uuid:id>/", by_scope("survey.read"), "desk/surveys/{survey}/", record=True),
    Row("desk/surveys/<uuid:id>/preview/", by_scope("survey.read"), "desk/surveys/{survey}/preview/", record=True),
    Row("desk/surveys/<uuid:id>/ask/", by_scope("survey.manage"), "desk/surveys/{survey}/ask/", record=True),
    Row("desk/surveys/<uuid:id>/words/", by_scope("survey.manage"), "desk/surveys/{draft}/words/", record=True),
    Row("desk/surveys/<uuid:id>/question/", by_scope("survey.manage"), "desk/surveys/{draft}/question/", record=True),
    Row(
        "desk/surveys/<uuid:id>/question/<slug:code>/", by_scope("survey.manage"),
        "desk/surveys/{draft}/question/q1/", record=True,
    ),
    Row(
        "desk/surveys/<uuid:id>/do/<slug:verb>/", by_scope("survey.manage"), "desk/surveys/{survey}/do/revise/",
        record=True, post=True, ok=(302,),
    ),
    Row("desk/surveys/campaigns/<uuid:id>/", by_scope("survey.read"), _WAVE, record=True),
    Row(
        "desk/surveys/campaigns/<uuid:id>/list/", by_scope("survey.manage"), f"{_WAVE}list/", record=True, post=True,
        ok=(422,),
    ),
    Row(
        "desk/surveys/campaigns/<uuid:id>/do/<slug:verb>/", by_scope("survey.manage"), f"{_WAVE}do/cancel/",
        record=True, post=True, ok=(302,),
    ),
    Row("desk/surveys/campaigns/<uuid:id>/results/", by_scope("survey.read"), f"{_WAVE}results/", record=True),
    Row(
        "desk/surveys/campaigns/<uuid:id>/export/", by_scope("survey.export"), f"{_WAVE}export/", record=True,
        post=True, ok=(302,),
    ),
]  # fmt: skip
USERS = [
    Row("desk/users/", by_scope("users.manage")),
    Row("desk/users/new/", by_scope("users.manage")),
    Row("desk/users/<int:pk>/", by_scope("users.manage"), "desk/users/{user}/", record=True),
    *[
        Row(f"desk/users/<int:pk>/{verb}/", by_scope("users.manage"), f"desk/users/{{user}}/{verb}/", record=True)
        for verb in ("switch", "reset", "link")
    ],
]
ACCESS = [
    Row("desk/access/", by_scope("access.read")),
    Row("desk/access/roles/", by_scope("access.read")),
    Row("desk/access/grants/", by_scope("access.read")),
    Row("desk/access/log/", by_scope("access.read")),
    Row("desk/access/grants/new/", by_scope("grants.manage")),
    Row(
        "desk/access/grants/<uuid:pk>/renew/",
        by_scope("grants.manage"),
        "desk/access/grants/{grant}/renew/",
        record=True,
    ),
    Row("desk/access/grants/<uuid:pk>/end/", by_scope("grants.manage"), "desk/access/grants/{grant}/end/", record=True),
    Row("desk/access/tokens/", by_scope("tokens.manage")),
    Row("desk/access/tokens/new/", by_scope("tokens.manage")),
    Row(
        "desk/access/tokens/<uuid:pk>/revoke/",
        by_scope("tokens.manage"),
        "desk/access/tokens/{token}/revoke/",
        record=True,
    ),
]
STANDARDS = [
    Row("desk/standards/", by_scope("standards.read")),
    Row("desk/standards/calendars/<slug:code>/", by_scope("standards.read"), "desk/standards/calendars/cn-office/"),
    Row("desk/standards/packs/<slug:code>/", by_scope("standards.read"), "desk/standards/packs/iso-house/"),
    Row("desk/standards/words/", by_scope("standards.read")),
    Row("desk/standards/texts/", by_scope("standards.read")),
    Row("desk/standards/replies/", by_scope("standards.read")),
    Row("desk/standards/replies/new/", by_scope("wording.propose")),
    Row("desk/standards/replies/<slug:code>/", by_scope("standards.read"), "desk/standards/replies/{template}/"),
    # Approved texts are one for the whole bank: no role over a branch decides them.
    Row(
        "desk/standards/replies/<slug:code>/<slug:verb>/",
        NOBODY,
        "desk/standards/replies/{template}/approve/",
        post=True,
        data={"version": "1"},
    ),
    Row("desk/cases/redress-limits/", by_scope("standards.read")),
    Row(
        "desk/cases/redress-limits/<uuid:id>/<slug:verb>/",
        NOBODY,
        "desk/cases/redress-limits/{case}/approve/",
        post=True,
    ),
    Row("desk/cases/shut-days/", by_scope("standards.read")),
    Row("desk/cases/shut-days/<uuid:id>/<slug:verb>/", NOBODY, "desk/cases/shut-days/{case}/grant/", post=True),
    Row("desk/changes/", by_scope("standards.read")),
    # What changes the standards concerns the whole bank: no role over a branch proposes or decides.
    Row("desk/changes/new/", NOBODY),
    Row("desk/changes/packs/", NOBODY),
    Row("desk/changes/what-if/", anyhow("case.read")),
    Row("desk/changes/<uuid:id>/", by_scope("standards.read"), "desk/changes/{change}/"),
    Row("desk/changes/<uuid:id>/<slug:verb>/", NOBODY, "desk/changes/{change}/approve/", post=True),
    # The link as the case page has it, sealed for this one reader.
    Row("desk/clocks/<uuid:id>/", by_scope("case.read"), "{clock}", record=True),
]
PORTAL = [
    # What may enter is judged by a signature in the channel itself; here there is none of this name.
    Row("hooks/<slug:code>/", address="hooks/no-such/", public=True, ok=(404,)),
    *public(["", "privacy/", "healthz", "verify/", "track/", "complain/"], ok=(200, 302, 503)),
    *public(["first-run/"], ok=(302, 404, 403, 410)),
    *public(["ledger/checkpoint", "ledger/key"], ok=(200, 404)),
    Row("ledger/tile/<str:level>/<path:place>", address="ledger/tile/0/000", public=True, ok=(200, 404)),
    Row("verify/<str:entry>.receipt", address="verify/" + "0" * 64 + ".receipt", public=True, ok=(404,)),
    Row("verify/<str:entry>.tlog-proof", address="verify/" + "0" * 64 + ".tlog-proof", public=True, ok=(404,)),
    # A real secret is the customer's right to read and act, whoever shows it; here it is one that opens nothing.
    *[
        Row(
            f"track/<slug:secret>/{verb}", address=f"track/made-up/{verb}", public=True, ok=(404, 405), post=verb == "x"
        )
        for verb in ("", "received/", "add/", "accept/", "dispute/", "review/", "withdraw/", "receipt/", "proof/")
    ],
    Row(
        "track/<slug:secret>/redress/<uuid:id>/",
        address=f"track/made-up/redress/{'0' * 8}-0000-4000-8000-{'0' * 12}/",
        public=True,
        ok=(404,),
        post=True,
    ),
    Row("^complain/(?P<name>what|where|wish|contact)/$", address="complain/what/", public=True, ok=(200, 302)),
    *public(["complain/check/", "complain/discard/"], ok=(200, 302, 405)),
    Row("answer/<slug:secret>/", address="answer/made-up/", public=True, ok=(404,)),
    Row("ask/<slug:secret>/", address="ask/made-up/", public=True, ok=(404,)),
    Row("ask/<slug:secret>/stop/", address="ask/made-up/stop/", public=True, ok=(404,), post=True),
    Row("rate/<slug:secret>/", address="rate/made-up/", public=True, ok=(404, 410)),
]
CHATS = [
    *public(["chat/"]),
    Row("chat/<slug:secret>/", address="chat/made-up/", public=True, ok=(404,)),
    Row("chat/<slug:secret>/<slug:verb>/", address="chat/made-up/say/", public=True, post=True, ok=(404,)),
    Row("chat/<slug:secret>/file/<int:seq>/", address="chat/made-up/file/1/", public=True, ok=(404,)),
    Row("desk/chats/", anyhow("chat.read")),
    Row("desk/chats/seat/", by_scope("chat.take"), post=True, data={"open": "1"}, ok=(302,)),
    # Of zhao's chat; one's own is always one's own.
    Row("desk/chats/<uuid:id>/", by_scope("chat.read"), "desk/chats/{chat}/", record=True),
    # Whoever waits at a branch is taken by that branch.
    Row(
        "desk/chats/<uuid:id>/<slug:verb>/", by_scope("chat.take"), "desk/chats/{chat_waiting}/take/", record=True,
        post=True, ok=(302,),
    ),
]  # fmt: skip
COUNTERS = [
    *[
        Row(f"rate-us/<slug:token>/{page}", address=f"rate-us/made-up/{page}", public=True, ok=(404,), post=page == "send/")
        for page in ("", "send/", "thanks/")
    ],
    Row("desk/counters/", by_scope("counter.read")),
    Row("desk/counters/new/", by_scope("counter.manage")),
    Row("desk/counters/<uuid:id>/code/", by_scope("counter.manage"), "desk/counters/{spot}/code/", record=True),
    Row(
        "desk/counters/<uuid:id>/renew/", by_scope("counter.manage"), "desk/counters/{spot}/renew/", record=True,
        post=True, data={"open": "1"}, ok=(302,),
    ),
    Row(
        "desk/counters/<uuid:id>/settle/", by_scope("counter.read"), "desk/counters/{press}/settle/", record=True,
        post=True, data={"what": "fixed"}, ok=(302,),
    ),
]  # fmt: skip
API = [
    *public(["api/v1/openapi.json", "api/v1/"], ok=(200, 404)),
    *public(["api/v1/complaints", "api/v1/search"], ok=(401, 405)),
    Row("api/v1/complaints/<id>", address="api/v1/complaints/{case}", public=True, ok=(401, 404)),
]
APPEALS = [
    Row("desk/appeals/", anyhow("review.read")),
    Row("desk/appeals/ask/<uuid:case>/", by_scope("case.note"), "desk/appeals/ask/{answered}/", record=True),
    Row("desk/appeals/mediate/<uuid:case>/", by_scope("case.note"), "desk/appeals/mediate/{case}/", record=True),
    Row("desk/appeals/mediation/<uuid:id>/", by_scope("case.note"), "desk/appeals/mediation/{mediation}/", record=True),
    # A review of what branch B01 decided stands at head office: no role over a branch sees it.
    Row("desk/appeals/<uuid:id>/", NOBODY, "desk/appeals/{review}/", record=True),
    Row(
        "desk/appeals/<uuid:id>/give/",
        NOBODY,
        "desk/appeals/{review}/give/",
        record=True,
        post=True,
        data={"number": "{colleague}"},
    ),
    Row(
        "desk/appeals/<uuid:id>/decide/",
        NOBODY,
        "desk/appeals/{review}/decide/",
        record=True,
        post=True,
        data={"outcome": "upheld", "text": "维持原决定。"},
    ),
]
DESK = [
    Row("desk/"),
    Row("desk/me/"),
    Row("desk/patterns/", ok=(200, 404)),
    Row("desk/inbox/", by_scope("inbox.read")),
    Row("desk/inbox/read/", by_scope("inbox.read"), ok=(302,), post=True, data={"notice": "{notice}"}),
    Row("desk/inbox/<uuid:id>/", by_scope("inbox.read"), "desk/inbox/{notice}/", record=True, ok=(302,), post=True),
    # As the case page offers them: an attachment, and the customer's name in clear.
    Row("desk/files/<str:token>/", by_scope("file.read"), "{file}", record=True),
    Row("desk/vault/unmask/<str:token>/", by_scope("person.unmask"), "{unmask}", record=True),
    Row("desk/work/", anyhow("case.read")),
    Row("desk/work/split/", anyhow("case.read")),
    Row("desk/work/counts/", anyhow("case.read")),
    Row("desk/work/columns/", anyhow("case.read"), post=True, ok=(302,), data={"query": "view=all", "how": "here"}),
    Row("desk/work/export/", anyhow("case.export"), post=True, data={"format": "csv", "query": "view=all"}),
    Row("desk/work/views/", anyhow("case.read")),
    # A view is its keeper's, or shared below a unit: here zhao's own, which nobody else opens.
    Row("desk/work/views/<uuid:id>/", NOBODY, "desk/work/views/{others_view}/", record=True),
    Row("desk/work/views/<uuid:id>/follow/", NOBODY, "desk/work/views/{others_view}/follow/", record=True, post=True),
    Row("desk/work/views/<uuid:id>/drop/", NOBODY, "desk/work/views/{others_view}/drop/", record=True, post=True),
    Row(
        "desk/work/bulk/", by_scope("case.assign"), post=True,
        data={"verb": "remind", "case": "{case}", "query": "view=all"},
    ),
    Row(
        "desk/work/bulk/do/", by_scope("case.assign"), post=True, ok=(302,),
        data={"verb": "remind", "key": "00000000-0000-4000-8000-00000000000a", "line": "{case}:1"},
    ),
    Row("desk/work/bulk/<uuid:id>/", NOBODY, "desk/work/bulk/{others_batch}/", record=True),
    Row("desk/work/here/<uuid:id>/", by_scope("case.read"), "desk/work/here/{case}/", record=True, post=True),
    Row("desk/work/colleagues/", anyhow("case.note"), "desk/work/colleagues/?q=1"),
    Row(
        "desk/work/colleagues/<uuid:id>/", by_scope("case.note"), "desk/work/colleagues/{case}/?q=1", record=True,
    ),
    Row("desk/board/", by_scope("case.assign")),
    Row("desk/shifts/", anyhow("case.note")),
    Row("desk/shifts/<uuid:id>/", anyhow("case.note"), "desk/shifts/{shift}/", record=True),
    Row(
        "desk/shifts/<uuid:id>/take/", anyhow("case.note"), "desk/shifts/{shift}/take/", record=True, post=True,
        ok=(302,),
    ),
    Row("desk/keys/"),
    Row("desk/go/", address="desk/go/?q=ts"),
    Row("desk/cases/<uuid:id>/dossier/", by_scope("case.read"), "desk/cases/{case}/dossier/", record=True),
    Row("desk/papers/", anyhow("case.export")),
    Row("desk/papers/dossier/<uuid:id>/", by_scope("case.export"), "desk/papers/dossier/{case}/", record=True),
    # A file is whose who asked for it.
    Row("desk/papers/<uuid:id>/", NOBODY, "desk/papers/{nothing}/"),
    Row("desk/search/", anyhow("case.read"), post=True, data={"q": "13800138000"}),
    Row("desk/precontacts/", anyhow("case.read")),
    Row("desk/precontacts/ask/<uuid:case>/", by_scope("case.reply"), "desk/precontacts/ask/{case}/", record=True),
    Row("desk/precontacts/<uuid:id>/", by_scope("case.reply"), "desk/precontacts/{precontact}/", record=True),
    Row(
        "desk/precontacts/<uuid:id>/drop/", by_scope("case.reply"), "desk/precontacts/{precontact}/drop/", record=True,
        post=True, ok=(302,),
    ),
    Row("desk/callbacks/", anyhow("callback.read")),
    Row("desk/callbacks/next/", anyhow("callback.call"), post=True, ok=(302,)),
    Row("desk/callbacks/lists/", by_scope("callback.draw")),
    Row("desk/callbacks/lists/new/", by_scope("callback.draw")),
    Row("desk/callbacks/lists/<uuid:id>/", by_scope("callback.draw"), "desk/callbacks/lists/{call_list}/", record=True),
    Row(
        "desk/callbacks/lists/<uuid:id>/ask/", by_scope("callback.draw"), "desk/callbacks/lists/{call_list}/ask/", record=True,
        post=True, ok=(302,),
    ),
    Row("desk/callbacks/script/", anyhow("callback.read")),
    Row("desk/callbacks/<uuid:id>/", by_scope("callback.read"), "desk/callbacks/{call}/", record=True),
    # The number is shown, and the answer taken, only where the call is in hand; it lies in the hand of somebody else.
    Row(
        "desk/callbacks/<uuid:id>/reveal/", by_scope("callback.call"), "desk/callbacks/{call}/reveal/", record=True,
        post=True, ok=(302,),
    ),
    Row(
        "desk/callbacks/<uuid:id>/conclude/", by_scope("callback.call"), "desk/callbacks/{call}/conclude/",
        record=True, post=True, ok=(422,), data={"version": "2", "outcome": "no_answer"},
    ),
    Row(
        "desk/callbacks/<uuid:id>/release/", by_scope("callback.draw"), "desk/callbacks/{call}/release/", record=True,
        post=True, ok=(302,),
    ),
    Row("desk/customers/", anyhow("customer.read")),
    # An agent opens the customers of the cases in hand; here each works on another one of this customer's.
    Row("desk/customers/<uuid:id>/", anyhow("customer.read"), "desk/customers/{customer}/", record=True),
    Row(
        "desk/customers/<uuid:id>/merge/<uuid:other>/", by_scope("customer.merge"),
        "desk/customers/{customer}/merge/{double}/", record=True,
    ),
    Row(
        "desk/customers/<uuid:id>/<slug:verb>/", anyhow("customer.tend"), "desk/customers/{customer}/consent/",
        record=True, post=True, ok=(302,), data={"purpose": "survey", "given": "no", "source": "phone"},
    ),
    Row("desk/customers/doubles/", by_scope("customer.merge")),
    Row("desk/erasures/", by_scope("erasure.read")),
    Row("desk/erasures/<uuid:customer>/", by_scope("erasure.read"), "desk/erasures/{customer}/", record=True),
    Row(
        "desk/erasures/<uuid:customer>/<slug:verb>/", by_scope("erasure.hold"), "desk/erasures/{customer}/hold/",
        record=True, post=True, ok=(302, 409), data={"ground": "court"},
    ),
    # An agent's own calls; here nobody is on the line.
    Row("desk/calls/", anyhow("case.create")),
    Row("desk/calls/now/", anyhow("case.create")),
    Row("desk/calls/<uuid:id>/take/", NOBODY, "desk/calls/{nothing}/take/", post=True),
    Row("desk/calls/<uuid:id>/settle/", NOBODY, "desk/calls/{nothing}/settle/", post=True, data={"outcome": "answered"}),
    Row("desk/new/", anyhow("case.create")),
    Row("desk/new/held/", by_scope("case.assign")),
    # The slip belongs to whoever wrote the matter down.
    Row("desk/new/<uuid:id>/", by_scope("case.create"), "desk/new/{intake}/", record=True),
    Row("desk/cases/", ok=(302,)),  # on to the workbench, which asks
    Row("desk/channels/", by_scope("channels.read")),
    Row("desk/channels/new/<slug:kind>/", by_scope("channels.manage"), "desk/channels/new/email/"),
    Row("desk/channels/<slug:code>/", by_scope("channels.read"), "desk/channels/{channel}/", record=True),
    Row("desk/channels/<slug:code>/settings/", by_scope("channels.manage"), "desk/channels/{channel}/settings/", record=True),
    Row(
        "desk/channels/<slug:code>/test/", by_scope("channels.manage"), "desk/channels/{channel}/test/", record=True,
        post=True, ok=(302,),
    ),
    Row("desk/channels/<slug:code>/waiting/", by_scope("case.assign"), "desk/channels/{channel}/waiting/", record=True),
    Row("desk/channels/arrivals/<uuid:id>/", by_scope("case.assign"), "desk/channels/arrivals/{arrival}/", record=True),
    Row("desk/referrals/", by_scope("case.assign")),
    Row("desk/referrals/new/", by_scope("case.assign")),
    Row("desk/referrals/list/", by_scope("case.assign")),
    Row("desk/referrals/list/template/", by_scope("case.assign")),
    Row("desk/referrals/returns/new/", by_scope("case.assign"), post=True, ok=(422,)),
    # A file is whose who asked for it.
    Row("desk/referrals/returns/<uuid:id>/", NOBODY, "desk/referrals/returns/{nothing}/"),
    Row("desk/referrals/returns/<uuid:id>/decide/", NOBODY, "desk/referrals/returns/{nothing}/decide/", post=True),
    Row("desk/groups/", anyhow("case.read")),
    Row("desk/groups/new/", by_scope("case.assign")),
    Row("desk/groups/<uuid:id>/", by_scope("case.read"), "desk/groups/{group}/", record=True),
    Row(
        "desk/groups/<uuid:id>/<slug:verb>/", by_scope("case.assign"), "desk/groups/{group}/draft/", record=True,
        ok=(302,), post=True, data={"title": "答复", "text": "{customer}，您好！"},
    ),
    Row("desk/cases/<uuid:id>/", by_scope("case.read"), "desk/cases/{case}/", record=True),
    Row("desk/cases/<uuid:id>/merge/", by_scope("case.note"), "desk/cases/{case}/merge/", record=True),
    Row("desk/cases/<uuid:id>/templates/", by_scope("case.reply"), "desk/cases/{case}/templates/", record=True),
    Row(
        "desk/cases/<uuid:id>/letters/<uuid:reply>/<slug:form>/", by_scope("case.reply"),
        "desk/cases/{answered}/letters/{reply}/docx/", record=True, post=True,
    ),
    Row(
        "desk/cases/<uuid:id>/<slug:verb>/", by_scope("case.assign"), "desk/cases/{fresh}/assign/", record=True,
        ok=(302,), post=True, data={"version": "{fresh_version}", "number": "{number}"},
    ),
]  # fmt: skip


def alert(verb: str, action: str, which: str = "alert", **data: str) -> Row:
    return Row(
        f"desk/alerts/<uuid:id>/{verb}/", by_scope(action), f"desk/alerts/{{{which}}}/{verb}/", record=True, ok=(302,),
        post=True, data=data,
    )  # fmt: skip


def rectify(verb: str, opens: frozenset[str], which: str, walked: frozenset[str] = STAFF, **data: str) -> Row:
    return Row(
        "desk/rectifications/<uuid:id>/<slug:verb>/", opens, f"desk/rectifications/{{{which}}}/{verb}/", record=True,
        ok=(302,), post=True, data=data, walked=walked,
    )  # fmt: skip


MEASURE = [
    Row("desk/indicators/", by_scope("dashboard.read")),
    # Published figures and limits are the whole bank's.
    Row("desk/indicators/publish/", NOBODY, post=True),
    Row("desk/indicators/<slug:code>/", by_scope("dashboard.read"), "desk/indicators/M15/"),
    Row("desk/indicators/<slug:code>/rows/", by_scope("dashboard.read"), "desk/indicators/M15/rows/", ok=(200, 302)),
    Row(
        "desk/indicators/<slug:code>/rebase/", NOBODY, "desk/indicators/M15/rebase/", post=True,
        data={"from_day": "2026-03-01", "reason": "新系统上线"},
    ),
    Row("desk/reputation/", by_scope("post.read")),
    Row("desk/reputation/<uuid:id>/", by_scope("post.read"), "desk/reputation/{post}/", record=True),
    Row(
        "desk/reputation/<uuid:id>/<slug:verb>/", by_scope("post.work"), "desk/reputation/{post}/link/", record=True,
        post=True, data={"number": "{case_number}"}, ok=(302,),
    ),
    Row("desk/alerts/", by_scope("alert.read")),
    Row("desk/alerts/<uuid:id>/", by_scope("alert.read"), "desk/alerts/{alert}/", record=True),
    alert("accept", "alert.accept"),
    alert("dismiss", "alert.dismiss", reason="chance", text="逐笔核对，无共同原因。"),
    alert("second", "alert.dismiss", "alert_doubted", agree="yes"),
    alert("merge", "alert.accept", "alert_near", into="{alert}"),
    Row("desk/rectifications/", anyhow("rectification.read")),
    Row("desk/rectifications/new/", by_scope("rectification.open")),
    Row(
        "desk/rectifications/<uuid:id>/", by_scope("rectification.read"), "desk/rectifications/{rectification}/",
        record=True,
    ),
    Row(
        "desk/rectifications/<uuid:id>/notice/", by_scope("rectification.read"),
        "desk/rectifications/{rectification}/notice/", record=True,
    ),
    rectify("plan", by_scope("rectification.work"), "rectification", cause_code="process", cause="柜面未提示", plan="全员重训"),
]  # fmt: skip
REVIEWS = [
    Row("desk/triage/", by_scope("triage.read")),
    Row("desk/triage/learn/", by_scope("triage.manage"), post=True, ok=(302,)),
    Row("desk/triage/runs/<uuid:id>/stop/", by_scope("triage.manage"), "desk/triage/runs/{case}/stop/", post=True, ok=(302,)),
    Row("desk/triage/back/", by_scope("triage.manage")),
    Row("desk/reviews/todo/", by_scope("quality.review")),
    Row("desk/reviews/all/", by_scope("quality.read")),
    Row("desk/reviews/results/", by_scope("quality.read")),
    Row("desk/reviews/mine/", anyhow("quality.own")),
    Row(
        "desk/reviews/mine/<uuid:id>/", own("quality.own"), "desk/reviews/mine/{mine_quality}/", record=True,
        walked=own("quality.own"),
    ),
    Row(
        "desk/reviews/mine/<uuid:id>/acknowledge/", own("quality.own"), "desk/reviews/mine/{mine_quality}/acknowledge/",
        record=True, walked=own("quality.own"), post=True, ok=(302,), data={"version": "{mine_quality_version}"},
    ),
    Row(
        "desk/reviews/mine/<uuid:id>/object/", own("quality.own"), "desk/reviews/mine/{mine_quality}/object/", record=True,
        walked=own("quality.own"), post=True, ok=(302,), data={"version": "{mine_quality_version}", "reason": "已核身"},
    ),
    # A form is its reviewer's alone.
    Row(
        "desk/reviews/score/<uuid:id>/", by_scope("quality.review"), "desk/reviews/score/{mine_form}/", record=True,
        walked=by_scope("quality.review"),
    ),
    Row(
        "desk/reviews/score/<uuid:id>/give/", by_scope("quality.plan"), "desk/reviews/score/{quality_form}/give/",
        record=True, post=True, ok=(302,), data={"version": "1", "number": "{judge}"},
    ),
    Row("desk/reviews/objection/<uuid:id>/", by_scope("quality.decide"), "desk/reviews/objection/{objected}/", record=True),
    Row("desk/reviews/plans/", by_scope("quality.plan")),
    Row("desk/reviews/plans/new/", by_scope("quality.plan")),
    Row("desk/reviews/plans/<slug:code>/", by_scope("quality.plan"), "desk/reviews/plans/{plan}/", record=True),
    Row(
        "desk/reviews/plans/<slug:code>/draw/", by_scope("quality.plan"), "desk/reviews/plans/{plan}/draw/", record=True,
        post=True, ok=(302,),
    ),
    Row("desk/reviews/draws/<uuid:id>/", by_scope("quality.read"), "desk/reviews/draws/{draw}/", record=True),
    Row("desk/reviews/calibration/", by_scope("quality.plan")),
    Row("desk/reviews/calibration/new/", by_scope("quality.plan")),
    Row(
        "desk/reviews/calibration/<uuid:id>/close/", by_scope("quality.plan"),
        "desk/reviews/calibration/{session}/close/", record=True, post=True, ok=(302,),
    ),
    Row("desk/reviews/scorecards/", by_scope("standards.read")),
    Row("desk/reviews/scorecards/new/", by_scope("scorecard.draft")),
    Row(
        "desk/reviews/scorecards/<slug:code>/edit/", by_scope("scorecard.draft"),
        "desk/reviews/scorecards/conversation/edit/",
    ),
    Row("desk/reviews/scorecards/<slug:code>/", by_scope("standards.read"), "desk/reviews/scorecards/conversation/"),
    # Scorecards are the whole bank's: no role over a branch puts one into use.
    Row(
        "desk/reviews/scorecards/<slug:code>/<int:version>/<slug:verb>/", NOBODY,
        "desk/reviews/scorecards/conversation/2/publish/", post=True,
    ),
    Row("desk/reviews/<uuid:id>/", by_scope("quality.read"), "desk/reviews/{quality}/", record=True),
    Row(
        "desk/reviews/<uuid:id>/withdraw/", by_scope("quality.plan"), "desk/reviews/{quality}/withdraw/", record=True,
        post=True, ok=(302,), data={"version": "1", "reason": "lost"},
    ),
]  # fmt: skip

TABLE = [
    *ACCOUNTS, *UNITS, *PEOPLE, *PRODUCTS, *IMPORTS, *SURVEYS, *USERS, *ACCESS, *STANDARDS, *PORTAL, *CHATS, *COUNTERS, *API, *APPEALS, *DESK,
    *MEASURE, *REVIEWS,
]  # fmt: skip


def step(
    verb: str, opens: frozenset[str], which: str = "case", *, walked: frozenset[str] = STAFF,
    refused: tuple[int, ...] = (403, 404), **data: str,
) -> Row:  # fmt: skip
    """One verb of the case page, on a case that stands where the verb can be done."""
    return Row(
        "desk/cases/<uuid:id>/<slug:verb>/", opens, f"desk/cases/{{{which}}}/{verb}/", record=True, ok=(302,), post=True,
        refused=refused, data={"version": f"{{{which}_version}}"} | data, walked=walked,
    )  # fmt: skip


TEXT = "已核实叫号记录，向您致歉。"
HOLDING, SUMMARY = "uk-fca-disp/2026.1/holding", "uk-fca-disp/2026.1/summary"
# A hand-over is offered by the holder or by whoever may assign; accepted and returned by its receiver alone. To all
# others who may read the case the page says so in words (409).
HOLDER = (403, 404, 409)
STEPS = [
    step("take", by_scope("case.reply"), "fresh"),
    step("handover", by_scope("case.assign"), refused=HOLDER, number="{colleague}", kind="handler", reason="load"),
    step("accept", NOBODY, "offered", refused=HOLDER, handover="{handover}"),
    step("decline", NOBODY, "offered", refused=HOLDER, handover="{handover}", error="wrong", text=TEXT),
    step("cancel", by_scope("case.assign"), "offered", handover="{handover}"),
    step("reply", by_scope("case.reply"), verified="on", text=TEXT),
    step("send", by_scope("case.reply"), "ready"),
    step("approve", by_scope("case.approve_reply"), "approving"),
    step("return", by_scope("case.approve_reply"), "approving", text=TEXT),
    step("update", by_scope("case.reply"), text=TEXT),
    step("material", by_scope("case.reply"), text=TEXT),
    step("note", by_scope("case.note"), text=TEXT),
    step(
        "classify", by_scope("case.note"), category="savings", cause="service", complexity="complex",
        severity="ordinary",
    ),
    step("extend", by_scope("case.request_extension"), choice="investigation"),
    step("grant", by_scope("case.extend"), "offered"),
    step("law-letter", by_scope("case.request_extension"), "abroad", letter=HOLDING, text=TEXT, expected="2026-04-20"),
    step("grant-law-letter", by_scope("case.extend"), "abroad_asked"),
    step("deny-law-letter", by_scope("case.extend"), "abroad_asked"),
    step("reached", by_scope("case.note"), "untold", choice="phone"),
    step("summary", by_scope("case.reply"), "abroad", letter=SUMMARY, text=TEXT, accepted="电话确认"),
    step("deny", by_scope("case.extend"), "offered"),
    step("confirm", by_scope("case.note"), "answered"),
    step("dispute", by_scope("case.note"), "answered", text=TEXT),
    step("close", by_scope("case.close"), "answered", choice="explained"),
    step("reclassify", by_scope("case.reclassify"), choice="enquiry"),
    step("accuse", by_scope("case.assign"), "fresh", number="{colleague}"),
    step("withdraw", by_scope("case.note")),
    step("consult", by_scope("case.reply"), number="{colleague}", text=TEXT),
    step("joint", by_scope("case.reply"), number="{colleague}", text=TEXT),
    step("lift", by_scope("case.reply"), text=TEXT),
    # What was asked is answered by whoever was asked, and by nobody else.
    step("contribute", NOBODY, "asked", refused=HOLDER, text=TEXT),
    step("give-back", NOBODY, "asked", refused=HOLDER, text=TEXT),
    step("call-off", by_scope("case.reply"), "asked", choice="{leg}"),
    step("substitute", by_scope("case.assign"), number="{colleague}"),
    step("bounce", NOBODY, refused=HOLDER, error="wrong", text=TEXT),
    step("mark", NOBODY, refused=HOLDER, error="wrong", text=TEXT),
    step("find", by_scope("case.reply"), root_cause="people.attitude", post="teller", unit="{unit}"),
    step("accuse-unit", by_scope("case.assign"), "fresh", unit="{unit}"),
    step("redress", by_scope("case.redress"), kind="apology", currency="CNY", text=TEXT),
    step("redress-approve", by_scope("case.approve_redress"), "redress_waiting"),
    step("redress-return", by_scope("case.approve_redress"), "redress_waiting", text=TEXT),
    step("redress-drop", by_scope("case.redress"), "redress_waiting"),
    step("redress-offer", by_scope("case.redress"), "redress_ready"),
    step("redress-accepted", by_scope("case.note"), "redress_offered"),
    step("redress-declined", by_scope("case.note"), "redress_offered"),
    step("redress-paid", by_scope("case.redress"), "redress_accepted", evidence="FT20260305"),
    rectify("evidence", by_scope("rectification.work"), "rectification", text="培训签到表"),
    rectify("finish", by_scope("rectification.work"), "rectification_planned", text="均已落实"),
    rectify("verify", by_scope("rectification.verify"), "rectification_done", text="现场查看属实"),
    rectify("close", by_scope("rectification.close"), "rectification_shown", text="已降到正常水平"),
    rectify("redate", by_scope("rectification.work"), "rectification", to="2026-04-20", text="等待供应商"),
    rectify("cancel", by_scope("rectification.close"), "rectification", text="误报"),
    rectify("reopen", by_scope("rectification.open"), "rectification_closed", text="问题又出现"),
]  # fmt: skip


def mine(verb: str, action: str, which: str = "mine", **data: str) -> Row:
    """A verb that a role has only for its own: the holder may, the same role over another branch finds nothing."""
    row = step(verb, own(action), which, walked=own(action))
    return replace(row, data=row.data | data)


MINE = [
    Row("desk/cases/<uuid:id>/", own("case.read"), "desk/cases/{mine}/", record=True, walked=own("case.read")),
    Row("desk/cases/<uuid:id>/", own("case.read"), "desk/cases/{mine_offered}/", record=True, walked=own("case.read")),
    Row("desk/files/<str:token>/", own("file.read"), "{mine_file}", record=True, walked=own("file.read")),
    Row(
        "desk/vault/unmask/<str:token>/", own("person.unmask"), "{mine_unmask}", record=True,
        walked=own("person.unmask"),
    ),
    mine("reply", "case.reply", verified="on", text=TEXT),
    mine("update", "case.reply", text=TEXT),
    mine("handover", "case.reply", number="{colleague}", kind="handler", reason="load"),
    mine("note", "case.note", text=TEXT),
    mine("consult", "case.reply", number="{colleague}", text=TEXT),
    mine("redress", "case.redress", kind="apology", currency="CNY", text=TEXT),
    mine("extend", "case.request_extension", choice="investigation"),
    mine("close", "case.close", "mine_answered", choice="explained"),
    mine("accept", "case.request_extension", "mine_offered", handover="{mine_handover}"),
    mine("decline", "case.request_extension", "mine_offered", handover="{mine_handover}", error="wrong", text=TEXT),
    Row(
        "desk/rectifications/<uuid:id>/", own("rectification.read"), "desk/rectifications/{mine_rectification}/",
        record=True, walked=own("rectification.read"),
    ),
    rectify("plan", own("rectification.work"), "mine_rectification", walked=own("rectification.work"), cause_code="process", cause="柜面未提示", plan="全员重训"),
]  # fmt: skip
# What was made for somebody else (zhao of the same branch) opens for nobody.
OTHERS = [
    Row("desk/inbox/<uuid:id>/", NOBODY, "desk/inbox/{others_notice}/", post=True),
    Row("desk/files/<str:token>/", NOBODY, "{others_file}"),
    Row("desk/vault/unmask/<str:token>/", NOBODY, "{others_unmask}"),
    Row("desk/clocks/<uuid:id>/", NOBODY, "{others_clock}"),
    Row("desk/clocks/<uuid:id>/", NOBODY, "desk/clocks/{clock_id}/"),  # without a seal
    Row("desk/new/<uuid:id>/", NOBODY, "desk/new/{others_intake}/"),
    Row("desk/reviews/score/<uuid:id>/", NOBODY, "desk/reviews/score/{others_form}/", record=True),
    Row("desk/reviews/mine/<uuid:id>/", NOBODY, "desk/reviews/mine/{objected}/", record=True),
]
# Lists that are asked for one record: they find it here and not elsewhere (the walk reads the pages, too).
ASKED = [
    Row("desk/work/", anyhow("case.read"), "desk/work/?view=all"),
    Row("desk/work/split/", by_scope("case.read"), "desk/work/split/?case={case}", record=True),
    Row("desk/work/", anyhow("case.read"), "desk/work/?q={case_number}"),
    Row(
        "desk/customers/", anyhow("customer.read"), record=True, post=True, ok=(302,), elsewhere=(200,),
        data={"q": "13800138000"},
    ),
    Row(
        "desk/customers/<uuid:id>/<slug:verb>/", by_scope("customer.merge"), "desk/customers/{customer}/apart/",
        record=True, post=True, ok=(302,), data={"other": "{double}"},
    ),
    Row("desk/alerts/", by_scope("alert.read"), "desk/alerts/?state="),
    Row("desk/rectifications/", anyhow("rectification.read"), "desk/rectifications/?alert={alert_doubted}"),
    Row("desk/rectifications/new/", by_scope("rectification.open"), "desk/rectifications/new/?alert={alert}", record=True),
    # Evidence of a rectification, by the link on its page.
    Row("desk/files/<str:token>/", by_scope("rectification.read"), "{evidence}", record=True),
]  # fmt: skip
MORE = [*STEPS, *MINE, *OTHERS, *ASKED]
