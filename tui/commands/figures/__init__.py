"""What `calltop stats` shows besides plain figures: one module per question."""
