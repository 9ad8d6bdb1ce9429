"""What a run found out, kept for the next one on the same input."""
