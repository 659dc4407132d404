from django.urls import path

from huiyin.site.pages.command import views

app_name = "command"
urlpatterns = [path("desk/go/", views.go, name="go")]
