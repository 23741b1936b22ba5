"""The screens: which parts stand where, and what the person's keys do there."""
