"""How Go code builds its SQL: an evaluator of string values over tree-sitter, program-wide."""
