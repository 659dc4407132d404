"""Make a small bank in an empty home and print what the torture and the benchmarks sign in with, as two lines:
the session of a complaint handler of branch B01, and an API token of head office (agent, two days)."""

import os
from datetime import timedelta
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from huiyin.bank.staff import actions as staff  # noqa: E402
from huiyin.bank.units import actions as units  # noqa: E402
from huiyin.bank.units import queries as unit_queries  # noqa: E402
from huiyin.kernel.actor import machine  # noqa: E402
from huiyin.protect.access import actions as access  # noqa: E402
from huiyin.protect.identity import actions as identity  # noqa: E402
from huiyin.protect.identity.models import User  # noqa: E402
from huiyin.site.now import now  # noqa: E402

BY, AT = machine("bench"), now()
SINCE, UNTIL = AT.date() - timedelta(days=1), AT.date() + timedelta(days=2)
UNITS = [("HO", "总行", "head", None), ("HO-DUTY", "值班台", "desk", "HO"), ("B01", "滨江分行", "branch", "HO"),
         ("O0101", "人民路支行", "outlet", "B01"), ("O0102", "解放路支行", "outlet", "B01")]  # fmt: skip
PEOPLE = [("1", "HO-DUTY", "duty_officer"), ("2", "B01", "supervisor"), ("3", "B01", "handler"), ("4", "HO", "consumer_protection"),
          ("5", "O0101", "outlet_manager"), ("6", "O0101", "teller"), ("7", "O0102", "outlet_manager")]  # fmt: skip


def small_bank() -> None:
    """Five units and seven people, so that a complaint finds its owner by the rule."""
    known = unit_queries.by_codes(code for code, *_ in UNITS)
    lines = [units.NewUnit(code, name, kind, parent) for code, name, kind, parent in UNITS if code not in known]
    units.add_many(units=lines, from_date=SINCE, by=BY, at=AT)
    unit = {code: row.id for code, row in unit_queries.by_codes(code for code, *_ in UNITS).items()}
    hired = staff.add_many(
        staff=[staff.NewStaff(number, f"员工{number}", unit[code], post, SINCE) for number, code, post in PEOPLE],
        by=BY, at=AT,
    )  # fmt: skip
    handler = next(row for row in hired if row.number == "3")
    user = identity.add_user(username="bench", staff=handler.pk, name="员工3", by=BY, at=AT)
    access.give(user=user.pk, role="owner", unit=unit["HO"], until_date=UNTIL, by=BY, at=AT)


def session() -> str:
    """As after a sign-in with password and second factor."""
    user = User.objects.get(username="bench")
    made = import_module(settings.SESSION_ENGINE).SessionStore()
    made[SESSION_KEY], made[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    made[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    made["account_authentication_methods"] = [
        {"method": "password", "at": AT.timestamp(), "username": "bench"},
        {"method": "mfa", "at": AT.timestamp(), "type": "totp", "id": 0},
    ]
    made["account_authentication_methods_user"] = str(user.pk)
    made.save()
    return str(made.session_key)


if not User.objects.filter(username="bench").exists() and not User.objects.filter(demo=True).exists():
    small_bank()
head = unit_queries.head_office()
assert head is not None
_, raw = access.issue_token(name="bench", role="agent", unit=head.id, until_date=UNTIL, by=BY, at=AT)
if User.objects.filter(username="bench").exists():
    print(session())
print(raw)
