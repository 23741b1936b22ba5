"""While1 Voice: the call detail records of an Asterisk-based cloud PBX, one row per leg.

Source: While1, "API - Call Detail Records - CDR" (support.while1.ro/projects/while1-voice-ro/wiki). The only request is
`POST /api/cdr`, and it only ever reads.
"""

from providers.while1.client import While1Provider, make
from providers.while1.settings import ASKED, Settings

__all__ = ["ASKED", "Settings", "While1Provider", "make"]
