"""Django's `i18n` tags, in which a template speaks the words of its own room.

One English word has several Chinese ones: what is "Before" in a comparison is not "Before" in a pager. Each room has a
catalogue of its own, but Django pours all of them into one; so where rooms differ, `scripts/messages.py compile` writes a
room's word once more under the room as its context, and a text of a template is looked up there first.
"""

from pathlib import PurePath

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.templatetags import i18n
from django.utils.translation import npgettext, override, pgettext

register = template.Library()
register.tags = dict(i18n.register.tags)
register.filters = dict(i18n.register.filters)


def room_of(path: str) -> str:
    """…/huiyin/listen/chats/templates/chats/desk.html -> chats; site and ledger are rooms of their own; else ""."""
    parts = PurePath(path).parts
    if "huiyin" not in parts or "templates" not in parts:
        return ""
    inside = parts[len(parts) - parts[::-1].index("huiyin") : parts.index("templates", parts.index("huiyin"))]
    return inside[0] if inside and inside[0] in ("site", "ledger") else inside[1] if len(inside) > 1 else ""


def _context(parser: Parser, singular: str, plural: str = "") -> FilterExpression | None:
    """The room as a message context, if its word is not everybody's."""
    room = room_of(str(parser.origin.name)) if parser.origin else ""
    if not room or not singular:
        return None
    with override("zh-hans"):
        own = npgettext(room, singular, plural, 1) if plural else pgettext(room, singular)
    return parser.compile_filter(f'"{room}"') if own != singular else None


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> i18n.TranslateNode:
    node = i18n.do_translate(parser, token)
    text = getattr(node.filter_expression.var, "literal", None)
    if node.message_context is None and isinstance(text, str):
        node.message_context = _context(parser, text.replace("%", "%%"))
    return node


@register.tag("blocktranslate")
@register.tag("blocktrans")
def block_translate(parser: Parser, token: Token) -> i18n.BlockTranslateNode:
    node = i18n.do_block_translate(parser, token)
    if node.message_context is None:
        singular = node.render_token_list(node.singular)[0]
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        node.message_context = _context(parser, singular, plural)
    return node
