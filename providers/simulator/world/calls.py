"""What happened, before any provider tells it in its own words: calls and the attempts to reach somebody within them.

Every instant is an integer of microseconds since the epoch in UTC (`..._us`), as fine as the finest feed needs.
"""

from __future__ import annotations

from dataclasses import dataclass

PROVIDERS = ("soluno", "dstny", "telecomx", "portsip", "while1")


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call: the number as the provider shows it, and a name where the provider knows one.

    `identity` is the number in full international form whatever the provider writes; "" for a desk or a hidden number.
    """

    number: str
    name: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One leg: an attempt to reach one destination. `role` is "person", "queue" or "ivr" (a voice menu).

    `group` is the queue or group that rang the person. `code` is the final SIP code, 0 for none. `apart` marks a leg
    that the provider files under another call's id although it belongs to this call.
    """

    role: str
    party: Party
    started_us: int
    ringing_us: int | None
    answered_us: int | None
    ended_us: int
    group: str = ""
    code: int = 0
    apart: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """One call at one provider, as it really went.

    `serial` is unique among the provider's calls of one Stockholm day. `direction` is in, out or internal; `outcome`
    answered, missed, busy, failed or congestion, and answered means that a person answered. `answered_us` is the first
    answer of any kind, a menu's or a queue's included. `callee` is the first destination, `group` the last queue or
    group the call came to. `line` is the number the organisation shows or was dialled at. `code` is the final SIP code.
    `twist` names what is special about the call, "" for nothing. `quirk` is random bits from which a provider's feed
    takes its choices of spelling. `visible_ms` is when the provider first shows the call. `identity` is what the
    provider's feed calls the call: PortSIP's session id, While1's linkedid; our own name for it at Telecom X, whose
    statistics name no calls; "" where the feed has none.
    """

    provider: str
    serial: int
    identity: str
    direction: str
    outcome: str
    caller: Party
    callee: Party
    started_us: int
    rang_us: int | None
    answered_us: int | None
    ended_us: int
    attempts: tuple[Attempt, ...]
    visible_ms: int
    group: str = ""
    line: str = ""
    code: int = 0
    twist: str = ""
    quirk: int = 0

    def person_answered_us(self) -> int | None:
        """When the first person answered, None when nobody did."""
        answers = [leg.answered_us for leg in self.attempts if leg.role == "person" and leg.answered_us is not None]
        return min(answers, default=None)
