"""A vault in a bucket."""
