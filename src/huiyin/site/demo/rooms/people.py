"""Customers: what they allow and refuse, two records that are one person, and two people who share a telephone."""

from datetime import timedelta

from huiyin.customers.profiles import actions as profiles
from huiyin.resolve.cases import queries as cases
from huiyin.site.demo.rooms.stage import Stage, words

SAID = (
    ("survey", False, "portal"), ("marketing", True, "counter"), ("callback", False, "phone"), ("marketing", False, "phone"),
    ("outreach", False, "portal"), ("survey", True, "counter"), ("marketing", True, "portal"), ("callback", True, "letter"),
)  # fmt: skip


def tend(stage: Stage) -> None:
    """Statements of customers of the last weeks; then the records of one person are brought together."""
    by = stage.signed_in["supervisor"]
    seen = cases.visible_to(by, stage.end).filter(received_at__gte=stage.at(60, 0)).exclude(customer=None)
    known = seen.order_by("-received_at", "id").values_list("customer", flat=True)[:60]
    customers = list(dict.fromkeys(one for one in known if one is not None))
    for n, (purpose, given, source) in enumerate(SAID):
        if n * 3 < len(customers):
            profiles.say(
                customer=customers[n * 3],
                purpose=purpose,
                given=given,
                source=source,
                by=by,
                at=stage.at_work(9 - n, 11),
            )
    _one_person(stage)


def _one_person(stage: Stage) -> None:
    """陈秀兰 wrote through the app; her family wrote a mail for her: her number was called, and the records are one."""
    by = stage.protection[0]
    rows, said = cases.visible_to(stage.machine, stage.end).exclude(customer=None), words("ways")
    hers = (("web", said["app"], "name"), ("email", said["mail"], "from"))
    app, mail = (
        rows.filter(channel=channel, received_at=stage.at(*one["ago"])).first()
        for channel, lines, who in hers for one in lines if one.get(who, "").startswith("陈秀兰")
    )  # fmt: skip
    if app is None or mail is None or app.customer == mail.customer or not app.customer or not mail.customer:
        return
    at = stage.at_work(8, 10)
    profiles.verify(customer=mail.customer, kind="phone", value="13600008812", how="call", by=by, at=at)
    profiles.merge(member=mail.customer, survivor=app.customer, ground="call", by=by, at=at + timedelta(minutes=5))
