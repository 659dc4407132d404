from django.urls import URLPattern, path

from huiyin.platform.imports import views

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("template/<slug:code>/", views.template, name="template"),
    path("new/<slug:code>/", views.upload, name="upload"),
    path("<uuid:pk>/preview/", views.preview, name="preview"),
    path("<uuid:pk>/", views.run, name="run"),
    path("<uuid:pk>/report/", views.report, name="report"),
]
