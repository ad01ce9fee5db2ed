"""Readers of feed files. Nothing here knows Beam: a chunk is a plain object that reads its part of a file."""
