"""What each call of the API does, inside one transaction; OAuth is in `oauth`."""
