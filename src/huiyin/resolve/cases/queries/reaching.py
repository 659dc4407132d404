"""By which way the customer of a case is reached, with the addresses that fit it."""

from dataclasses import dataclass
from uuid import UUID

from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.queries import Words
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules.reaching import Way, way_of


@dataclass(frozen=True)
class Reach:
    """The way, and the addresses a message goes to on it."""

    way: Way
    phone: str
    email: str

    @property
    def recorded(self) -> str:
        """What a message keeps of the way: nothing where no need decided."""
        return self.way.code if self.way.why else ""


def reach_of(case: Case, said: Words) -> Reach:
    way = way_of(case.flag_codes, phone=bool(said.phone), email=bool(said.email))
    mails = way.mails(phone=said.phone)
    return Reach(way, said.phone if way.texts() else "", said.email if mails else "")


def reach(case: Case) -> Reach:
    """The same for a page: the addresses are looked up only where a need decides."""
    plain = way_of(case.flag_codes, phone=True, email=True)
    return reach_of(case, voices.words(case.pk)) if plain.why else Reach(plain, "", "")


def may_telephone(case: UUID) -> bool:
    """Is this somebody who can be called? Unknown cases may not."""
    flags = Case.objects.filter(pk=case).values_list("flags", flat=True).first()
    return flags is not None and way_of(flags.split(), phone=True, email=True).calls
