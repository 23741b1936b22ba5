"""PortSIP PBX: sessions, the legs of their calls, and how both become calls.

Sources: PortSIP PBX REST API, part "Call Detail Records" (v22), and the vendor's public knowledge base for sign-in, TLS and the
query options. Every path lies below `/api` of the configured address.
"""

from providers.portsip.client import PortsipProvider, make
from providers.portsip.settings import ASKED, Settings

__all__ = ["ASKED", "PortsipProvider", "Settings", "make"]
