from django.urls import path

from huiyin.measure.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("publish/", views.publish, name="publish"),
    path("<slug:code>/", views.indicator, name="indicator"),
    path("<slug:code>/rows/", views.rows, name="rows"),
    path("<slug:code>/rebase/", views.rebase, name="rebase"),
]
