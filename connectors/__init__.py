"""The only code that touches the outside: files, folders, formats."""
