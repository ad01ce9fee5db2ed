"""Pure: polars frames in, polars frames out. No Beam, files, clock, randomness or logging."""
