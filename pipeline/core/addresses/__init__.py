"""Reading Chinese addresses: the place they begin with, and the parts of what follows."""
