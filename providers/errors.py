"""What can go wrong between calltop and a provider, each error with what the person can do about it.

`str(error)` is one line: what happened, where, what to do next. It never holds a secret (the transport redacts it).
"""

from __future__ import annotations


class ProviderError(Exception):
    """A request to a provider failed. `advice` says what to do next."""

    advice = "calltop tries again by itself"
    retryable = True

    def __init__(self, what: str, *, advice: str | None = None, retry_after_seconds: float | None = None) -> None:
        super().__init__(what)
        self.what = what
        if advice is not None:
            self.advice = advice
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"{self.what}; {self.advice}"


class Unreachable(ProviderError):
    """No usable connection: name not found, refused, timed out, TLS failure, connection lost in mid-answer."""


class TimedOut(Unreachable):
    """The connection stood, or was being made, and the time for it ran out."""


class Unavailable(ProviderError):
    """The provider answered that it cannot answer now: 500, 502, 503, 504."""


class RateLimited(ProviderError):
    """429. `retry_after_seconds` is what the provider asked for, if it did."""

    advice = "calltop waits as long as the provider asks"


class BadAnswer(ProviderError):
    """The answer is not what the document promises: HTML, cut JSON, a wrong shape, too large."""


class TooLarge(BadAnswer):
    """The answer is larger than calltop takes; a shorter range may fit."""


class Refused(ProviderError):
    """The credentials were refused. Asking again with the same ones could block this machine's address."""

    advice = "check the credentials in the configuration"
    retryable = False


class Rejected(ProviderError):
    """The request itself was refused: unknown filter, bad range, no such path."""

    advice = "check base_url and the settings of this provider"
    retryable = False


class SignInRefused(Refused):
    """A sign-in with user name and password was refused: never repeated without the person's doing."""

    advice = "check the user name and password in the configuration, then press r"
