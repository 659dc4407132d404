"""`manage tick`: the same pass as `huiyin tick`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huiyin.site import ticker


class Command(BaseCommand):
    help = "Do what is due: deadlines, retries, sealing, figures, alerts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true")
        parser.add_argument("--every", type=float, default=1.0)
        parser.add_argument("--only", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            ticker.run_forever(every=options["every"])
        elif ticker.one_pass(only=options["only"]):
            raise CommandError("a step failed; see the log")
