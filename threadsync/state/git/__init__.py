"""A vault on a branch of its own."""
