"""What can be reviewed. A new sort of subject is a new file here and a line below."""

from huiyin.measure.reviews.plugs.cases import Cases
from huiyin.measure.reviews.plugs.chats import Chats
from huiyin.measure.reviews.plugs.conversations import Conversations
from huiyin.measure.reviews.rules.sources import Source

SOURCES: dict[str, Source] = {source.sort: source for source in (Cases(), Conversations("phone"), Chats())}
