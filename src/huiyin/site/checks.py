"""System checks of the house itself; `manage check` and the tests run them.

Imports cannot see foreign keys given by string, so the floors are checked here a second time (house.md §6.7).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db.models import ForeignKey, ManyToManyField
from django.db.models.fields.related import RelatedField

from huiyin.platform.messages.queries import parse_quiet

FLOORS = (
    "kernel", "ledger", "platform", "bank", "protect", "customers", "listen", "assist", "educate", "resolve", "measure",
    "people", "improve", "site",
)  # fmt: skip


@register(Tags.models)
def keys_point_down(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A foreign key to a higher floor is an error, and so is one that opens an accessor into another room."""
    return list(_wrong_keys())


def _wrong_keys() -> Iterator[CheckMessage]:
    for model in apps.get_models():
        here = model._meta.app_config.name if model._meta.app_config else ""
        if not here.startswith("huiyin."):
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField) or not isinstance(field.related_model, type):
                continue
            there = field.related_model._meta.app_config.name
            if there.startswith("huiyin.") and _height(there) > _height(here):
                yield Error(f"{model._meta.label}.{field.name} points up, to {there}.", id="huiyin.E001")
            if there.startswith("huiyin.") and there != here and not _is_hidden(field):
                yield Error(
                    f"{model._meta.label}.{field.name} opens an accessor in {there}.",
                    hint='related_name="+"',
                    id="huiyin.E002",
                )


def _height(app: str) -> int:
    return FLOORS.index(app.split(".")[1])


def _is_hidden(field: RelatedField) -> bool:
    return bool(field.remote_field.hidden)


@register(Tags.security, deploy=True)
def rehearsal_settings_are_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Settings for tests and rehearsals must not reach a bank's customers."""
    found: list[CheckMessage] = []
    if settings.HUIYIN_NOW:
        found.append(Error("HUIYIN_NOW fixes the clock.", id="huiyin.E010"))
    if settings.HUIYIN_DEMO:
        found.append(Warning("HUIYIN_DEMO lets staff sign in without a second factor.", id="huiyin.W011"))
    if not settings.HUIYIN_MFA_REQUIRED:
        found.append(Error("HUIYIN_MFA_REQUIRED is off.", id="huiyin.E012"))
    if not settings.HUIYIN_BASE_URL.startswith("https://"):
        found.append(Error("HUIYIN_BASE_URL is not https.", id="huiyin.E013"))
    return found


@register()
def quiet_hours_can_be_read(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        parse_quiet(settings.HUIYIN_QUIET_HOURS)
    except ValueError as wrong:
        return [Error(f"HUIYIN_QUIET_HOURS: {wrong}", hint="22:00-07:00, or empty for none", id="huiyin.E014")]
    return []


@register(Tags.staticfiles)
def assets_are_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if (settings.HUIYIN_ASSETS / "static" / "vendor" / "bootstrap.min.css").exists():
        return []
    return [Warning("Page assets are missing.", hint="make setup", id="huiyin.W020")]
