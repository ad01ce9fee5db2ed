"""Lists people act on: whom to call, what to correct, whom to win back."""
