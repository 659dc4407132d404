"""Take what somebody answers to a survey: question by question, kept at once, sent once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.customers.profiles import actions as profile_actions
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.secret import secret_hash
from huiyin.ledger.actions import record
from huiyin.listen.surveys.actions.rating import AlreadyAnswered, Expired, NoSuchInvitation, Rating, answer_many
from huiyin.listen.surveys.facts import SurveyAllowed, SurveyAnswered, SurveyDeclined
from huiyin.listen.surveys.models import Campaign, Invitation, OptOut, Response
from huiyin.listen.surveys.queries.answering import TABLE, state_of
from huiyin.listen.surveys.rules import questions
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

WRONG = {
    "required": _("Please answer this question."),
    "scale": _("Please choose one of the scores."),
    "choice": _("Please choose one of the answers."),
    "long": _("Please write no more than 2,000 characters."),
}


class Closed(Refusal):
    status = 410
    message = _("This survey has been withdrawn. Thank you for your time.")


class BadAnswer(Refusal):
    """`question`: the code of the question to look at."""

    status = 422

    def __init__(self, question: str, message: object) -> None:
        super().__init__(message)
        self.question = question


def keep_answer(
    *, secret: str, question: str, given: Sequence[str], rows: Mapping[str, str], language: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Keep the answer to one question, so that nothing is lost when the connection breaks. Answering again replaces it."""
    with transaction.atomic():
        asked, campaign = _open(secret, at)
        response = Response.objects.filter(invitation=asked).select_related("edition").first()
        edition = response.edition if response else campaign.edition
        found = questions.content_from(edition.content).question(question)
        if found is None:
            raise NoSuchInvitation
        if found.kind == "text" and given:
            text, problem = heard.clean_text(given[0]) if given[0].strip() else ("", "")
            if problem:
                raise BadAnswer(question, problem)
            given = [text]
        taken = questions.take(found, given, rows)
        if taken.wrong:
            raise BadAnswer(question, WRONG[taken.wrong])
        if response is None:
            response = Response(
                id=new_id(), invitation=asked, edition=edition, answers={}, language=language, started_at=at,
                changed_at=at,
            )  # fmt: skip
            response.save(force_insert=True)
        answers = {code: value for code, value in response.answers.items() if code != question}
        if found.kind == "text":
            assert asked.customer_id is not None
            if taken.value or question in response.answers:
                vault.keep(
                    subject=asked.customer_id, table=TABLE, row=response.pk, values={question: taken.value or ""}
                )
            taken = questions.Taken(True if taken.value else None)
        if taken.value is not None:
            answers[question] = taken.value
        response.answers, response.language, response.changed_at = answers, language, at
        response.save(update_fields=["answers", "language", "changed_at"])


def complete(*, secret: str, by: Actor, at: datetime) -> UUID:
    """Send the answers: they count from now on and change no more. A low score is heard as a matter of its own."""
    with transaction.atomic():
        asked, campaign = _open(secret, at)
        response = Response.objects.select_for_update().filter(invitation=asked).select_related("edition").first()
        content = questions.content_from((response.edition if response else campaign.edition).content)
        gap = questions.missing(content, response.answers if response else {})
        if gap or response is None:
            first = gap or content.questions[0]
            raise BadAnswer(first.code, WRONG["required"])
        response.answers, response.completed_at = questions.kept(content, response.answers), at
        response.changed_at = at
        response.save(update_fields=["answers", "completed_at", "changed_at"])
        recovery = _recover(asked, response, content, by, at)
        _tell(asked, response, questions.scores(content, response.answers), recovery, by, at)
    return response.pk


def decline(*, secret: str, by: Actor, at: datetime) -> None:
    """No more surveys for this customer; said twice it is the same."""
    with transaction.atomic():
        row = Invitation.objects.filter(secret_hash=secret_hash(secret)).exclude(campaign=None).first()
        if row is None or row.customer_id is None:
            raise NoSuchInvitation
        _row, fresh = OptOut.objects.get_or_create(customer_id=row.customer_id, defaults={"at": at})
        if fresh:
            fact = SurveyDeclined(customer=row.customer_id)
            record(fact=fact, stream=f"customer:{row.customer_id}", by=by, at=at)
            profile_actions.say(customer=row.customer_id, purpose="survey", given=False, source="portal", by=by, at=at)


def allow(*, customer: UUID, by: Actor, at: datetime) -> None:
    """A later yes lifts an earlier no, for every record of the person; that there was a no stays in the ledger."""
    with transaction.atomic():
        for one in OptOut.objects.select_for_update().filter(customer__in=profiles.identities(customer), at__lte=at):
            one.delete()
            record(fact=SurveyAllowed(customer=one.customer_id), stream=f"customer:{one.customer_id}", by=by, at=at)


def _open(secret: str, at: datetime) -> tuple[Invitation, Campaign]:
    """The invitation, locked, if it may still be answered."""
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .filter(secret_hash=secret_hash(secret))
        .exclude(campaign=None)
        .first()
    )
    if row is None or row.campaign_id is None:
        raise NoSuchInvitation
    campaign = Campaign.objects.select_related("edition").get(pk=row.campaign_id)
    row.campaign = campaign
    done = Response.objects.filter(invitation=row).exclude(completed_at=None).exists()
    state = state_of(row, done, at)
    if state != "open":
        raise {"answered": AlreadyAnswered, "expired": Expired, "withdrawn": Closed}[state]
    return row, campaign


def _recover(
    asked: Invitation, response: Response, content: questions.Content, by: Actor, at: datetime
) -> UUID | None:  # fmt: skip
    """A low score goes the way of every voice: somebody calls back (decision 6)."""
    if asked.customer_id is None or not questions.is_low(content, response.answers):
        return None
    written = sealed.reveal(TABLE, response.pk)
    text = "\n".join(written[q.code] for q in content.questions if q.code in response.answers and written.get(q.code))
    known = profiles.profile(asked.customer_id)
    words = voices.Words(text=text)
    if known:
        words = voices.Words(text=text, name=known.name, phone=known.phone, email=known.email)
    item = voices.Heard(
        kind="low_score", channel="web", received_at=at, language=response.language, words=words,
        customer=asked.customer_id, unit=asked.unit_id, product=asked.product or None,
    )  # fmt: skip
    return voices.hear(item=item, by=by, at=at).id


def _tell(
    asked: Invitation, response: Response, said: questions.Scores, recovery: UUID | None, by: Actor, at: datetime
) -> None:  # fmt: skip
    """The survey's own fact, and the rating that counts in customer satisfaction if satisfaction was asked."""
    assert asked.campaign_id is not None
    aspects = {name: said.aspects.get(name) for name in ("efficiency", "professionalism", "attitude")}
    fact = SurveyAnswered(
        response=response.pk, invitation=asked.pk, campaign=asked.campaign_id, edition=response.edition_id,
        channel=asked.channel, unit=asked.unit_id, product=asked.product or None, csat=said.csat, nps=said.nps,
        ces=said.ces, **aspects, environment=said.aspects.get("environment"), channels=said.aspects.get("channels"),
        recovery=recovery, **{f"gap_{name}": round(100 * gap) for name, gap in said.gaps.items()},
    )  # fmt: skip
    record(fact=fact, stream=f"matter:{asked.pk}", by=by, at=at)
    if said.csat is not None:
        rating = Rating(
            score=said.csat, at=at, kind="campaign", channel=asked.channel, invitation=asked.pk, unit=asked.unit_id,
            product=asked.product or None, efficiency=aspects["efficiency"],
            professionalism=aspects["professionalism"], attitude=aspects["attitude"],
        )  # fmt: skip
        answer_many(ratings=[rating], by=by, recorded_at=at)
