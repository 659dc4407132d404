from django.urls import path

from huiyin.resolve.referrals import views

app_name = "referrals"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("list/", views.upload, name="list"),
    path("list/template/", views.template, name="template"),
    path("returns/new/", views.ask, name="ask"),
    path("returns/<uuid:id>/", views.download, name="download"),
    path("returns/<uuid:id>/decide/", views.decide, name="decide"),
]
