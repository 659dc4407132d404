from django.urls import path

from huiyin.resolve.workbench import views

app_name = "workbench"
urlpatterns = [
    path("desk/work/", views.work, name="work"),
    path("desk/work/split/", views.split, name="split"),
    path("desk/work/counts/", views.counts, name="counts"),
    path("desk/work/columns/", views.columns_page, name="columns"),
    path("desk/work/export/", views.export, name="export"),
    path("desk/work/views/", views.saved, name="views"),
    path("desk/work/views/<uuid:id>/", views.open_saved, name="view"),
    path("desk/work/views/<uuid:id>/drop/", views.drop_saved, name="drop_view"),
    path("desk/work/views/<uuid:id>/follow/", views.follow, name="follow"),
    path("desk/work/bulk/", views.bulk, name="bulk"),
    path("desk/work/bulk/do/", views.bulk_do, name="bulk_do"),
    path("desk/work/bulk/<uuid:id>/", views.bulk_done, name="bulk_done"),
    path("desk/work/here/<uuid:id>/", views.here, name="here"),
    path("desk/work/colleagues/", views.colleagues, name="colleagues"),
    path("desk/work/colleagues/<uuid:id>/", views.colleagues_of, name="colleagues_of"),
    path("desk/board/", views.board, name="board"),
    path("desk/shifts/", views.shifts, name="shifts"),
    path("desk/shifts/<uuid:id>/", views.shift, name="shift"),
    path("desk/shifts/<uuid:id>/take/", views.take_shift, name="take_shift"),
    path("desk/keys/", views.keys, name="keys"),
]
