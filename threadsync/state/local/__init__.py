"""The state as files on this machine."""
