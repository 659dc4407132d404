from django.urls import path

from huiyin.listen.surveys import views

app_name = "surveys"
urlpatterns = [path("rate/<slug:secret>/", views.rate, name="rate")]
