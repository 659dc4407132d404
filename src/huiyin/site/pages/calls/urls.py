from django.urls import path

from huiyin.site.pages.calls import views

app_name = "calls"
urlpatterns = [
    path("desk/calls/", views.calls, name="calls"),
    path("desk/calls/now/", views.now, name="now"),
    path("desk/calls/<uuid:id>/take/", views.take, name="take"),
    path("desk/calls/<uuid:id>/settle/", views.settle, name="settle"),
]
