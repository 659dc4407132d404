from django.urls import path

from huiyin.site.pages.search import views

app_name = "search"
urlpatterns = [path("desk/search/", views.search, name="search")]
