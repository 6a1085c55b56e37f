"""Media files: what they are, what Threads accepts, and how they get where Meta can fetch them."""
