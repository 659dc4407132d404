from django.urls import URLPattern, path

from huiyin.bank.staff import views

app_name = "staff"
urlpatterns: list[URLPattern] = [
    path("", views.people, name="people"),
    path("new/", views.hire, name="hire"),
    path("<str:number>/", views.person, name="person"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/absent/", views.absent, name="absent"),
    path("<str:number>/leave/", views.leave, name="leave"),
    path("<str:number>/kin/", views.kin, name="kin"),
]
