"""`doctor`: `verdicts` judges facts, `examine` gathers them. Nothing is changed anywhere."""
