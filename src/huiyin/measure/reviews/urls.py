from django.urls import path

from huiyin.measure.reviews import views

app_name = "reviews"
urlpatterns = [
    path("todo/", views.board, name="board"),
    path("all/", views.everything, name="all"),
    path("results/", views.results, name="results"),
    path("mine/", views.my_results, name="mine"),
    path("mine/<uuid:id>/", views.my_review, name="my_review"),
    path("mine/<uuid:id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("mine/<uuid:id>/object/", views.object_to, name="object"),
    path("score/<uuid:id>/", views.score, name="score"),
    path("score/<uuid:id>/give/", views.give, name="give"),
    path("objection/<uuid:id>/", views.objection, name="objection"),
    path("plans/", views.plans, name="plans"),
    path("plans/new/", views.new_plan, name="new_plan"),
    path("plans/<slug:code>/", views.plan, name="plan"),
    path("plans/<slug:code>/draw/", views.draw_now, name="draw_now"),
    path("draws/<uuid:id>/", views.draw, name="draw"),
    path("calibration/", views.calibration, name="calibration"),
    path("calibration/new/", views.new_session, name="new_session"),
    path("calibration/<uuid:id>/close/", views.close_session, name="close_session"),
    path("scorecards/", views.scorecards, name="scorecards"),
    path("scorecards/new/", views.new_scorecard, name="new_scorecard"),
    path("scorecards/<slug:code>/edit/", views.edit_scorecard, name="edit_scorecard"),
    path("scorecards/<slug:code>/", views.scorecard, name="scorecard"),
    path("scorecards/<slug:code>/<int:version>/<slug:verb>/", views.settle_scorecard, name="settle_scorecard"),
    path("<uuid:id>/", views.sample, name="sample"),
    path("<uuid:id>/withdraw/", views.withdraw, name="withdraw"),
]
