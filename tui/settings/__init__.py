"""Settings: where each value comes from, what it may be, and how it is written down."""
