"""Accounts at /desk/users/, and the signing-in at /accounts/ (`accounts`)."""

from allauth.account import views as allauth_views
from django.urls import URLPattern, URLResolver, include, path

from huiyin.protect.identity import views

app_name = "identity"
urlpatterns: list[URLPattern] = [
    path("", views.users, name="users"),
    path("new/", views.add, name="add"),
    path("<int:pk>/", views.user, name="user"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/reset/", views.reset, name="reset"),
    path("<int:pk>/link/", views.link, name="link"),
]

# Only what a bank's desk needs of allauth; the rest of its names answer 404.
accounts: list[URLPattern | URLResolver] = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("demo/", views.demo_sign_in, name="demo_sign_in"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/set/<str:uid>/<str:token>/", views.set_password, name="set_password"),
    path("signup/", views.closed, name="account_signup"),
    path("password/reset/", views.closed, name="account_reset_password"),
    path("password/set/", views.closed, name="account_set_password"),
    path("email/", views.closed, name="account_email"),
    path("2fa/", include("allauth.mfa.urls")),
]
