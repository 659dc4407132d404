from django.urls import path

from huiyin.listen.surveys.views import answer, builder, campaigns, rate, results

app_name = "surveys"
urlpatterns = [
    path("rate/<slug:secret>/", rate.rate, name="rate"),
    path("survey/<slug:secret>/", answer.begin, name="begin"),
    path("survey/<slug:secret>/send/", answer.send, name="send"),
    path("survey/<slug:secret>/no-more/", answer.decline, name="decline"),
    path("survey/<slug:secret>/<slug:code>/", answer.question, name="question"),
    path("desk/surveys/", builder.index, name="index"),
    path("desk/surveys/new/", builder.new, name="new"),
    path("desk/surveys/<uuid:id>/", builder.survey, name="survey"),
    path("desk/surveys/<uuid:id>/words/", builder.words, name="words"),
    path("desk/surveys/<uuid:id>/question/", builder.question, name="add"),
    path("desk/surveys/<uuid:id>/question/<slug:code>/", builder.question, name="edit"),
    path("desk/surveys/<uuid:id>/preview/", builder.preview, name="preview"),
    path("desk/surveys/<uuid:id>/do/<slug:verb>/", builder.do, name="do"),
    path("desk/surveys/<uuid:id>/ask/", campaigns.plan, name="plan"),
    path("desk/surveys/campaigns/<uuid:id>/", campaigns.campaign, name="campaign"),
    path("desk/surveys/campaigns/<uuid:id>/list/", campaigns.contacts, name="contacts"),
    path("desk/surveys/campaigns/<uuid:id>/do/<slug:verb>/", campaigns.do, name="step"),
    path("desk/surveys/campaigns/<uuid:id>/results/", results.results, name="results"),
    path("desk/surveys/campaigns/<uuid:id>/export/", results.export, name="export"),
]
