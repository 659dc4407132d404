"""What colleagues fill in on the case page. Texts are limited here and again in the actions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.label import Label
from huiyin.kernel.permit import ROLE
from huiyin.resolve.cases.rules.redress import CURRENCIES, LIMITED, minor

LONGEST = 5000
Choice = tuple[str, str]


def choices(labels: Sequence[Label], empty: str = "") -> list[Choice]:
    """Codes with their words in the language of the page."""
    language = get_language() or "zh-hans"
    return ([("", empty)] if empty else []) + [(label.code, label.word(language)) for label in labels]


class Versioned(forms.Form):
    """Carries the version of the case that was shown, so that the loser of two writers is told (bad input 15)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class Text(Versioned):
    text = forms.CharField(
        label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST})
    )


class NoteText(Text):
    field_order = ("text", "version")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Internal note")
        self.fields["text"].help_text = _("Only colleagues who may see this case can read it.")


class ReplyText(Versioned):
    title = forms.CharField(label=_("Subject line"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Reply to the customer"),
        max_length=LONGEST,
        help_text=_("What was verified, on what basis, what we will do, and what the customer can do next."),
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": LONGEST}),
    )
    verified = forms.BooleanField(
        label=_("The facts are verified, and the reply states the basis and reasons"), required=False
    )


class Reason(Text):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Reason")
        self.fields["text"].widget.attrs["rows"] = 3


class Letter(Text):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Words to the customer")


class Disputed(Text):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("What the customer does not accept")


class Person(Versioned):
    """A colleague: from the list of those who are fit, or by staff number."""

    person = forms.ChoiceField(label=_("Colleague"), required=False)
    number = forms.CharField(label=_("or staff number"), max_length=16, required=False)

    def __init__(self, *args: object, people: Sequence[Choice] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class Handover(Person):
    kind = forms.ChoiceField(label=_("What is handed over"))
    reason = forms.ChoiceField(label=_("Reason"))
    text = forms.CharField(
        label=_("Explanation"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("person", "number", "kind", "reason", "text", "version")

    def __init__(self, *args: object, kinds: Sequence[Label] = (), reasons: Sequence[Label] = (), **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = choices(kinds)  # type: ignore[attr-defined]
        self.fields["reason"].choices = choices(reasons)  # type: ignore[attr-defined]


class Asked(Person):
    """A colleague and what is asked of them."""

    text = forms.CharField(
        label=_("What do you need from them?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("person", "number", "text", "version")


class Words(Text):
    """A text with its own label."""

    def __init__(self, *args: object, label: Any = "", rows: int = 4, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = label or self.fields["text"].label
        self.fields["text"].widget.attrs["rows"] = rows


class Wrong(Text):
    """What is wrong with what came over: a code of the controlled list, and words."""

    error = forms.ChoiceField(label=_("What was wrong"))
    field_order = ("error", "text", "version")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["error"].choices = choices(facet("handover_error"), "—")  # type: ignore[attr-defined]
        self.fields["text"].label = _("Explanation")
        self.fields["text"].widget.attrs["rows"] = 3


class UnitCode(Versioned):
    unit = forms.CharField(label=_("Unit code"), max_length=16)
    field_order = ("unit", "version")


class Finding(Versioned):
    """Root cause, accountable post and unit."""

    root_cause = forms.ChoiceField(label=_("Root cause"))
    post = forms.ChoiceField(label=_("Accountable post"))
    unit = forms.CharField(
        label=_("Code of the accountable unit"), max_length=16, required=False,
        help_text=_("Leave it empty if nobody of the bank is accountable."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Grounds"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("root_cause", "post", "unit", "text", "version")

    def __init__(
        self,
        *args: object,
        causes: Sequence[tuple[str, Sequence[Choice]]] = (),
        posts: Sequence[Label] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["root_cause"].choices = [("", "—"), *causes]  # type: ignore[attr-defined]
        self.fields["post"].choices = choices(posts, "—")  # type: ignore[attr-defined]


class Redress(Versioned):
    """What is offered, how much, and why."""

    kind = forms.ChoiceField(label=_("Kind of redress"))
    amount = forms.CharField(
        label=_("Amount"), max_length=20, required=False, help_text=_("Empty for an apology or a correction.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    text = forms.CharField(
        label=_("Words to the customer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("kind", "amount", "currency", "text", "version")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = choices(facet("redress_kind"))  # type: ignore[attr-defined]
        self.fields["currency"].initial = "CNY"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            said["minor"] = minor(said.get("amount") or "0", said.get("currency") or "CNY")
        except ValueError:
            self.add_error("amount", _("Enter an amount such as 128.50."))
        return said


class RedressLimit(forms.Form):
    """How much a role may grant alone from now on."""

    role = forms.ChoiceField(label=_("Role"))
    amount = forms.CharField(label=_("Grants alone up to"), max_length=20, help_text=_("0 takes the right away."))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = choices([ROLE[code] for code in LIMITED])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        try:
            said["minor"] = minor(said.get("amount") or "", said.get("currency") or "CNY")
        except ValueError:
            self.add_error("amount", _("Enter an amount such as 128.50."))
        return said


class ShutDay(forms.Form):
    """A day on which the bank was shut against its calendar, and what shows it."""

    calendar = forms.ChoiceField(label=_("Calendar"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.ChoiceField(label=_("Reason"))
    text = forms.CharField(
        label=_("What shows it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the order of the authority, with its number."),
    )  # fmt: skip

    def __init__(self, *args: object, calendars: Sequence[str] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["calendar"].choices = [(code, code) for code in calendars]  # type: ignore[attr-defined]
        self.fields["reason"].choices = choices(facet("excuse_reason"), "—")  # type: ignore[attr-defined]


class Evidence(Versioned):
    evidence = forms.CharField(
        label=_("Reference"),
        max_length=120,
        help_text=_("The number of the payment, voucher or delivery that proves it."),
    )
    field_order = ("evidence", "version")


class Classify(Versioned):
    category = forms.ChoiceField(label=_("Business category"))
    cause = forms.ChoiceField(label=_("Cause"))
    complexity = forms.ChoiceField(label=_("Complexity"))
    severity = forms.ChoiceField(label=_("Severity"))
    field_order = ("category", "cause", "complexity", "severity", "version")

    def __init__(self, *args: object, facets: dict[str, Sequence[Label]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, labels in facets.items():
            empty = "—" if name in ("category", "cause") else ""
            self.fields[name].choices = choices(labels, empty)  # type: ignore[attr-defined]


class Law(Versioned):
    """Which law a matter falls under, and which body handed it over."""

    topic = forms.ChoiceField(label=_("Statutory subject"))
    source = forms.ChoiceField(label=_("Forwarded by"), required=False)
    field_order = ("topic", "source", "version")

    def __init__(self, *args: object, topics: Sequence[Label], sources: Sequence[Label], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["topic"].choices = choices(topics)  # type: ignore[attr-defined]
        self.fields["source"].choices = choices(sources, str(_("nobody")))  # type: ignore[attr-defined]


class OneChoice(Versioned):
    """One thing to choose: a kind, an outcome, a reason."""

    choice = forms.ChoiceField(label=_("Choose"), widget=forms.RadioSelect)

    def __init__(self, *args: object, label: str, labels: Sequence[Label], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["choice"].label = label
        self.fields["choice"].choices = choices(labels)  # type: ignore[attr-defined]


class Needs(Versioned):
    """What a customer needs so that they are served well, and how we know."""

    needs = forms.MultipleChoiceField(
        label=_("Particular needs"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Used for this case only: wording, large print, telephone or letter first, priority."),
    )  # fmt: skip
    source = forms.ChoiceField(label=_("How we know"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What to observe"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("needs", "source", "text", "version")

    def __init__(self, *args: object, needs: Sequence[Label], sources: Sequence[Label], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["needs"].choices = choices(needs)  # type: ignore[attr-defined]
        self.fields["source"].choices = choices(sources)  # type: ignore[attr-defined]


class Pause(Reason):
    """Why, until when, and what shows it."""

    reason = forms.ChoiceField(label=_("What it waits for"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Expected until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("To the end of this day. Without a date: five working days for material, ten for outside bodies."),
    )  # fmt: skip
    told = forms.BooleanField(label=_("The customer has been told"), required=False)
    field_order = ("reason", "until", "told", "text", "version")

    def __init__(self, *args: object, reasons: Sequence[Label] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(reasons)  # type: ignore[attr-defined]
        self.fields["text"].label = _("What shows it")
        self.fields["text"].help_text = _("Kept as an internal note.")


class LawLetter(Reason):
    """Which letter, why the decision is put off, and until when."""

    letter = forms.ChoiceField(label=_("Letter"), widget=forms.RadioSelect)
    expected = forms.DateField(
        label=_("The customer may expect the answer by"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("letter", "text", "expected", "version")

    def __init__(self, *args: object, letters: Sequence[Choice] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["letter"].choices = letters  # type: ignore[attr-defined]
        self.fields["text"].label = _("Reasons, as the customer reads them")


class Summary(Text):
    """How the matter was settled, and that the customer accepted it."""

    letter = forms.ChoiceField(label=_("Letter"), widget=forms.RadioSelect)
    accepted = forms.CharField(
        label=_("How and when the customer accepted"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the reply; the customer does not see it."),
    )  # fmt: skip
    field_order = ("letter", "text", "accepted", "version")

    def __init__(self, *args: object, letters: Sequence[Choice] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["letter"].choices = letters  # type: ignore[attr-defined]
        self.fields["text"].label = _("How it was settled, as the customer reads it")


class Excuse(Reason):
    clock = forms.ChoiceField(label=_("Missed limit"))
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    field_order = ("clock", "reason", "text", "version")

    def __init__(self, *args: object, clocks: Sequence[Choice] = (), reasons: Sequence[Label] = (), **kwargs: object):
        super().__init__(*args, **kwargs)
        self.fields["clock"].choices = clocks  # type: ignore[attr-defined]
        self.fields["reason"].choices = choices(reasons)  # type: ignore[attr-defined]
        self.fields["text"].label = _("What shows it")
        self.fields["text"].help_text = _("Kept as an internal note.")


def named(people: Sequence[Any]) -> list[Choice]:
    """Colleagues as they stand in a list: name, number, unit."""
    language = get_language() or "zh-hans"
    return [
        (str(person.pk), f"{person.word(language)} · {person.number} · {person.unit.word(language)}")
        for person in people
    ]
