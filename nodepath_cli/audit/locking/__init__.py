"""Locks that are rows: who takes one, what decides who got it, and who gives it back."""
