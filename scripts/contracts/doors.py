"""Contract 5 of house.md §6: from another room only its doors `facts`, `queries`, `actions`."""

import grimp
from importlinter import Contract, ContractCheck, output

DOORS = ("facts", "queries", "actions")
SINGLE = ("huiyin.ledger", "huiyin.site")  # floors that are one room; kernel is open to all

# A receipt is verified without Django, so by the pure rules themselves.
EXCEPT = {("huiyin.site.cli.checking", "huiyin.ledger.rules.receipts")}


def room(module: str) -> str:
    floor = ".".join(module.split(".")[:2])
    return floor if floor in SINGLE else ".".join(module.split(".")[:3])


class DoorsContract(Contract):
    type_name = "doors"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(
            f"{importer} reaches past the doors of {room(imported)}: {imported}"
            for importer in graph.modules
            if ".tests" not in importer
            for imported in graph.find_modules_directly_imported_by(importer)
            if not self._allowed(importer, imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _allowed(self, importer: str, imported: str) -> bool:
        if (
            not imported.startswith("huiyin.")
            or imported.startswith("huiyin.kernel")
            or room(importer) == room(imported)
        ):
            return True
        if (importer, imported) in EXCEPT:
            return True
        behind = imported.removeprefix(room(imported)).lstrip(".").split(".")[0]
        hears_news = imported == "huiyin.ledger.news" and (".reactions" in importer or room(importer) == "huiyin.site")
        lists_addresses = importer == "huiyin.site.urls" and behind == "urls"
        return behind in DOORS or hears_news or lists_addresses

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)
