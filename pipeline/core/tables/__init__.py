"""Reference data. Every file says where it came from and when."""
