"""Who is signed in, what that account may see, and what the tenant says of itself.

Sources: `GET /auth/user` and `GET /tenant` of the vendor's public reference, both beyond the part about call records.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from providers.errors import BadAnswer, ProviderError, Refused
from providers.portsip.notices import other_zone
from providers.portsip.rows import text_of
from providers.portsip.session import PortsipSession

USER_PATH, TENANT_PATH = "/auth/user", "/tenant"
_SEES_ALL = frozenset({"admin", "queuemanager"})

log = logging.getLogger(__name__)


async def facts_of(session: PortsipSession, configured_zone: str) -> Mapping[str, str]:
    """Plain facts about the account and its tenant; what the version does not answer is left out. Raises `ProviderError`."""
    user, tenant = await _object(session, USER_PATH), await _object(session, TENANT_PATH)
    role = text_of(user, "role")
    facts = {"user": text_of(user, "name") or text_of(user, "username"), "role": role}
    if role:
        facts["scope"] = "all calls" if role.lower() in _SEES_ALL else "own calls"
    facts |= {"timezone": text_of(tenant, "timezone"), "currency": text_of(tenant, "currency")}
    if user.get("password_force_reset") is True:
        facts["problem"] = "the password must be changed in the web portal before it expires"
    elif facts["timezone"] and facts["timezone"] != configured_zone:
        facts["problem"] = other_zone(facts["timezone"], configured_zone)
    elif facts.get("scope") == "own calls":
        facts["problem"] = "only this user's own calls are seen: use an account with the role Admin or QueueManager"
    return {name: value for name, value in facts.items() if value}


async def zone_notice(session: PortsipSession, configured_zone: str) -> str | None:
    """The notice about a tenant in another zone, "" when there is none, None when this could not be found out now.

    The calls are read by then, so that a failure here must not fail them. Raises `Refused`.
    """
    try:
        answer = await session.get(TENANT_PATH)
        body = answer.json() if answer.status < 400 else {}
    except Refused:
        raise  # a sign-in that was refused must not be tried again by the next poll
    except ProviderError as error:
        log.info("the tenant's zone could not be read: %s", error)
        return None
    zone = text_of(body, "timezone") if isinstance(body, dict) else ""
    return other_zone(zone, configured_zone) if zone and zone != configured_zone else ""


async def _object(session: PortsipSession, path: str) -> Mapping[str, Any]:
    """The object at a path; empty where the version or the role does not give it."""
    answer = await session.get(path)
    if answer.status in (403, 404):
        return {}
    if answer.status >= 400:
        raise session.refused(answer)
    body = answer.json()
    if not isinstance(body, dict):
        raise BadAnswer(f"{answer.asked}: the answer is no object")
    return body
