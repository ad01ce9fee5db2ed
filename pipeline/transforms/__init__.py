"""Beam transforms that wire the core; one file per step."""
