from django.urls import URLPattern

app_name = "rectifications"
urlpatterns: list[URLPattern] = []
