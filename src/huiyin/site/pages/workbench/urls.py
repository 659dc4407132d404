from django.urls import path

from huiyin.site.pages.workbench import views

app_name = "workbench"
urlpatterns = [path("desk/work/", views.work, name="work")]
