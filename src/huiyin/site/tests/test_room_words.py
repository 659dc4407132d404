"""A template speaks the words of its own room, also where another room puts the same English otherwise."""

import pytest
from django.template import Context, Engine, Origin, Template
from django.utils.translation import override

from huiyin.site.templatetags.room_words import room_of

SRC = "/opt/huiyin/src/huiyin"


@pytest.mark.parametrize(
    ("path", "room"),
    [
        (f"{SRC}/listen/chats/templates/chats/desk.html", "chats"),
        (f"{SRC}/site/pages/calls/templates/calls/index.html", "site"),
        (f"{SRC}/site/templates/desk.html", "site"),
        (f"{SRC}/ledger/templates/ledger/log.html", "ledger"),
        ("/lib/allauth/templates/account/login.html", ""),
        ("<unknown source>", ""),
    ],
)
def test_the_room_of_a_template(path: str, room: str) -> None:
    assert room_of(path) == room


def said(room: str, source: str, language: str) -> str:
    engine = Engine.get_default()
    made = Template(f"{{% load i18n %}}{source}", origin=Origin(f"{SRC}/{room}/templates/x.html"), engine=engine)
    with override(language):
        return made.render(Context({"n": 3}))


@pytest.mark.parametrize(
    ("room", "source", "zh", "en"),
    [
        ("site/pages/calls", '{% translate "Calls" %}', "来电", "Calls"),
        ("resolve/callbacks", '{% translate "Calls" %}', "回访任务", "Calls"),
        ("listen/counters", '{% translate "Before" %}', "前四周", "Before"),
        ("improve/rectifications", '{% translate "Before" %}', "整改前", "Before"),
        ("improve/rectifications", "{% blocktranslate %}Before{% endblocktranslate %}", "整改前", "Before"),
        (
            "resolve/workbench",
            "{% blocktranslate count n=n %}{{ n }} overdue{% plural %}{{ n }} overdue{% endblocktranslate %}",
            "3 件超时",
            "3 overdue",
        ),
    ],
)
def test_each_room_says_it_in_its_own_words(room: str, source: str, zh: str, en: str) -> None:
    assert (said(room, source, "zh-hans"), said(room, source, "en")) == (zh, en)
