"""What cases do when they hear of something below: the whole sentence is the name."""

from collections.abc import Sequence

from huiyin.bank.clocks.facts import ClockResumed, ClockRung
from huiyin.bank.staff.facts import StaffRecused
from huiyin.bank.units.facts import UnitPlaced
from huiyin.ledger.news import News, on
from huiyin.listen.channels import actions as channels
from huiyin.listen.voices.facts import VoiceAdded, VoiceHeard, VoiceWithdrawn
from huiyin.platform.messages.facts import MessageDelivered, MessageFailed
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.facts import CaseAssigned, CaseClosed, CaseReopened, LegEnded, LegOpened
from huiyin.resolve.cases.rules.moving import SOURCE


def open_cases_for_a_batch_of_voices(batch: Sequence[News[VoiceHeard]]) -> None:
    heard = [actions.Heard(news.fact, news.by, news.at) for news in batch if news.fact.source != SOURCE]
    actions.open_case_many(heard=[item for item in heard if not item.fact.source])
    actions.take_over_many(heard=[item for item in heard if item.fact.source])


@on(VoiceHeard, many=open_cases_for_a_batch_of_voices)
def open_a_case_for_every_voice(news: News[VoiceHeard]) -> None:
    open_cases_for_a_batch_of_voices([news])


@on(VoiceAdded)
def tell_the_handler_that_the_customer_wrote(news: News[VoiceAdded]) -> None:
    if news.by.kind != "staff":
        actions.customer_wrote(case=news.fact.voice, item=news.fact.item, by=news.by, at=news.at)


@on(VoiceWithdrawn)
def close_the_case_of_a_withdrawn_voice(news: News[VoiceWithdrawn]) -> None:
    actions.withdrawn(case=news.fact.voice, by=news.by, at=news.at)


def answer_cases_whose_replies_arrived(batch: Sequence[News[MessageDelivered]]) -> None:
    acknowledged = [news for news in batch if news.fact.purpose == "acknowledgement"]
    actions.acknowledged_many(items=[actions.Arrived(n.fact.matter, n.by, n.at) for n in acknowledged])
    replies = [news for news in batch if news.fact.purpose == "reply" and news.fact.item]
    actions.answered_many(items=[actions.Arrived(n.fact.item, n.by, n.at) for n in replies if n.fact.item])
    for news in batch:
        if news.fact.purpose == "extension" and news.fact.item:
            actions.apply_extension(extension=news.fact.item, notice=news.fact.message, by=news.by, at=news.at)
        elif news.fact.purpose == "law" and news.fact.item:
            actions.communication_arrived(communication=news.fact.item, by=news.by, at=news.at)
        elif news.fact.purpose == "copy":
            actions.copy_arrived(case=news.fact.matter, by=news.by, at=news.at)
        elif news.fact.purpose == "update":
            actions.update_arrived(case=news.fact.matter, by=news.by, at=news.at)
        elif news.fact.purpose == "material":
            actions.material_asked(case=news.fact.matter, item=news.fact.item, by=news.by, at=news.at)


@on(MessageDelivered, many=answer_cases_whose_replies_arrived)
def answer_the_case_when_the_reply_arrives(news: News[MessageDelivered]) -> None:
    answer_cases_whose_replies_arrived([news])


@on(MessageFailed)
def take_the_case_up_again_when_a_message_fails(news: News[MessageFailed]) -> None:
    if news.fact.purpose == "reply" and news.fact.item:
        actions.unanswered(reply=news.fact.item, why=news.fact.why, by=news.by, at=news.at)
    elif news.fact.purpose == "extension" and news.fact.item:
        actions.lapse_extension(extension=news.fact.item, by=news.by, at=news.at)
    elif news.fact.purpose == "law" and news.fact.item:
        actions.communication_lost(communication=news.fact.item, why=news.fact.why, by=news.by, at=news.at)


def pass_the_step_on_for_a_batch(batch: Sequence[News[CaseAssigned]]) -> None:
    actions.step_passed_on([(news.fact, news.by, news.at) for news in batch])


@on(CaseAssigned, many=pass_the_step_on_for_a_batch)
def pass_the_step_on_to_whoever_works_on_it(news: News[CaseAssigned]) -> None:
    pass_the_step_on_for_a_batch([news])


@on(LegOpened)
def begin_the_step_of_whoever_was_asked(news: News[LegOpened]) -> None:
    actions.part_asked(fact=news.fact, by=news.by, at=news.at)


@on(LegEnded)
def end_the_step_of_whoever_was_asked(news: News[LegEnded]) -> None:
    actions.part_ended(fact=news.fact, by=news.by, at=news.at)


@on(ClockRung)
def escalate_when_a_clock_rings(news: News[ClockRung]) -> None:
    if news.fact.kind == "case":
        actions.escalate(rung=news.fact, by=news.by, at=news.at)


@on(StaffRecused)
def move_the_case_on_when_kin_are_declared_later(news: News[StaffRecused]) -> None:
    if news.fact.why == "kin":
        actions.somebody_was_recused(case=news.fact.subject, by=news.by, at=news.at)


@on(ClockResumed)
def run_on_when_a_pause_is_over(news: News[ClockResumed]) -> None:
    if news.fact.kind == "case" and news.fact.how == "expired":
        actions.pause_over(fact=news.fact, by=news.by, at=news.at)


def place_cases_of_moved_units(batch: Sequence[News[UnitPlaced]]) -> None:
    actions.place_cases(units=[news.fact.unit for news in batch], at=max(news.at for news in batch))


@on(UnitPlaced, many=place_cases_of_moved_units)
def place_the_cases_of_a_moved_unit(news: News[UnitPlaced]) -> None:
    place_cases_of_moved_units([news])


def end_the_conversations_of_closed_cases(batch: Sequence[News[CaseClosed]]) -> None:
    mine = [news for news in batch if news.fact.outcome != "imported"]
    if mine:
        channels.conversations_ended(matters=[news.fact.case for news in mine], at=mine[-1].at)


@on(CaseClosed, many=end_the_conversations_of_closed_cases)
def end_the_conversation_of_a_closed_case(news: News[CaseClosed]) -> None:
    end_the_conversations_of_closed_cases([news])


def let_the_conversations_of_reopened_cases_go_on(batch: Sequence[News[CaseReopened]]) -> None:
    channels.conversations_go_on(matters=[news.fact.case for news in batch])


@on(CaseReopened, many=let_the_conversations_of_reopened_cases_go_on)
def let_the_conversation_of_a_reopened_case_go_on(news: News[CaseReopened]) -> None:
    let_the_conversations_of_reopened_cases_go_on([news])
