"""The short form of staff who listen at the counter or on the telephone: one page, in the order of the talk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.listen.voices.forms.checked import NOT_CHOSEN, Checked, Choice, Plain
from huiyin.listen.voices.forms.portal import people
from huiyin.listen.voices.queries import CHANNELS, KINDS
from huiyin.listen.voices.rules.intake import MANDATES

DESK_CHANNELS = tuple(label for label in CHANNELS if label.code not in ("portal", "unknown"))
DESK_KINDS = tuple(label for label in KINDS if label.code != "low_score")


class Entry(Checked):
    PLACES = {
        "kind": "kind",
        "channel": "channel",
        "text": "text",
        "want": "want",
        "unit": "unit",
        "product": "product",
        "occurred_at": "occurred_at",
        "complained_about": "about",
        "customer.name": "name",
        "customer.phone": "phone",
        "customer.email": "email",
        "representative.name": "representative",
        "representative.mandate": "mandate",
    }
    channel = Choice(DESK_CHANNELS, label=_("How did it come in?"))
    kind = Choice(DESK_KINDS, label=_("What is it?"))
    name = Plain(label=_("Customer's name"), required=False)
    phone = Plain(label=_("Telephone"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    email = Plain(label=_("E-mail"), required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    text = Plain(
        label=_("What happened?"),
        help_text=_("In the customer's words as far as possible."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    want = Plain(label=_("What does the customer ask for?"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    unit = Plain(
        label=_("Branch concerned"),
        required=False,
        help_text=_("Code of the unit; your own is filled in."),
        widget=forms.TextInput(attrs={"list": "branches"}),
    )
    product = Choice(label=_("Product or service"), required=False, empty=NOT_CHOSEN)
    occurred_at = Plain(label=_("When?"), required=False, widget=forms.TextInput(attrs={"type": "date"}))
    about = Plain(
        label=_("Who is complained about?"),
        required=False,
        help_text=_(
            "Name or staff number; separate several with a comma. They and their managers are kept out at once."
        ),
    )
    representative = Plain(label=_("Name of the person who acts for the customer"), required=False)
    mandate = Choice(MANDATES, label=_("On what authority?"), required=False, empty=NOT_CHOSEN)

    def raw(self) -> dict[str, Any]:
        return {
            "channel": self.said("channel"),
            "kind": self.said("kind"),
            "text": self.said("text"),
            "want": self.said("want"),
            "unit": self.said("unit").split(" ")[0],
            "product": self.said("product"),
            "occurred_at": self.said("occurred_at"),
            "complained_about": people(self.said("about")),
            "customer": {"name": self.said("name"), "phone": self.said("phone"), "email": self.said("email")},
            "representative": {"name": self.said("representative"), "mandate": self.said("mandate")},
        }
