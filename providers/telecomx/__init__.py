"""Telecom X: call statistics per employee and hour. Totals, not calls.

Source: Telecom X wiki, page "API : PBX : CDR Statistics" (api:pbx:cdrstats), one request `POST /pbx/cdrstats`. Signing in is
described on the pages api:auth:login and api:employee:createtoken.
"""

from providers.telecomx.client import TelecomXProvider, make
from providers.telecomx.settings import ASKED, Settings

__all__ = ["ASKED", "Settings", "TelecomXProvider", "make"]
