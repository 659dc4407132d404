"""The description of the API keeps its word: no request that fits it, and none that does not, breaks it."""

import json

import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    positive_data_acceptance,
)  # fmt: skip

from huiyin.site.api.door import api
from huiyin.site.wsgi import application

SCHEMA = json.loads(json.dumps(api.get_openapi_schema(), default=str))
schema = schemathesis.openapi.from_dict(SCHEMA)
schema.app = application
# The token is always sent; and whether a branch exists or a day lies in the future is beyond what a schema can say.
BEYOND = [ignored_auth, missing_required_header, positive_data_acceptance]


def test_the_description_is_served_and_names_every_refusal(client):
    served = client.get("/api/v1/openapi.json").json()
    create = served["paths"]["/api/v1/complaints"]["post"]
    assert set(create["responses"]) >= {"200", "201", "400", "401", "403", "409", "413", "415", "422", "429"}
    assert create["requestBody"]["content"]["application/json"]["schema"]["required"] == ["channel", "text"]


def test_there_is_no_page_that_loads_from_elsewhere(client):
    assert client.get("/api/v1/docs").status_code == 404


@schema.parametrize()
@hypothesis_settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
def test_the_api_answers_as_it_says(case, transactional_db, caller):
    token = {"Authorization": f"Bearer {caller.token}"}
    case.call_and_validate(headers=token, excluded_checks=BEYOND)
