"""Make files of media acceptable: what has to be done, the doing, and a cache of what was done."""
