"""What is asked when a sheet is uploaded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.platform.imports.queries import BROWSER


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV or Excel file"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,.xlsx"}),
        help_text=_("At most 50,000 rows, 100 columns and 20 MB. Larger files go through the command line."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > (BROWSER.size or 0):
            raise forms.ValidationError(
                _("The file is too large for the browser. Use the command line, which has no limit.")
            )
        return file
