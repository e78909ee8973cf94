"""Expected failures, each with a status and a stable code.

Raised deep, turned into an HTTP answer or a socket frame in one place (``app.py`` and the two socket modules). The texts
a visitor reads are content (``content/texts``), looked up by the code; the sentences here are for staff and logs and never
carry a visitor's words.
"""


class HandoffError(Exception):
    """Base of every expected failure.

    Attributes:
        status: HTTP status that fits the failure.
        code: stable key, also the key of the sentence shown (``fout.<code>`` in the texts).

    """

    status = 500
    code = "internal"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.code)


class BadFrame(HandoffError):
    """A frame or body that is not what the wire module describes."""

    status = 400
    code = "bad_frame"


class EmptyMessage(HandoffError):
    """Nothing readable is left of a message."""

    status = 422
    code = "empty"


class TooLong(HandoffError):
    """A message above the largest size that is stored in parts."""

    status = 413
    code = "too_long"


class TooFast(HandoffError):
    """More messages in a short time than a person types."""

    status = 429
    code = "too_fast"


class UnknownToken(HandoffError):
    """A visitor token that belongs to no conversation, or to one that was erased."""

    status = 404
    code = "unknown_token"


class UnknownCode(HandoffError):
    """A return code that leads nowhere: mistyped, replaced by a newer one, or its words are gone."""

    status = 404
    code = "unknown_code"


class TooManyCodes(HandoffError):
    """Return codes are being tried faster than people type them."""

    status = 429
    code = "too_many_codes"


class NotAnswered(HandoffError):
    """A left message is called answered although nothing was written to the visitor."""

    status = 409
    code = "not_answered"


class NotLoggedIn(HandoffError):
    """No session, or one that ended."""

    status = 401
    code = "not_logged_in"


class LoginRefused(HandoffError):
    """Name or password is wrong; deliberately does not say which."""

    status = 403
    code = "login_refused"


class LoginThrottled(HandoffError):
    """Too many failed attempts for this name."""

    status = 429
    code = "login_throttled"


class ForeignOrigin(HandoffError):
    """A state-changing request that another site's page made."""

    status = 403
    code = "foreign_origin"


class NotFound(HandoffError):
    """No such conversation for this person."""

    status = 404
    code = "not_found"


class AlreadyClaimed(HandoffError):
    """Somebody else was first, or the conversation does not wait any more."""

    status = 409
    code = "already_claimed"


class LeaseLost(HandoffError):
    """A write that carries an old fencing token: the conversation has another owner, or none."""

    status = 409
    code = "lease_lost"


class IllegalTransition(HandoffError):
    """A change of state that the table in ``states.py`` does not have."""

    status = 409
    code = "illegal_transition"


class BotUnavailable(HandoffError):
    """The bot did not answer in time, answered nothing, or answered an error."""

    status = 502
    code = "bot_unavailable"


class BotRefused(BotUnavailable):
    """Nothing listens where the bot should be: the one failure after which a retry cannot say things twice."""

    status = 503
    code = "bot_refused"


class BadPlan(HandoffError):
    """Opening hours or a ladder that cannot be read.

    Attributes:
        faults: what is wrong, a Dutch sentence each, for whoever typed them.

    """

    status = 422
    code = "bad_plan"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
