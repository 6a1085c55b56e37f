"""A typed client for the Threads API that stands alone; names are loaded when first used."""
