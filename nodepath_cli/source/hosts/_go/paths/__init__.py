"""The ways through a Go function: which statements run, what is asked of their outcomes, what is returned."""
