"""The authorize window, codes and tokens, and the app they belong to."""
