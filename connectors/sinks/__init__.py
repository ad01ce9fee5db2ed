"""Where a night's tables are written."""
