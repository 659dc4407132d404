"""What people may say about an alert."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label
from huiyin.measure.alerts.rules import words

in_words = lazy(lambda label: label.word(get_language() or "zh-hans"), str)


def choices(labels: dict[str, Label]) -> list[tuple[str, str]]:
    return [(code, in_words(label)) for code, label in labels.items()]


class DismissForm(forms.Form):
    """Why nothing needs to be done."""

    reason = forms.ChoiceField(label=_("Reason"), choices=choices(words.REASONS), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Explanation"),
        help_text=_("What you checked and what you found. It stays with the alert."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class MergeForm(forms.Form):
    """Which alert this one belongs to."""

    into = forms.UUIDField(label=_("Ends in which alert"), widget=forms.Select)

    def __init__(self, *args: object, options: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["into"].widget.choices = options  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """Which alerts the list shows."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("live", _("To be settled")), ("", _("All")), *choices(words.STATES)],
    )
    gravity = forms.ChoiceField(label=_("Gravity"), required=False, choices=[("", _("All")), *choices(words.GRAVITY)])
