"""What a call is, and everything that can be known about calls without a network or a screen."""
