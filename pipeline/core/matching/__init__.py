"""Which records tell of one person: the parts the rules need today."""
