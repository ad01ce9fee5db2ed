"""The rules: what is asked of observations, of whom, and what the answers mean."""
