"""Time the staff pages over an existing home, in process: one cold reading, then the 95th percentile of twenty."""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from huiyin.protect.identity.models import User  # noqa: E402

settings.ALLOWED_HOSTS.append("testserver")
PAGES = [("executive", "/desk/indicators/"), ("analyst", "/desk/indicators/?grain=month"), ("supervisor", "/desk/work/"),
         ("handler", "/desk/work/"), ("protection", "/desk/alerts/"), ("protection", "/desk/rectifications/")]  # fmt: skip
for who, page in PAGES:
    client = Client()
    client.force_login(User.objects.get(username=who), backend="allauth.account.auth_backends.AuthenticationBackend")
    times = []
    for _ in range(21):
        began = time.perf_counter()
        answer = client.get(page)
        times.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(times[1:], n=20)[-1]
    print(f"dashboard    {page:<34} {answer.status_code} cold {times[0]:,.0f} ms, p95 {p95:,.0f} ms  (as {who})")
