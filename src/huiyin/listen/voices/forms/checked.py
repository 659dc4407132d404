"""A form whose fields are judged by the intake rules and nothing else."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label
from huiyin.listen.voices.queries import problem_words
from huiyin.listen.voices.rules.intake import check


class Plain(forms.CharField):
    """Text as it was sent: nothing stripped, nothing refused here, so that the intake rules see all of it."""

    def __init__(self, **how: Any) -> None:
        super().__init__(strip=False, **how)
        self.validators = []

    def validate(self, value: Any) -> None:
        """Required or not is said by the rules."""


class Choice(forms.ChoiceField):
    """One of a list of Labels, in the language of the page, with an empty first line where it may be left out."""

    def __init__(self, labels: tuple[Label, ...] = (), *, empty: Any = None, **how: Any) -> None:
        self.labels, self.empty = labels, empty
        super().__init__(choices=self.words, **how)

    def words(self) -> list[tuple[str, str]]:
        first = [("", self.empty)] if self.empty is not None else []
        language = get_language() or "zh-hans"
        return [*first, *((label.code, label.word(language)) for label in self.labels)]


class Checked(forms.Form):
    """`PLACES` tells where each of the rules' fields stands in this form; other fields are judged on other steps."""

    PLACES: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = False

    def raw(self) -> dict[str, Any]:
        """This form's answers in the shape of a submission."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = check({"channel": "portal", "text": "-"} | self.raw(), today=self.today, contact_needed=self.contact)
        if isinstance(found, list):
            for problem in found:
                place = self.PLACES.get(problem.field)
                if place and place not in self.errors:
                    self.add_error(place, problem_words(problem))
        return values

    def __init__(self, *args: Any, today: Any, contact: bool = False, **how: Any) -> None:
        self.today, self.contact = today, contact
        super().__init__(*args, **how)

    def said(self, name: str) -> str:
        value = self.data.get(self.add_prefix(name), "") if self.is_bound else self.initial.get(name, "")
        return value if isinstance(value, str) else ""


NOT_CHOSEN = _("Not chosen")
