"""One question of a survey as a form. What was typed comes back as it was typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.listen.surveys.rules.questions import BY_ITEM, Question, choices


class Ask(forms.Form):
    """`answer`, or one field per aspect of a matrix. What is right is decided by the action, which every client meets."""

    use_required_attribute = False

    def __init__(self, question: Question, language: str, given: Any, words: str, data: Any = None) -> None:
        super().__init__(data)
        self.question = question
        options = [(option.code, option.word(language)) for option in choices(question)]
        if question.kind in BY_ITEM:
            kept = given if isinstance(given, Mapping) else {}
            for aspect in question.options:
                self.fields[aspect.code] = _Open(
                    label=aspect.word(language), required=question.required, choices=options, widget=forms.RadioSelect,
                    initial=str(kept.get(aspect.code, "")),
                )  # fmt: skip
        elif question.kind == "text":
            self.fields["answer"] = forms.CharField(
                label=question.text.word(language), required=question.required, strip=False, initial=words,
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=_("Please leave out passwords, card numbers and codes."),
            )  # fmt: skip
            self.fields["answer"].validators = []
        elif question.kind == "multiple":
            self.fields["answer"] = _OpenMany(
                label=question.text.word(language), required=question.required, choices=options, initial=given or [],
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        else:
            self.fields["answer"] = _Open(
                label=question.text.word(language), required=question.required, choices=options,
                widget=forms.RadioSelect, initial="" if given is None else str(given),
                help_text=_("0: not at all likely; 10: extremely likely.") if question.kind == "nps" else "",
            )  # fmt: skip


class _Open(forms.ChoiceField):
    def validate(self, value: Any) -> None:
        pass


class _OpenMany(forms.MultipleChoiceField):
    def validate(self, value: Any) -> None:
        pass
