"""Publish to Meta's Threads from git: `threadsync plan` shows, `threadsync apply` publishes."""

__version__ = "0.1.0"
