"""The addresses under `/_sandbox/` by which a test or a person sets the stage."""
