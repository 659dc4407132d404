"""The four steps of the public form."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.listen.voices.forms.checked import NOT_CHOSEN, Checked, Choice, Plain
from huiyin.listen.voices.queries import problem_words
from huiyin.listen.voices.rules.intake import MANDATES, WISHES
from huiyin.listen.voices.rules.text import Problem
from huiyin.platform.files.queries import Files


class What(Checked):
    PLACES = {"text": "text"}
    text = Plain(
        label=_("What happened?"),
        help_text=_("Tell it in your own words. Please leave out passwords and full card numbers."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
    )

    files = Files(  # type: ignore[assignment]  # a field; the uploads stay at `form.files`
        label=_("Photos or documents"),
        required=False,
        help_text=_("Pictures, PDF, Office files, sound or video, up to 20 MB each, 10 at most."),
    )

    def raw(self) -> dict[str, Any]:
        return {"text": self.said("text")}


class Where(Checked):
    PLACES = {"occurred_at": "occurred_at", "where": "where", "product": "product", "complained_about": "about"}
    where = Plain(
        label=_("Which branch or channel?"),
        required=False,
        help_text=_("For example the name of the branch, the mobile app, the hotline."),
        widget=forms.TextInput(attrs={"list": "branches", "autocomplete": "off"}),
    )
    occurred_at = Plain(label=_("When?"), required=False, widget=forms.TextInput(attrs={"type": "date"}))
    about = Plain(
        label=_("Who was involved?"),
        required=False,
        help_text=_("Name or staff number. This person and their manager cannot see or handle your complaint."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    product = Choice(label=_("Which product or service?"), required=False, empty=NOT_CHOSEN)

    def raw(self) -> dict[str, Any]:
        return {
            "where": self.said("where"),
            "occurred_at": self.said("occurred_at"),
            "complained_about": people(self.said("about")),
            "product": self.said("product"),
        }


class Wish(Checked):
    PLACES = {"want": "want"}
    wish = Choice(WISHES, label=_("What would put it right?"), required=False, widget=forms.RadioSelect)
    want = Plain(label=_("Anything to add to that?"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def raw(self) -> dict[str, Any]:
        return {"want": self.said("want")}


class Contact(Checked):
    PLACES = {
        "customer.name": "name",
        "customer.phone": "phone",
        "customer.email": "email",
        "representative.name": "representative",
        "representative.mandate": "mandate",
    }
    name = Plain(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = Plain(
        label=_("Telephone"),
        help_text=_("We answer here. The last four figures also open your complaint together with its number."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = Plain(
        label=_("E-mail"),
        required=False,
        help_text=_("Enough by itself, if you would rather not leave a telephone number."),
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    representative = Plain(
        label=_("Name of the person who acts for the customer"),
        required=False,
        help_text=_("Only if you complain for somebody else. Above, give the name of the person it is about."),
    )
    mandate = Choice(MANDATES, label=_("On what authority?"), required=False, empty=NOT_CHOSEN)
    privacy = forms.BooleanField(
        label=_("I have read the privacy notice"),
        required=False,
        help_text=_(
            "What you write is used only to handle this matter, kept encrypted, and every look at it is recorded."
        ),
    )

    def raw(self) -> dict[str, Any]:
        return {
            "customer": {"name": self.said("name"), "phone": self.said("phone"), "email": self.said("email")},
            "representative": {"name": self.said("representative"), "mandate": self.said("mandate")},
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("privacy"):
            self.add_error("privacy", problem_words(Problem("privacy", "privacy")))
        return values


STEPS = (("what", What), ("where", Where), ("wish", Wish), ("contact", Contact))


def people(text: str) -> list[str]:
    """The people named in one line: split where a writer separates names."""
    return [part for part in (piece.strip() for piece in re.split(r"[,，;；、\n]", text)) if part]
