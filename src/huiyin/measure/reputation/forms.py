"""What is asked about public posts."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.label import Label
from huiyin.listen.social.queries import SOURCES
from huiyin.measure.reputation.rules.sentiment import SENTIMENTS


def _options(labels: Any, empty: Any) -> list[tuple[str, Any]]:
    language = get_language() or "zh-hans"
    return [("", empty), *((label.code, label.word(language)) for label in labels)]


STATES = (
    Label("open", "负面、尚未处理", "Negative, nothing done yet"),
    Label("unsure", "待人工判断", "Waiting for a person's reading"),
    Label("linked", "已关联投诉", "Belongs to a complaint"),
    Label("removed", "已删除", "Taken down"),
)


class Filter(forms.Form):
    source = forms.ChoiceField(label=_("Platform"), required=False)
    sentiment = forms.ChoiceField(label=_("Sentiment"), required=False)
    category = forms.ChoiceField(label=_("Business category"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    from_day = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_day = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, labels in (
            ("source", SOURCES), ("sentiment", SENTIMENTS), ("category", facet("category")), ("state", STATES),
        ):  # fmt: skip
            self.fields[name].choices = _options(labels, _("All"))  # type: ignore[attr-defined]


class Decide(forms.Form):
    sentiment = forms.ChoiceField(label=_("Sentiment"), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=_("Business category"), required=False)
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentiment"].choices = _options(SENTIMENTS, "")[1:]  # type: ignore[attr-defined]
        for name in ("category", "cause"):
            self.fields[name].choices = _options(facet(name), _("Not known"))  # type: ignore[attr-defined]


class Link(forms.Form):
    number = forms.CharField(label=_("Number of the complaint"), max_length=32)
