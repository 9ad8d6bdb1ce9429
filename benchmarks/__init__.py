"""Timed limits: what `make bench` measures. Tests never fail for being slow; this says by how much."""
