"""From an HTTP request to the call that it is, and to its answer."""
