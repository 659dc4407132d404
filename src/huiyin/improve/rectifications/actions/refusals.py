"""Why a step of a rectification is not taken, in words for whoever tried."""

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.refusal import Refusal


class NotAllowed(Refusal):
    status = 403
    message = _("You may not do this with the rectification.")


class NotThere(Refusal):
    status = 404
    message = _("There is no such rectification.")


class NotNow(Refusal):
    message = _("The rectification is not at this step.")


class Missing(Refusal):
    status = 400
    message = _("Something is missing.")


class SamePerson(Refusal):
    status = 403
    message = _("Finding, carrying out, verifying and closing are the work of four different people.")


class NotProven(Refusal):
    message = _("The effect is not shown yet: a rectification closes only when the indicator has stayed at target.")


class BadDate(Refusal):
    status = 400
    message = _("The date must lie between tomorrow and a year from now.")
