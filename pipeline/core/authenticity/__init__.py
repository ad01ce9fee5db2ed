"""Who is counted, what counts as authentic, and the rates that come of it."""
