from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from huiyin.kernel.label import Label, Named
from huiyin.site.templatetags import hy

SUNDAY = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("moment", SUNDAY, "2026年11月22日 周日 14:05", "22 Nov 2026, 14:05"),
        ("moment", None, "—", "—"),
        ("day", SUNDAY, "2026年11月22日", "22 Nov 2026"),
        ("day", date(2026, 1, 2), "2026年1月2日", "2 Jan 2026"),
        ("month", date(2026, 1, 2), "2026年1月", "Jan 2026"),
        ("clock", SUNDAY, "14:05", "14:05"),
        ("span", timedelta(days=3, hours=4, minutes=5), "3 天 4 小时", "3 days 4 hours"),
        ("span", timedelta(hours=1, minutes=1), "1 小时 1 分钟", "1 hour 1 minute"),
        ("span", timedelta(days=2, minutes=30), "2 天", "2 days"),
        ("span", timedelta(seconds=20), "不到 1 分钟", "less than a minute"),
        ("left", timedelta(days=3), "剩余 3 天", "3 days left"),
        ("left", timedelta(hours=-2), "已超时 2 小时", "2 hours overdue"),
        ("word", Label("ok", "正常", "On time"), "正常", "On time"),
        ("percent", 0.8123, "81.2%", "81.2%"),
        ("number", 12345.678, "12,345.7", "12,345.7"),
        ("number", 12, "12", "12"),
    ],
)
def test_values_are_told_in_the_language_of_the_page(name: str, value: Any, zh: str, en: str) -> None:
    with override("zh-hans"):
        assert str(getattr(hy, name)(value)) == zh
    with override("en"):
        assert str(getattr(hy, name)(value)) == en


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("张晓三", "张*三"),
        ("李四", "李*"),
        ("13800138000", "138****8000"),
        ("6222020200112231234", "6222 **** 1234"),
        ("zhang@example.com", "z***@example.com"),
        ("", "—"),
    ],
)
def test_only_the_ends_of_a_masked_value_are_seen(given: str, shown: str) -> None:
    assert hy.mask(given) == shown


class Given(Named):
    def __init__(self, name: str, name_en: str = "") -> None:
        self.name, self.name_en = name, name_en


def test_a_name_is_english_on_an_english_page_or_marked_as_chinese() -> None:
    known, unknown = Given("李强", "Li Qiang"), Given("王<丽>")
    with override("zh-hans"):
        assert (hy.named(known), hy.word(known), hy.named(unknown)) == ("李强", "李强", "王<丽>")
    with override("en"):
        assert (hy.named(known), hy.word(known), hy.word(unknown)) == ("Li Qiang", "Li Qiang", "王<丽>")
        assert hy.named(unknown) == '<span lang="zh-Hans">王&lt;丽&gt;</span>'
        assert hy.named(None) == "—"


def test_what_somebody_wrote_is_marked_only_where_the_page_speaks_another_language() -> None:
    with override("en"):
        assert hy.written("等了很久\n真的") == '<span lang="zh-Hans">等了很久\n真的</span>'
        assert (
            hy.written("I waited") == "I waited"
            and hy.written("") == ""
            and hy.written(None) == ""
            and hy.written(0) == 0
        )
    with override("zh-hans"):
        assert hy.written("等了很久") == "等了很久"


def test_a_chip_is_colour_icon_and_word() -> None:
    chip = hy.chip("bad", Label("late", "超时", "Overdue"))
    assert "hy-chip-bad" in chip
    assert "<svg" in chip


def test_an_unknown_kind_of_chip_is_neutral() -> None:
    assert "hy-chip-none" in hy.chip("<script>", "<b>")
    assert "<b>" not in hy.chip("ok", "<b>")


def test_here_changes_one_word_of_the_query_and_keeps_the_rest() -> None:
    request = RequestFactory().get("/desk/cases/?page=3&q=转账&lang=en")
    told = Template("{% load hy %}{% here page=4 lang=None %}").render(Context({"request": request}))
    assert told == "/desk/cases/?page=4&amp;q=%E8%BD%AC%E8%B4%A6"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_date_proposed_in_a_form_reaches_the_browsers_date_field(language: str) -> None:
    """It takes ISO dates only; Django's Chinese form (2026/03/05) would leave the field empty."""
    with override(language):
        widget = forms.DateInput(attrs={"type": "date"})
        assert 'value="2026-03-05"' in widget.render("day", date(2026, 3, 5))
        assert forms.DateField().clean("2026-03-05") == date(2026, 3, 5)
