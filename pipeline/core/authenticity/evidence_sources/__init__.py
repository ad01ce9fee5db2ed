"""What each source's observations say: one module per way of saying it, each giving pieces of evidence."""
