from django.urls import include, path

from huiyin.resolve.callbacks import views
from huiyin.resolve.callbacks.views import outreach

app_name = "callbacks"
staff = [
    path("", views.today, name="today"),
    path("next/", views.take, name="next"),
    path("lists/", views.lists, name="lists"),
    path("lists/new/", views.new_list, name="new"),
    path("lists/<uuid:id>/", views.drawn, name="draw"),
    path("lists/<uuid:id>/ask/", views.ask_first, name="ask"),
    path("script/", views.script, name="script"),
    path("<uuid:id>/", views.call, name="call"),
    path("<uuid:id>/reveal/", views.reveal, name="reveal"),
    path("<uuid:id>/conclude/", views.conclude, name="conclude"),
    path("<uuid:id>/release/", views.release, name="release"),
]
urlpatterns = [
    path("desk/callbacks/", include(staff)),
    path("ask/<slug:secret>/", outreach.ask, name="outreach"),
    path("ask/<slug:secret>/stop/", outreach.stop, name="stop"),
]
