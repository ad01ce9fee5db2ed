"""Stable customer ids: who keeps an id, who gets a new one, and what is told of it downstream."""
