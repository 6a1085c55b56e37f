"""What the sandbox keeps, and how it is found again: one SQLite file."""
