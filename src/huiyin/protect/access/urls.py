from django.urls import URLPattern, path

from huiyin.protect.access import views

app_name = "access"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("roles/", views.roles, name="roles"),
    path("grants/", views.grants, name="grants"),
    path("grants/new/", views.give, name="give"),
    path("grants/<uuid:pk>/renew/", views.renew, name="renew"),
    path("grants/<uuid:pk>/end/", views.end, name="end"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.issue, name="issue"),
    path("tokens/<uuid:pk>/revoke/", views.revoke, name="revoke"),
    path("log/", views.log, name="log"),
]
