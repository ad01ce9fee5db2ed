"""Statements about whole data sets, run by great-expectations; the only code that may import it."""
