"""`{% load chats %}`: our notes in a chat, in the language of the page."""

from django import template
from django.utils.translation import get_language

from huiyin.listen.chats.queries import Said

register = template.Library()


@register.simple_tag
def notewords(line: Said) -> str:
    return line.words(get_language() or "zh-hans")
