"""What calltop costs, measured beside what else could hold the same calls. `python -m benchmarks --help` says how."""
