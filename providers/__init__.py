"""One module per telephony API, the transport they share, and the collector that polls them."""
