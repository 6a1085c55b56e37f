"""Plans and results as text for people."""
