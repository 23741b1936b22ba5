"""Whether a provider can be reached, lets us in, and shows what we need: asked once, and told in words with what to do."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from calls.model import RequestTrace
from providers.base import Provider
from providers.errors import BadAnswer, ProviderError, RateLimited, SignInRefused
from providers.settings import ProviderSettings, sign_in_digest

SKEW_TO_TELL_SECONDS = 30
USUAL_WAIT_SECONDS = 300
_WORDS = {"scope": "sees"}

_TOLD = ("method", "path", "status", "elapsed_ms", "error")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderCheck:
    """What came of asking one provider. `failure` is the error when it did not answer or refused; `problems` are sentences
    about what is amiss although it answered."""

    provider: str
    kind: str
    timezone: str
    asked: tuple[RequestTrace, ...] = ()
    facts: Mapping[str, str] | None = None
    skew_seconds: int | None = None
    failure: ProviderError | None = None
    problems: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing is amiss."""
        return self.failure is None and not self.problems

    @property
    def failure_text(self) -> str:
        """The failure with what to do; "" without one."""
        if self.failure is None:
            return ""
        # The advice to a poll speaks of what comes after it; a check is over.
        advice = self.failure.advice.removesuffix(", then press r").removeprefix("if it says so again, ")
        if isinstance(self.failure, RateLimited):
            minutes = math.ceil((self.failure.retry_after_seconds or USUAL_WAIT_SECONDS) / 60)
            advice = f"it was asked too often, by polls perhaps: try again in {minutes} min"
        elif advice == ProviderError.advice:
            advice = "check base_url and the network, or try later"
        return f"{self.failure.what}; {advice}"

    def lines(self) -> tuple[tuple[str, str], ...]:
        """What there is to tell, as pairs of a word and a sentence."""
        told = [("asked", text) for text in _once(map(request_text, self.asked))]
        told += [(_WORDS.get(name, name), fact) for name, fact in (self.facts or {}).items()]
        if self.skew_seconds is not None:
            told.append(("clock", skew_text(self.skew_seconds)))
        told.append(("days", f"cut in {self.timezone}"))
        told += [("failure", self.failure_text)] if self.failure is not None else []
        return (*told, *(("problem", problem) for problem in self.problems))

    def json(self) -> Mapping[str, Any]:
        """The object that `calltop check --format json` prints."""
        return {
            "part": "provider",
            "provider": self.provider,
            "kind": self.kind,
            "well": self.well,
            "asked": [
                {
                    "method": line.method,
                    "path": line.path,
                    "status": line.status,
                    "elapsed_ms": line.elapsed_ms,
                    "error": line.error,
                }
                for line in self.asked
            ],
            "facts": dict(self.facts or {}),
            "skew_seconds": self.skew_seconds,
            "timezone": self.timezone,
            "failure": self.failure_text or None,
            "problems": list(self.problems),
        }


async def check_provider(provider: Provider, settings: ProviderSettings, refused_before: str = "") -> ProviderCheck:
    """Asks the provider once and closes it. Never raises for what a provider does.

    `refused_before` is the digest of the sign-in that was refused last: the same one is not tried again.
    """
    source = provider.source
    if refused_before and sign_in_digest(settings, refused_before) == refused_before:
        failure: ProviderError | None = SignInRefused(
            "this sign-in was refused before, and is not repeated",
            advice="correct the credentials, or try them once more with --sign-in-again",
        )
        return ProviderCheck(source.name, source.kind, source.timezone, failure=failure)
    facts: Mapping[str, str] = {}
    failure = None
    try:
        facts = await provider.check()
    except ProviderError as error:
        failure = error
    except Exception as error:
        log.exception("checking %s failed", source.name)
        failure = BadAnswer(f"reading the answer failed ({type(error).__name__})", advice="see the log, and report it")
    finally:
        asked = tuple(provider.transport.history)
        await provider.close()
    skew = provider.skew_seconds
    problems = [facts["problem"]] if "problem" in facts else []
    if skew is not None and abs(skew) >= SKEW_TO_TELL_SECONDS:
        problems.append(f"the provider's clock is {skew_text(skew)}: check this machine's clock")
    plain = {name: fact for name, fact in facts.items() if name != "problem"}
    return ProviderCheck(source.name, source.kind, source.timezone, asked, plain, skew, failure, tuple(problems))


def _once(texts: Iterable[str]) -> Iterator[str]:
    """Texts that follow each other and are the same, once with their number."""
    for text, same in groupby(texts):
        count = len(list(same))
        yield text if count == 1 else f"{text} ({count} times)"


def request_text(request: RequestTrace) -> str:
    """A request and what came of it, in one line."""
    came = request.error or f"{request.status} in {request.elapsed_ms} ms"
    # An error names its request itself.
    return came if came.startswith(f"{request.method} {request.path}") else f"{request.method} {request.path}: {came}"


def skew_text(seconds: int) -> str:
    """How a provider's clock differs from this machine's."""
    if abs(seconds) < 2:
        return "as this machine's"
    return f"{abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} this machine's"
