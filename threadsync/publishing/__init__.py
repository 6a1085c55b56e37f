"""Doing it: containers, intents, requests, and what came of them."""
