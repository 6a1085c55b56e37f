"""The order of the stages: what a plan and an apply do one after the other."""
