"""Setting a channel up, and entering by hand what could not be read."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label
from huiyin.listen.channels.models import Channel
from huiyin.listen.channels.plugs import plug
from huiyin.listen.channels.queries import secrets_set


def _word(label: Label | None) -> str:
    return label.word(get_language() or "zh-hans") if label else ""


class Setup(forms.Form):
    """The fields of every channel, and below them those of its plug."""

    code = forms.CharField(
        label=_("Code"), max_length=32, help_text=_("Small letters, figures and hyphens. It stands in the address.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    unit = forms.CharField(
        label=_("Branch concerned"), max_length=32, required=False,
        help_text=_("Code of the unit to which everything from here belongs; empty for the whole bank."),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, kind: str, channel: Channel | None = None, **how: Any) -> None:
        self.plug_fields = plug(kind).fields
        if channel is not None:
            how.setdefault("initial", {}).update(
                {one.name: channel.settings.get(one.name, "") for one in self.plug_fields if one.sort != "secret"}
                | {"name": channel.name, "name_en": channel.name_en, "enabled": channel.enabled}
                | {"unit": channel.unit.code if channel.unit else ""}
            )
        super().__init__(*args, **how)
        kept = secrets_set(channel.id) if channel else set()
        if channel is not None:
            del self.fields["code"]
        for one in self.plug_fields:
            self.fields[f"s_{one.name}"] = self._field(one, one.name in kept)
            if channel is not None and one.sort != "secret":
                self.initial[f"s_{one.name}"] = channel.settings.get(one.name, "") or one.default
        self.order_fields([name for name in self.fields if name != "enabled"] + ["enabled"])

    def _field(self, one: Any, kept: bool) -> forms.Field:
        more: dict[str, Any] = {"label": _word(one.label), "required": False, "help_text": _word(one.hint)}
        if one.sort == "switch":
            return forms.BooleanField(**more)
        if one.sort == "choice":
            return forms.ChoiceField(choices=[(c.code, _word(c)) for c in one.choices], initial=one.default, **more)
        if one.sort == "secret":
            more["help_text"] = _("It is set. Leave it empty to keep it.") if kept else more["help_text"]
            widget = forms.PasswordInput(attrs={"autocomplete": "off"})
            return forms.CharField(max_length=2000, strip=False, widget=widget, **more)
        return forms.CharField(max_length=300, initial=one.default, **more)

    def settings(self) -> dict[str, str]:
        found = {}
        for one in self.plug_fields:
            if one.sort != "secret":
                value = self.cleaned_data.get(f"s_{one.name}")
                found[one.name] = ("1" if value else "") if one.sort == "switch" else str(value or "").strip()
        return found

    def secrets(self) -> dict[str, str]:
        hidden = [one.name for one in self.plug_fields if one.sort == "secret"]
        return {name: self.cleaned_data[f"s_{name}"] for name in hidden if self.cleaned_data.get(f"s_{name}")}


class ByHand(forms.Form):
    """What a person reads in an item that the product cannot."""

    text = forms.CharField(label=_("What happened?"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    subject = forms.CharField(label=_("In short"), required=False)
    name = forms.CharField(label=_("Customer's name"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False)
    email = forms.CharField(label=_("E-mail"), required=False)

    def raw(self) -> dict[str, object]:
        said = {name: str(self.data.get(name, "")) for name in self.fields}
        person = {name: said[name] for name in ("name", "phone", "email")}
        return {"text": said["text"], "subject": said["subject"], "kind": "complaint", "customer": person}
