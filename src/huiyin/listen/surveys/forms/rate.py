from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.listen.surveys.queries import DIMENSIONS, SCORES
from huiyin.listen.voices import queries as voices


def _scores() -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(label.code, label.word(language)) for label in SCORES]


class Rate(forms.Form):
    """One question that must be answered, three that may."""

    use_required_attribute = False
    score = forms.ChoiceField(
        label=_("How satisfied are you with how your complaint was handled?"), choices=_scores, widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one of the five answers."),
            "invalid_choice": _("Please choose one of the five answers."),
        },
    )  # fmt: skip
    comment = forms.CharField(
        label=_("Anything you would like to add?"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: object, **how: object) -> None:
        super().__init__(*args, **how)  # type: ignore[arg-type]
        self.fields["comment"].validators = []
        language = get_language() or "zh-hans"
        for label in DIMENSIONS:
            self.fields[label.code] = forms.ChoiceField(
                label=label.word(language), required=False, choices=[("", "—"), *_scores()]
            )
        self.order_fields(["score", *(label.code for label in DIMENSIONS), "comment"])

    def clean_comment(self) -> str:
        text, problem = voices.clean_text(self.cleaned_data.get("comment", ""))
        if problem:
            raise forms.ValidationError(problem)
        return text
