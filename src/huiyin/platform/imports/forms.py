"""What is asked when a file is uploaded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.platform.imports.queries import ARCHIVE, UPLOAD


class UploadForm(forms.Form):
    most = UPLOAD.size
    file = forms.FileField(
        label=_("CSV or Excel file"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,.xlsx"}),
        help_text=_(
            "At most 1,000,000 rows, 100 columns and 300 MB. More than 500 rows are worked on in the background: you can go on meanwhile."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > (self.most or 0):
            raise forms.ValidationError(
                _("The file is too large for the browser. Use the command line, which has no limit.")
            )
        return file


class ArchiveForm(UploadForm):
    most = ARCHIVE.size
    file = forms.FileField(
        label=_("ZIP archive"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        help_text=_(
            "At most 500 MB and 100,000 files. Each file or folder is named by its case: 2023-0815/letter.pdf or 2023-0815_letter.pdf."
        ),
    )
