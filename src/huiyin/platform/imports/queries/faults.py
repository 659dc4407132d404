"""What is wrong with a row, in words."""

from django.utils.translation import gettext_lazy as _

from huiyin.platform.imports.rules import Fault

FAULTS = {
    "missing": _("This cell must not be empty."),
    "width": _("The row has %(cells)s cells, the header has %(width)s."),
    "unreadable": _("The row cannot be read: a quotation mark may be missing."),
    "no_key": _("The row has nothing that tells it apart from others."),
    "no_code": _("The ledger cannot keep this number: only ASCII letters, digits and - . _ / are possible, and no telephone or identity number without a key_prefix."),
    "undecodable": _("The row holds characters that cannot be read. Save the file as UTF-8."),
    "twice": _("The same key stands in line %(line)s already."),
    "control": _("The cell holds characters that cannot be stored."),
    "too_long": _("At most %(longest)s characters."),
    "scientific": _("A spreadsheet has turned this number into 1.2E+05 form. Format the column as text and enter it again."),
    "floated": _("A spreadsheet has added decimals to this number. Format the column as text and enter it again."),
    "not_code": _("Only letters, digits and - . _ / are possible here."),
    "not_int": _("This is not a whole number."),
    "not_number": _("This is not a number."),
    "not_date": _("This is not a date such as 2026-03-05."),
    "not_month": _("This is not a month such as 2026-03."),
    "not_datetime": _("This is not a time such as 2026-03-05 14:30."),
    "not_phone": _("This is not a telephone number."),
    "not_email": _("This is not an e-mail address."),
    "not_bool": _("Enter yes or no."),
    "not_choice": _("This must be one of: %(offered)s."),
    "unknown_unit": _("There is no unit with the code %(code)s."),
    "unknown_staff": _("There is no member of staff with the number %(code)s."),
    "unknown_product": _("There is no product with the code %(code)s."),
    "wrong_place": _("A unit of this kind cannot stand there."),
    "wrong_code": _("A unit code has 1 to 16 capital letters, digits or hyphens."),
    "kind_stands": _("The kind of an existing unit cannot be changed."),
    "in_future": _("This time lies in the future."),
    "before_received": _("This time lies before the complaint was received."),
    "before_answered": _("This time lies before the answer."),
    "closed_without_time": _("A closed complaint needs the time when it was closed."),
    "answered_without_time": _("An answered complaint needs the time of its answer."),
    "time_but_open": _("There is a closing time, but the complaint is not closed."),
    "answered_but_open": _("There is a time of answer, but the complaint is not answered."),
    "negative": _("The number must not be negative."),
    "refused": _("%(why)s"),
}  # fmt: skip


def reason(fault: Fault) -> str:
    """The fault in the reader's language."""
    words = FAULTS.get(fault.code)
    return str(words) % dict(fault.params) if words else fault.code
