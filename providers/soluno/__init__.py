"""Soluno and Dstny: one call history API under two brands.

Sources: Soluno, "Call log API" (www.soluno.se/en/services/addon-services/call-log-api/); Dstny, "Samtalshistorik API"
(www.dstny.se/produkter/samtalshistorik-api). Both describe one request, `GET /cdr/historik` with `from` and `to`.
"""

from providers.soluno.client import SolunoProvider, make
from providers.soluno.settings import ASKED, Settings

__all__ = ["ASKED", "Settings", "SolunoProvider", "make"]
