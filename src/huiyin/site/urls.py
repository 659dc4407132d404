"""Every address of the product. A room's own addresses stand in its urls.py."""

from django.urls import include, path

from huiyin.protect.identity.urls import accounts

urlpatterns = [
    path("accounts/", include(accounts)),
    path("", include("huiyin.site.pages.urls")),
    path("api/", include("huiyin.site.api.urls")),
    path("", include("huiyin.listen.voices.urls")),
    path("", include("huiyin.listen.channels.urls")),
    path("", include("huiyin.listen.surveys.urls")),
    path("", include("huiyin.listen.chats.urls")),
    path("", include("huiyin.listen.counters.urls")),
    path("desk/files/", include("huiyin.platform.files.urls")),
    path("desk/vault/", include("huiyin.platform.vault.urls")),
    path("desk/inbox/", include("huiyin.platform.messages.urls")),
    path("desk/imports/", include("huiyin.platform.imports.urls")),
    path("desk/units/", include("huiyin.bank.units.urls")),
    path("desk/staff/", include("huiyin.bank.staff.urls")),
    path("desk/products/", include("huiyin.bank.products.urls")),
    path("desk/standards/", include("huiyin.bank.standards.urls")),
    path("desk/clocks/", include("huiyin.bank.clocks.urls")),
    path("desk/users/", include("huiyin.protect.identity.urls")),
    path("desk/access/", include("huiyin.protect.access.urls")),
    path("desk/customers/", include("huiyin.customers.profiles.urls")),
    path("desk/triage/", include("huiyin.resolve.triage.urls")),
    path("desk/cases/", include("huiyin.resolve.cases.urls")),
    path("", include("huiyin.resolve.workbench.urls")),
    path("desk/papers/", include("huiyin.resolve.papers.urls")),
    path("desk/appeals/", include("huiyin.resolve.appeals.urls")),
    path("desk/referrals/", include("huiyin.resolve.referrals.urls")),
    path("desk/groups/", include("huiyin.resolve.groups.urls")),
    path("", include("huiyin.resolve.callbacks.urls")),
    path("", include("huiyin.resolve.precontacts.urls")),
    path("desk/erasures/", include("huiyin.resolve.erasures.urls")),
    path("desk/history/", include("huiyin.measure.history.urls")),
    path("desk/indicators/", include("huiyin.measure.indicators.urls")),
    path("desk/reputation/", include("huiyin.measure.reputation.urls")),
    path("desk/alerts/", include("huiyin.measure.alerts.urls")),
    path("desk/reviews/", include("huiyin.measure.reviews.urls")),
    path("desk/rectifications/", include("huiyin.improve.rectifications.urls")),
]

handler400 = "huiyin.site.errors.bad_request"
handler403 = "huiyin.site.errors.forbidden"
handler404 = "huiyin.site.errors.missing"
handler500 = "huiyin.site.errors.broken"
handler429 = "huiyin.site.errors.locked_out"  # asked for by allauth, whose own page is bare
