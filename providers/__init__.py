"""One module per telephony API, the transport they share, and the collector that polls them."""

import sys

# httpx imports its own command line where click is installed, and with it rich: 54 ms and a screen library for nothing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
