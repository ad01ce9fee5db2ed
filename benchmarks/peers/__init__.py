"""Record matchers of other projects on the synthetic city, and how they are scored."""
