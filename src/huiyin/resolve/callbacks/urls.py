from django.urls import path

from huiyin.resolve.callbacks import views

app_name = "callbacks"
urlpatterns = [
    path("", views.today, name="today"),
    path("next/", views.take, name="next"),
    path("lists/", views.lists, name="lists"),
    path("lists/new/", views.new_list, name="new"),
    path("lists/<uuid:id>/", views.drawn, name="draw"),
    path("script/", views.script, name="script"),
    path("<uuid:id>/", views.call, name="call"),
    path("<uuid:id>/reveal/", views.reveal, name="reveal"),
    path("<uuid:id>/conclude/", views.conclude, name="conclude"),
    path("<uuid:id>/release/", views.release, name="release"),
]
