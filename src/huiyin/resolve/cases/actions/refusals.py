"""The noes of this room, worded for the person who asked."""

from collections.abc import Callable

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Coded, Refusal

WHY = {
    "case_is_closed": _("This case is closed. A new fact from the customer opens the next step."),
    "take_it_first": _("Take the case before replying: it has no handler yet."),
    "waiting_for_approval": _("The reply is waiting for approval; nothing can be sent before that."),
    "reply_on_its_way": _("The reply is on its way to the customer. Wait until it is delivered or fails."),
    "not_answered_yet": _("The customer has not been answered yet, so the case cannot be closed or confirmed."),
    "already_answered": _("The customer has been answered; only a dispute opens the case again."),
    "nothing_to_approve": _("There is no reply waiting for approval."),
    "wrong_state": _("The case is not at the step where this can be done."),
    "already_taken": _("A colleague has already taken this case."),
    "recused": _("This person is recused from the matter and cannot be given it."),
    "not_here": _("This person does not work at the bank at the moment."),
    "same_person": _("The case is already with this person."),
    "not_yours": _("Only the person it was offered to can accept or return this hand-over."),
    "not_holder": _("Only the person who holds it can hand it over."),
    "already_settled": _("This has already been settled."),
    "already_offered": _("A hand-over of this kind is already waiting to be accepted."),
    "role_has_no_limit": _("This role grants no redress."),
    "limit_waiting": _("A change of this limit is already waiting for a decision."),
    "own_reply": _("A reply is approved by somebody other than its author or the handler."),
    "major_needs_cp": _("A reply in a major case is approved by consumer protection."),
    "no_ready_reply": _("There is no reply ready to send."),
    "empty_text": _("Write the text first."),
    "gap_left": _("A part of the template is still to be filled in: look for 【…】 or […]."),
    "text_too_long": _("The text is too long."),
    "facts_unverified": _(
        "A decision needs the facts verified and the reasons given (Measures for Handling Complaints, art. 19)."
    ),
    "cause_missing": _("Enter the cause of the complaint before closing it."),
    "customer_has_not_confirmed": _(
        "The customer has not confirmed the outcome. The case closes when they confirm, or when the waiting time is over."
    ),
    "dispute_too_late": _("The time to dispute this answer is over. Please raise it as a new matter."),
    "withdrawn": _("The customer has withdrawn this matter."),
    "not_this_kind": _("A matter can be reclassified as an enquiry, a petition or a report of wrongdoing."),
    "no_such_law": _("This subject or this body is not on the list."),
    "no_more_time": _("The time limit cannot be extended any further."),
    "not_complex_enough": _(
        "Only a complex matter may take 30 days and an exceptionally complex one 60. Decide the complexity first."
    ),
    "past_due": _("An extension can only be asked for before the time limit has passed."),
    "no_such_law_letter": _("No running time limit of this case waits for this letter, or its time is over."),
    "law_letter_waiting": _("A letter of this kind is already waiting or on its way."),
    "own_law_letter": _("The letter is let out by somebody other than the one who asked."),
    "expected_day_is_past": _("The day on which the customer may expect the answer must lie ahead."),
    "shut_day_ahead": _("Only a day that is over can be named. For a day to come, change the calendar."),
    "shut_day_was_free": _("This calendar is not known, or it is closed on that day anyway."),
    "nothing_missed_by_it": _("No missed time limit would have been in time without this day."),
    "own_request": _("An extension is granted by somebody other than the one who asked."),
    "extension_waiting": _("An extension is already waiting."),
    "no_running_limit": _("No time limit is running for this case."),
    "step_too_far": _("This extension must be granted by head-office consumer protection."),
    "nothing_to_pause": _("No time limit of this case may stop for this reason. All of them run on."),
    "not_paused": _("Nothing is paused for this reason."),
    "pause_ends_before": _("The expected end must be today or later."),
    "nothing_missed": _("Only a time limit that was missed can be excused, and only once."),
    "excuse_waiting": _("A request to excuse a missed limit is already waiting."),
    "own_excuse": _("A missed limit is excused by somebody other than the one who asked."),
    "reason_missing": _("Choose a reason."),
    "nobody_to_remind": _("Nobody else works on this case, so there is nobody to remind. Assign it instead."),
    "own_flag": _("This flag is set by the system itself and cannot be changed by hand."),
    "flag_stands": _("The case has this flag already."),
    "flag_is_off": _("The case does not have this flag."),
    "merge_with_itself": _("A case cannot be merged into itself."),
    "merged_already": _("This case is already merged into another one. Take that apart first."),
    "not_merged": _("This case is not merged into another one."),
    "other_person": _(
        "These two cases cannot be shown to be of one customer: it takes the same known customer, or two of telephone,"
        " e-mail and identity document that agree and none that differs."
    ),
    "outer_first": _("The case it was merged into is itself merged. Take that apart first."),
    "merged": _("This matter is handled together with an earlier one of yours."),
    "no_such_case": _("There is no open case with this number that you can see."),
    "legs_open": _(
        "A colleague who was consulted or works on it jointly has not answered yet. Wait, or call it off first."
    ),
    "leg_there": _("This person already has an open part in this case."),
    "not_your_leg": _("Only the person who was asked can answer."),
    "nobody_above": _("Nobody above is free to take this up. Assign it, or call the duty desk."),
    "nothing_to_bounce": _("There is nobody to give this case back to."),
    "not_handed_to_you": _("Only the person who took the hand-over can mark it."),
    "root_cause_missing": _("Record the root cause and the accountable post before closing."),
    "not_a_leaf": _("Choose a root cause of the last level."),
    "post_missing": _("Choose the accountable post; “nobody of the bank” only where the cause lies outside it."),
    "unit_missing": _("Choose the accountable unit."),
    "amount_wrong": _("Enter an amount above zero for money and zero for anything else."),
    "currency_wrong": _("This currency is not known."),
    "above_your_limit": _("This amount is above your limit. Somebody with a higher limit must approve it."),
    "above_every_limit": _("This amount is above every limit that the bank has set."),
    "own_redress": _("Redress is approved by somebody other than the one who proposed it or handles the case."),
    "redress_open": _("Redress is still on its way: settle it before closing."),
    "evidence_missing": _("Enter the reference of the payment or delivery."),
    "not_sent_yet": _("Only an answer that was sent can be printed as a letter."),
}


def _word(label: Label) -> str:
    return label.word(get_language() or "zh-hans")


_in_words: Callable[[Label], str] = lazy(_word, str)
"""A reason of the permission matrix, in the language of whoever reads it."""


class Refused(Coded):
    """A step that cannot be taken now. `code` is a key of WHY."""

    words = WHY


class NotAllowed(Refusal):
    """The permission matrix or a separation-of-duties rule says no; `label` has the reason in two languages."""

    status = 403
    message = _("You are not allowed to do this with this case.")

    def __init__(self, label: Label, rule: str = "") -> None:
        super().__init__(_in_words(label), code=label.code, rule=rule)
        self.label, self.rule = label, rule


class Gone(Refusal):
    status = 404
    message = _("There is no such case.")


class Stale(Refusal):
    """Somebody else wrote first. The page shows both versions; nothing of the loser's text is lost."""

    status = 409
    message = _("A colleague changed this case while you were writing.")

    def __init__(self, version: int) -> None:
        super().__init__(self.message, code="stale", version=version)
        self.version = version
