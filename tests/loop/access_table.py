"""Who opens which address. One row per address of the URLconf; a room adds its rows here.

The world has a record of every kind in branch B01. Each of the roles visits it twice: held over B01 (here) and held over
B02 (elsewhere). A role in `opens` gets `ok` here; elsewhere it gets 404 if the row is about a record, else `ok`.
A role not in `opens` gets 403 or 404. Nobody at all is sent to sign in, unless the row is public.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.kernel.permit import MATRIX, OWN, ROLES

STAFF = frozenset(role.code for role in ROLES if role.code != "assistant")


def by_scope(action: str) -> frozenset[str]:
    """The roles to which a permission reaches over a unit."""
    return frozenset(role for role, reach in MATRIX[action].items() if reach != OWN) & STAFF


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
    Row("desk/products/new/", by_scope("bank.manage")),
    Row("desk/products/<str:code>/edit/", by_scope("bank.manage"), "desk/products/{product}/edit/"),
    Row("desk/products/<str:code>/withdraw/", by_scope("bank.manage"), "desk/products/{product}/withdraw/"),
]
IMPORTS = [
    Row("desk/imports/", by_scope("import.run")),
    Row("desk/imports/template/<slug:code>/", by_scope("import.run"), "desk/imports/template/units/"),
    Row("desk/imports/new/<slug:code>/", by_scope("import.run"), "desk/imports/new/units/"),
    # An upload is its uploader's; finished runs are every importer's.
    Row("desk/imports/<uuid:pk>/preview/", frozenset(), "desk/imports/{run}/preview/", record=True),
    Row("desk/imports/<uuid:pk>/", by_scope("import.run"), "desk/imports/{run}/"),
    Row("desk/imports/<uuid:pk>/report/", by_scope("import.run"), "desk/imports/{run}/report/", ok=(404,)),
]
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
    # A clock that does not exist: clocks of real cases are seen on the case page.
    Row("desk/clocks/<uuid:id>/", frozenset(), "desk/clocks/{nothing}/", record=True),
]
PORTAL = [
    *public(["", "privacy/", "healthz", "verify/", "track/", "complain/"], ok=(200, 302, 503)),
    *public(["first-run/"], ok=(302, 404, 403, 410)),
    *public(["ledger/checkpoint", "ledger/key"], ok=(200, 404)),
    Row("ledger/tile/<str:level>/<path:place>", address="ledger/tile/0/000", public=True, ok=(200, 404)),
    Row("verify/<str:entry>.receipt", address="verify/" + "0" * 64 + ".receipt", public=True, ok=(404,)),
    Row("verify/<str:entry>.tlog-proof", address="verify/" + "0" * 64 + ".tlog-proof", public=True, ok=(404,)),
    *[
        Row(
            f"track/<slug:secret>/{verb}", address=f"track/made-up/{verb}", public=True, ok=(404, 405), post=verb == "x"
        )
        for verb in ("", "received/", "add/", "accept/", "dispute/", "withdraw/", "receipt/", "proof/")
    ],
    Row("^complain/(?P<name>what|where|wish|contact)/$", address="complain/what/", public=True, ok=(200, 302)),
    *public(["complain/check/", "complain/discard/"], ok=(200, 302, 405)),
    Row("rate/<slug:secret>/", address="rate/made-up/", public=True, ok=(404, 410)),
]
API = [
    *public(["api/v1/openapi.json", "api/v1/"], ok=(200, 404)),
    *public(["api/v1/complaints"], ok=(401, 405)),
    Row("api/v1/complaints/<id>", address="api/v1/complaints/{case}", public=True, ok=(401, 404)),
]
DESK = [
    Row("desk/"),
    Row("desk/me/"),
    Row("desk/patterns/", ok=(200, 404)),
    Row("desk/inbox/", by_scope("inbox.read")),
    Row("desk/inbox/read/", frozenset(), refused=(302, 403, 404, 405)),
    Row("desk/inbox/<uuid:id>/", frozenset(), "desk/inbox/{nothing}/", refused=(403, 404, 405)),
    Row("desk/files/<str:token>/", frozenset(), "desk/files/made-up/", refused=(403, 404, 410)),
    Row("desk/vault/unmask/<str:token>/", frozenset(), "desk/vault/unmask/made-up/", refused=(400, 403, 404, 410)),
    Row("desk/work/", anyhow("case.read")),
    Row("desk/customers/", by_scope("customer.read")),
    Row("desk/customers/<uuid:id>/", frozenset(), "desk/customers/{nothing}/"),
    Row("desk/new/", anyhow("case.create")),
    Row("desk/new/held/", by_scope("case.assign"), ok=(200, 403)),
    Row("desk/new/<uuid:id>/", frozenset(), "desk/new/{nothing}/"),
    Row("desk/cases/", ok=(302,)),  # on to the workbench, which asks
    Row("desk/cases/<uuid:id>/", by_scope("case.read"), "desk/cases/{case}/", record=True),
    Row("desk/cases/<uuid:id>/<slug:verb>/", frozenset(), "desk/cases/{nothing}/assign/", refused=(403, 404, 405)),
]
MEASURE = [
    Row("desk/indicators/", by_scope("dashboard.read")),
    Row("desk/indicators/publish/", frozenset(), refused=(403, 404, 405)),
    Row("desk/indicators/<slug:code>/", by_scope("dashboard.read"), "desk/indicators/M15/"),
    Row("desk/indicators/<slug:code>/rows/", by_scope("dashboard.read"), "desk/indicators/M15/rows/", ok=(200, 302)),
    Row("desk/indicators/<slug:code>/rebase/", frozenset(), "desk/indicators/M15/rebase/", refused=(403, 404, 405)),
    Row("desk/alerts/", by_scope("alert.read")),
    *[
        Row(f"desk/alerts/<uuid:id>/{verb}", frozenset(), f"desk/alerts/{{nothing}}/{verb}", refused=(403, 404, 405))
        for verb in ("", "accept/", "dismiss/", "second/", "merge/")
    ],
    Row("desk/rectifications/", anyhow("rectification.read")),
    Row("desk/rectifications/new/", by_scope("rectification.open")),
    Row("desk/rectifications/<uuid:id>/", frozenset(), "desk/rectifications/{nothing}/"),
    Row("desk/rectifications/<uuid:id>/notice/", frozenset(), "desk/rectifications/{nothing}/notice/"),
    Row(
        "desk/rectifications/<uuid:id>/<slug:verb>/", frozenset(), "desk/rectifications/{nothing}/plan/",
        refused=(403, 404, 405),
    ),
]  # fmt: skip

TABLE = [
    *ACCOUNTS, *UNITS, *PEOPLE, *PRODUCTS, *IMPORTS, *USERS, *ACCESS, *STANDARDS, *PORTAL, *API, *DESK, *MEASURE
]  # fmt: skip
