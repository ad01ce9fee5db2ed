"""The golden record: the best value of each field of a customer, with its origin, and what changed since last night."""
