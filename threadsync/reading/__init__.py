"""From files to entries: every file of posts read, checked and made into values."""
