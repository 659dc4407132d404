"""The first questions, a message, and what an agent fills in."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label, offered
from huiyin.listen.chats.rules.codes import ANSWERS, KIND, KINDS, REASONS
from huiyin.listen.chats.rules.limits import TEXT
from huiyin.listen.voices import queries as voices

NOT_CHOSEN = _("Not chosen")


def _text(**how: Any) -> forms.CharField:
    """Text as it was sent; the intake rules judge all of it."""
    field = forms.CharField(strip=False, required=False, **how)
    field.validators = []
    return field


class Contact(forms.Form):
    """How to reach the customer, through the same check as every submission."""

    use_required_attribute = False
    name = _text(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = _text(label=_("Telephone"), widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}))
    email = _text(label=_("E-mail"), widget=forms.TextInput(attrs={"autocomplete": "email", "type": "email"}))

    def __init__(self, *args: Any, today: Any, **how: Any) -> None:
        self.today = today
        super().__init__(*args, **how)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        raw = {
            "channel": "chat", "text": "-",
            "customer": {field: values.get(field, "") for field in ("name", "phone", "email")},
        }  # fmt: skip
        found = voices.check(raw, today=self.today)
        if isinstance(found, list):
            for problem in found:
                self.add_error(problem.field.partition(".")[2] or None, voices.problem_words(problem))
        else:
            values |= {"name": found.words.name, "phone": found.words.phone, "email": found.words.email}
        return values


class Start(Contact):
    """What is it about, which product, where do you want the answer? Every question may be passed over."""

    kind = forms.ChoiceField(label=_("What is it about?"), required=False, widget=forms.RadioSelect)
    product = forms.ChoiceField(label=_("Which product?"), required=False)
    unit = forms.ChoiceField(label=_("Which branch?"), required=False)
    answer_by = forms.ChoiceField(
        label=_("Where do you want the answer?"), required=False, widget=forms.RadioSelect,
        help_text=_("If the connection breaks we can still reach you when you leave a number or an address."),
    )  # fmt: skip
    text = _text(
        label=_("Your question or message"),
        help_text=_("Please leave out passwords and full card numbers. Nothing is sent while you type."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    privacy = forms.BooleanField(
        label=_("I have read the privacy notice"), required=False,
        help_text=_("What you write is used only to handle this matter and kept encrypted."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, products: list[Label], branches: list[tuple[str, str]], is_open: bool, **how: Any
    ) -> None:
        super().__init__(*args, **how)
        self.is_open = is_open
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": offered(KINDS, get_language()),
            "answer_by": offered([label for label in ANSWERS if is_open or label.code != "chat"], get_language()),
            "product": [("", NOT_CHOSEN), *offered(products, get_language())],
            "unit": [("", NOT_CHOSEN), *branches],
        }
        for name, found in choices.items():
            field: Any = self.fields[name]
            field.choices = found
        self.order_fields(["kind", "text", "product", "unit", "answer_by", "name", "phone", "email", "privacy"])

    def clean_text(self) -> str:
        return checked(self.cleaned_data.get("text", ""), needed=not self.is_open)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        way = values.get("answer_by") or ""
        for field, words in (
            ("phone", _("Please leave a telephone number.")),
            ("email", _("Please leave an address.")),
        ):
            if way == field and not values.get(field) and field not in self.errors:
                self.add_error(field, words)
        if not values.get("privacy"):
            self.add_error("privacy", _("Please read the privacy notice and tick the box."))
        return values


class Message(forms.Form):
    """One message. What was typed comes back if it cannot be taken."""

    use_required_attribute = False
    text = _text(
        label=_("Message"), widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "maxlength": TEXT * 2})
    )
    file = forms.FileField(label=_("Photo or document"), required=False)

    def clean_text(self) -> str:
        return checked(self.cleaned_data.get("text", ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not values.get("text") and not values.get("file"):
            self.add_error("text", voices.missing())
        return values


class Filing(Contact):
    """Register the chat as a matter."""

    kind = forms.ChoiceField(label=_("Register as"))

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        field: Any = self.fields["kind"]
        field.choices = offered(KINDS, get_language())
        self.order_fields(["kind", "name", "phone", "email"])


class Offer(forms.Form):
    use_required_attribute = False
    receiver = forms.ChoiceField(label=_("Colleague"), required=False)
    unit = forms.ChoiceField(label=_("or whoever is free at"), required=False)
    reason = forms.ChoiceField(label=_("Why"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], units: list[tuple[str, str]], **how: Any) -> None:
        super().__init__(*args, **how)
        choices: dict[str, list[tuple[str, Any]]] = {
            "receiver": [("", NOT_CHOSEN), *people],
            "unit": [("", NOT_CHOSEN), *units],
            "reason": offered(REASONS, get_language()),
        }
        for name, found in choices.items():
            field: Any = self.fields[name]
            field.choices = found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("receiver")) == bool(values.get("unit")):
            self.add_error("receiver", _("Please choose either a colleague or a unit."))
        return values


class Rate(forms.Form):
    """One question and a line, as after every service."""

    use_required_attribute = False
    score = forms.ChoiceField(
        label=_("How satisfied are you with this chat?"), widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the five.")},
    )  # fmt: skip
    comment = _text(label=_("Anything you would like to add?"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, scores: tuple[Label, ...], **how: Any) -> None:
        super().__init__(*args, **how)
        field: Any = self.fields["score"]
        field.choices = offered(scores, get_language())

    def clean_comment(self) -> str:
        return checked(self.cleaned_data.get("comment", ""))


def checked(text: str, *, needed: bool = False) -> str:
    """A message through the intake rules, and no longer than one message may be."""
    found, problem = voices.clean_text(text)
    if problem:
        raise forms.ValidationError(problem)
    if len(found) > TEXT:
        raise forms.ValidationError(
            _("Please keep a message under %(limit)s characters; you can send several.") % {"limit": TEXT}
        )
    if needed and not found:
        raise forms.ValidationError(voices.missing())
    return found


__all__ = ["KIND", "Contact", "Filing", "Message", "Offer", "Rate", "Start"]
