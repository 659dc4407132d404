"""The organisation from a sheet: all or nothing, repeatable, in two languages."""

import pytest

from huiyin.bank.staff.models import Staff
from huiyin.bank.units import queries
from huiyin.bank.units.models import Exposure, Unit
from huiyin.kernel.actor import machine
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets

BY = machine("import")


@pytest.fixture
def load(at, tmp_path, settings, db):
    settings.HUIYIN_HOME = tmp_path / "home"

    def run(code, text, **more):
        path = tmp_path / f"{code}.csv"
        path.write_text(text, "utf-8-sig")
        return imports.run(mapping=sheets.mapping(code), source=path, by=BY, at=at, **more)

    return run


def test_the_downloaded_templates_make_a_bank(load, at):
    """Units, people, products and volumes: the example rows of the four templates fit together."""
    counts = [load(code, sheets.template(code, "zh-hans")) for code in ("units", "staff", "products", "exposures")]
    assert [(told.new, told.rejected) for told in counts] == [(3, 0)] * 4
    assert {view.path for view in queries.all_units(at.date())} == {"HO/", "HO/B01/", "HO/B01/O0101/"}
    assert Staff.objects.get(number="00102").reports_to.name == "李强"
    again = [load(code, sheets.template(code, "en")) for code in ("units", "staff", "products", "exposures")]
    assert [(told.new, told.changed, told.unchanged) for told in again] == [(0, 0, 3)] * 4


def test_a_half_bad_organisation_file_changes_nothing(load):
    text = "Unit code,Unit name,Kind,Parent code\nHO,Head,Head office,\nB01,North,Branch,HO\nB02,South,Branch,NOWHERE\n"
    told = load("units", text)
    assert (told.applied, told.read, told.new, told.rejected) == (False, 3, 0, 1)
    assert not Unit.objects.exists()
    assert told.faults[0][0] == 4 and "NOWHERE" in sheets.reason(told.faults[0][1])


def test_partial_takes_the_good_rows(load):
    text = "Unit code,Unit name,Kind,Parent code\nHO,Head,Head office,\nB01,North,Branch,HO\nB02,South,Branch,NOWHERE\n"
    told = load("units", text, partial=True)
    assert (told.applied, told.new, told.rejected) == (True, 2, 1)


def test_the_same_code_twice_is_a_mistake(load):
    told = load("units", "Unit code,Unit name,Kind\nHO,Head,Head office\nHO,Other,Head office\n")
    assert told.rejected == 1 and told.faults[0][1].code == "twice"


def test_a_unit_under_another_parent_moves_from_today(load, cast, at):
    told = load("units", "机构编码,机构名称,机构类型,上级机构编码\nO0102,滨江解放路支行,网点,B02\n")
    assert told.changed == 1
    assert queries.path_of(cast.unit["O0102"].pk, at.date()) == "HO/B02/O0102/"


def test_volumes_must_not_be_negative_and_new_ones_win(load, cast):
    load("exposures", "机构编码,月份,客户数\nO0101,2026-01,100\n")
    told = load("exposures", "机构编码,月份,客户数\nO0101,2026-01,120\nO0102,2026-01,7\n")
    assert (told.new, told.changed) == (1, 1)
    assert Exposure.objects.get(unit=cast.unit["O0101"]).customers == 120
    assert load("exposures", "机构编码,月份,客户数\nO0101,2026-01,-5\n").rejected == 1
