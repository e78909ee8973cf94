"""Every frame and JSON body that crosses the service's border, as pydantic models: one tagged union per direction.

Visitor's socket ``/ws/visitor``: the first frame is ``hello``. Workplace: commands over HTTP, news over ``/ws/workplace``.
Unknown fields are refused, so that a misspelt one is noticed.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MAX_MESSAGE = 4_000  # characters of one stored message; longer ones are stored in parts
MAX_STORED = 20_000  # characters of one sent message
MAX_FRAME = 200_000  # bytes of one socket frame: above the largest message, with room for escapes

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
ChoiceValue = Annotated[str, Field(pattern=r"^[a-z0-9_:.-]{1,80}$")]


class Frame(BaseModel):
    """Base of everything that is sent or received."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- from the visitor ---------------------------------------------------------------------------------------------------


class Hello(Frame):
    """Begin, or come back with the token of this tab or a return code that was written down; ask for everything after a number."""

    type: Literal["hello"]
    token: Annotated[str, Field(max_length=100)] | None = None
    code: Annotated[str, Field(max_length=40)] | None = None
    device: Annotated[str, Field(max_length=100)] | None = None  # of who chose to be remembered; counts at the beginning only
    after: Annotated[int, Field(ge=0)] = 0


class Say(Frame):
    """A message. Sent again with the same ``client_id`` until it is acknowledged; ``choice`` where a button was tapped."""

    type: Literal["say"]
    client_id: ClientId
    text: str
    choice: ChoiceValue | None = None


class Tap(Frame):
    """The visitor taps a link to a place or a number. ``place``: id in the directory, or the number itself."""

    type: Literal["tap"]
    seq: Annotated[int, Field(ge=0)]
    place: Annotated[str, Field(max_length=60)]
    way: Literal["call", "site"]


class Ping(Frame):
    """Ask whether the line is still there."""

    type: Literal["ping"]


VisitorFrame = Annotated[Hello | Say | Tap | Ping, Field(discriminator="type")]
visitor_frames: TypeAdapter[Hello | Say | Tap | Ping] = TypeAdapter(VisitorFrame)


# --- parts of what people read ------------------------------------------------------------------------------------------


class Choice(Frame):
    """A button under a message: tapping sends ``label`` as text and ``value`` as choice."""

    label: str
    value: ChoiceValue


class Referral(Frame):
    """One entry of the directory as it is shown: numbers come from the directory only."""

    id: str
    name: str
    what: str
    why: str
    phone: list[str] = []
    site: list[str] = []
    hours: str = ""
    cost: str = ""


class Body(Frame):
    """What a message says; sealed as JSON at rest."""

    text: str
    choices: list[Choice] = []
    referrals: list[Referral] = []
    key: str = ""  # the text's key in the content, so that nothing is said twice
    code: str = ""  # a return code: for the visitor's eyes alone
    device: str = ""  # a token to be remembered by: for the visitor's page alone
    lang: str = ""  # of text and labels, by two letters; empty for Dutch and for what people wrote


class Helper(Frame):
    """A person of the line as a visitor sees them."""

    name: str
    role: str


# --- to the visitor -----------------------------------------------------------------------------------------------------


class Welcome(Frame):
    """The conversation is open. ``token``: only at the start, to be kept in the tab."""

    type: Literal["welcome"] = "welcome"
    token: str | None = None
    resumed: bool
    last_seq: int


class Ack(Frame):
    """The message is stored under ``seq``: only now may the page show *verstuurd*."""

    type: Literal["ack"] = "ack"
    client_id: str
    seq: int


class Refused(Frame):
    """The message was read by triage but not stored; ``text`` tells the visitor why, ``emergency`` what to do in danger."""

    type: Literal["refused"] = "refused"
    client_id: str | None
    code: str
    text: str
    emergency: str | None = None
    retry_after: float | None = None


class Shown(Frame):
    """A message of the conversation, of anyone."""

    type: Literal["message"] = "message"
    seq: int
    sender: Literal["visitor", "bot", "helper", "system"]
    kind: Literal["text", "emergency", "question", "self_help", "referrals", "notice"]
    text: str
    choices: list[Choice] = []
    referrals: list[Referral] = []
    helper: Helper | None = None
    client_id: str | None = None
    code: str = ""
    device: str = ""
    lang: str = ""
    at: datetime


class StateNow(Frame):
    """Who has the conversation now."""

    type: Literal["state"] = "state"
    state: Literal["bot", "waiting", "human", "left_message", "closed"]
    urgent: bool
    helper: Helper | None = None


class Working(Frame):
    """The bot reads and will answer; never shown for a person."""

    type: Literal["working"] = "working"
    on: bool


class Typing(Frame):
    """The person who holds the conversation is typing; lasts 6 s unless repeated."""

    type: Literal["typing"] = "typing"


class Problem(Frame):
    """Something is wrong with the connection or a frame; ``fatal``: the socket closes."""

    type: Literal["error"] = "error"
    code: str
    text: str
    fatal: bool = False


class Pong(Frame):
    """The line is there."""

    type: Literal["pong"] = "pong"


ToVisitor = Welcome | Ack | Refused | Shown | StateNow | Working | Typing | Problem | Pong


# --- the workplace ------------------------------------------------------------------------------------------------------


class QueueItem(Frame):
    """A conversation that waits. ``place`` counts from 1; ``why`` is the reason in words a counsellor reads."""

    id: str
    place: int
    urgency: int
    kinds: list[str]
    theme: str | None
    perspective: str | None
    waiting_since: datetime
    why: str
    mine_before: bool
    rings: int  # how often the ladder has rung the workplace for it
    answer_by: datetime | None = None  # of a left message: until when its answer is promised
    seen: bool  # somebody has seen the alarm and not taken the conversation yet


class TestAlarm(Frame):
    """A test alarm that nobody has received yet."""

    id: int
    at: datetime


class Queue(Frame):
    """The whole queue, most urgent first. Sent at every change. ``tested``: a test alarm was received in the past 24 hours."""

    type: Literal["queue"] = "queue"
    items: list[QueueItem]
    waiting: int
    people: int
    tested: bool
    test: TestAlarm | None
    now: datetime  # the service's clock, from which waiting times count


class Mark(Frame):
    """Why triage marked a message: character span within it, level, kind of reader and rule."""

    start: int
    end: int
    level: int
    source: str
    rule: str


class Line(Frame):
    """A message as a counsellor sees it."""

    seq: int
    sender: Literal["visitor", "bot", "helper", "system"]
    kind: str
    text: str
    choices: list[Choice] = []
    referrals: list[Referral] = []
    author: str | None = None
    mine: bool = False  # written by the person who reads this
    urgency: int | None = None
    marks: list[Mark] = []
    client_id: str | None = None
    at: datetime


class Card(Frame):
    """What is known of a conversation, above its transcript."""

    id: str
    state: str
    urgency: int
    kinds: list[str]
    theme: str | None
    sub: str | None
    second_theme: str | None
    perspective: str | None
    lease: int
    owner: str | None
    created_at: datetime
    last_seq: int
    answer_by: datetime | None = None  # a left message that waits for its answer


class Transcript(Frame):
    """A conversation from a number on."""

    card: Card
    lines: list[Line]


class ConversationChanged(Frame):
    """Fetch this conversation again: something was said or changed."""

    type: Literal["conversation"] = "conversation"
    id: str
    state: str
    mine: bool


class ClaimBody(Frame):
    """Claim: nothing to say beyond the address."""


class Claimed(Frame):
    """The claim succeeded; every write carries ``lease``."""

    lease: int


class LineBody(Frame):
    """A line of the helper."""

    lease: int
    client_id: ClientId
    text: Annotated[str, Field(max_length=MAX_STORED)]


class LeaseBody(Frame):
    """A command of the owner without more to say."""

    lease: int


class LoweringBody(Frame):
    """A person lowers the urgency."""

    lease: int
    level: Annotated[int, Field(ge=0, le=3)]
    reason: Annotated[str, Field(max_length=1_000)]


class Stored(Frame):
    """The line is stored."""

    seq: int


class Failure(Frame):
    """The body of every error answer."""

    code: str
    message: str
