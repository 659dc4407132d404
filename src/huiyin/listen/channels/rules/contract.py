"""What a channel's plug promises: one folder under `plugs/` per outside way of speaking to the bank.

The way of everything that arrives: `receive` (or `fetch`) gives bytes and a key → the bytes are stored → `parse` makes
words of them → one transaction hears a voice or adds to a matter. A plug decides nothing and touches no table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from huiyin.kernel.label import Label

Kind = Literal["voice", "reply", "auto_reply", "bounce", "noise", "record"]
"""voice: somebody speaks · reply: the same, and the plug knows that it answers us · auto_reply: a machine answers for
somebody (recorded, opens nothing, stops no clock) · bounce: a report about a message of ours · record: for the
register of another room, which `why` names (a call, a public post) · noise: not for us."""


@dataclass(frozen=True)
class Setting:
    """One field of a channel's settings page. `sort`: text | number | secret | switch | choice.

    A secret is kept in the vault and never shown again.
    """

    name: str
    label: Label
    sort: str = "text"
    required: bool = False
    default: str = ""
    keeps: str = ""  # of a secret: the name under which the one before it stays in force
    choices: tuple[Label, ...] = ()
    hint: Label | None = None


@dataclass(frozen=True)
class Config:
    """A channel as its plug sees it. Values are texts ("" if not set; a switch is "1" or "")."""

    channel: UUID
    code: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False, default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.secrets.get(name) or self.settings.get(name, "")


@dataclass(frozen=True)
class Call:
    """A request at the channel's address `/hooks/<code>/`. Header names are lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What the caller is told."""

    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Received:
    """A genuine call. `key` is unique per channel (a delivery id); `raw` is what is stored (may be decrypted).

    `answer`: nothing to store, only to be answered (a handshake).
    """

    key: str = ""
    raw: bytes = b""
    answer: Answer | None = None
    once: str = ""  # what the caller may use with one content alone (a nonce), where the signature does not cover it


@dataclass(frozen=True)
class Fetched:
    """One item taken from a mailbox. `cursor` is where the next look begins once this item is stored."""

    key: str
    raw: bytes
    cursor: Mapping[str, str]


@dataclass(frozen=True)
class Landed:
    """How an arrival stands, for the answer to its sender. `number` and `link` once it is a voice or in a matter."""

    id: UUID
    state: str
    fresh: bool
    why: str = ""
    matter: UUID | None = None
    number: str = ""
    link: str = ""


@dataclass(frozen=True)
class Attached:
    """A file as it was sent; platform/files judges it by its content."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Report:
    """What became of a message of ours: `message` is our id, or `remote` the gateway's for it."""

    outcome: Literal["delivered", "bounced", "delayed"]
    message: str = ""
    remote: str = ""
    why: str = ""  # code
    to: str = ""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What an arrival says. Texts are cleaned and cut by whoever hears them, not here.

    `senders`: addresses as the channel knows them (mail address, openid, telephone), the surest first.
    `token`: a signed thread token as found, not yet checked. `id`: the sender's own id of it (Message-ID).
    `fields`: further answers under the names of the API (`kind`, `product`, `unit`, `want`, `occurred_at`,
    `complained_about` one a line, `source_id`, `name`, `phone`, `email`). `suspect`: a code when the sender may be forged.
    """

    kind: Kind = "voice"
    text: str = ""
    subject: str = ""
    senders: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    later: tuple[str, ...] = ()  # files that the other side keeps for us: what `collect` is asked for
    token: str = ""
    id: str = ""
    references: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    language: str = ""
    why: str = ""  # code: what kind of noise, why an auto_reply is one, whose record
    suspect: str = ""
    report: Report | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # codes of what was left out or guessed on the way


class Unverified(Exception):
    """The call is not from whom it should be: nothing is stored. `why` is a code, `status` what the caller is told."""

    def __init__(self, why: str, status: int = 403) -> None:
        super().__init__(why)
        self.why = why
        self.status = status


class Unreadable(Exception):
    """The bytes cannot be made words of. They stay, with this code, until a person has dealt with them."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unreachable(Exception):
    """The other side cannot be reached or does not let us in. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Plug(Protocol):
    """`via` is the channel of the voices it brings (`rules.codes.CHANNELS`). `fields` make the settings page.

    `worker`: the module under this room's `rules` whose `parse(raw, settings)` is run in a process of its own that may
    be ended ("" runs the plug's `parse` in place; for small, strict formats only). `joins`: what one sender says within so many minutes is
    one matter (0: each is its own); `outbox`: the gateway name under which `send` takes messages ("" for none).
    """

    kind: str
    label: Label
    via: str
    fields: tuple[Setting, ...]
    polled: bool
    worker: str
    joins: int
    outbox: str
    limit: int  # bytes of one arrival

    def receive(self, call: Call, config: Config) -> Received:
        """Judge a call by its signature over the raw bytes, before anything is read. Raises Unverified."""

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        """What the caller is told once the arrival is safe."""

    def fetch(self, config: Config, cursor: Mapping[str, str]) -> Iterator[Fetched]:
        """Items newer than the cursor, oldest first, a bounded number. Raises Unreachable."""

    def done(self, config: Config, keys: tuple[str, ...]) -> None:
        """These items are stored: mark them at the source. A failure here harms nothing."""

    def speaks(self, config: Config) -> str:
        """The channel of the voices it brings: `via`, or what the bank has set."""

    def parse(self, raw: bytes, config: Config) -> Parsed:
        """Pure: no network, no table, no clock. Raises Unreadable."""

    def collect(self, ref: str, config: Config) -> Attached:
        """A file that `parse` named under `later`. Raises Unreachable (again, later) or Unreadable (it is gone)."""

    def per_minute(self, config: Config) -> int:
        """How many calls a minute are taken before the caller is told to slow down; 0 where it could not be told."""

    def check(self, config: Config) -> str:
        """The name of a field whose value cannot be, or ""."""

    def sends(self, config: Config) -> bool:
        """Whether this channel is set up to take messages."""

    def send(self, outgoing: object, config: Config) -> str:
        """Hand a message (platform/messages' Outgoing) to the other side; the other side's id of it, or "".

        Raises messages.queries.Undeliverable or TryLater.
        """

    def test(self, config: Config) -> None:
        """Try to reach and enter the other side, changing nothing. Raises Unreachable."""


class Base:
    """The answers of a plug that has none: inherit and replace what the channel can do."""

    kind = ""
    label = Label("", "", "")
    via = "unknown"
    fields: tuple[Setting, ...] = ()
    polled = False
    worker = ""
    joins = 0
    outbox = ""
    limit = 1_000_000

    def receive(self, call: Call, config: Config) -> Received:
        raise Unverified("no_calls", 404)

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        return Answer()

    def fetch(self, config: Config, cursor: Mapping[str, str]) -> Iterator[Fetched]:
        yield from ()

    def done(self, config: Config, keys: tuple[str, ...]) -> None:
        return None

    def speaks(self, config: Config) -> str:
        return self.via

    def parse(self, raw: bytes, config: Config) -> Parsed:
        raise Unreadable("no_parser")

    def collect(self, ref: str, config: Config) -> Attached:
        raise Unreadable("gone")

    def per_minute(self, config: Config) -> int:
        return 0

    def check(self, config: Config) -> str:
        return ""

    def sends(self, config: Config) -> bool:
        return bool(self.outbox)

    def send(self, outgoing: object, config: Config) -> str:
        raise NotImplementedError(self.kind)

    def test(self, config: Config) -> None:
        return None
