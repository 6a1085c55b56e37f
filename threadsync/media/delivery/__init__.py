"""Media where Meta can fetch them: stores, uploads, addresses, clean-up."""
