"""The stewards' page: one static folder per night, made of what was published. No network, no server."""
