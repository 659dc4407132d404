"""What is asked about a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products.rules import is_code


class ProductForm(forms.Form):
    code = forms.CharField(label=_("Product code"), max_length=32, help_text=_("Letters, digits, dots, hyphens."))
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    category = forms.ChoiceField(
        label=_("Business category"), help_text=_("The category of the national complaint classification.")
    )
    parent_code = forms.ChoiceField(label=_("Belongs to"), required=False)
    owner_code = forms.ChoiceField(
        label=_("Unit that answers for it"), required=False, help_text=_("Suggested for complaints about this product.")
    )

    def __init__(
        self,
        categories: list[tuple[str, str]],
        parents: list[tuple[str, str]],
        owners: list[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        self.fields["parent_code"].choices = [("", "—"), *parents]  # type: ignore[attr-defined]
        self.fields["owner_code"].choices = [("", "—"), *owners]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not is_code(code):
            raise forms.ValidationError(_("Only letters, digits, dots, hyphens and underscores."))
        return code
