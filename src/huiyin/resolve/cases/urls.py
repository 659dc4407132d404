from django.urls import path

from huiyin.resolve.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="index"),
    path("redress-limits/", views.redress_limits, name="redress-limits"),
    path("redress-limits/<uuid:id>/<slug:verb>/", views.decide_limit, name="decide-limit"),
    path("shut-days/", views.shut_days, name="shut-days"),
    path("shut-days/<uuid:id>/<slug:verb>/", views.decide_shut_day, name="decide-shut-day"),
    path("<uuid:id>/", views.case_page, name="case"),
    path("<uuid:id>/dossier/", views.dossier, name="dossier"),
    path("<uuid:id>/merge/", views.merge, name="merge"),
    path("<uuid:id>/templates/", views.templates, name="templates"),
    path("<uuid:id>/letters/<uuid:reply>/<slug:form>/", views.letter, name="letter"),
    path("<uuid:id>/<slug:verb>/", views.do, name="do"),
]
