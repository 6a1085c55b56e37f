"""The answers to a mistake: Meta's words, envelopes and codes. Pure."""
