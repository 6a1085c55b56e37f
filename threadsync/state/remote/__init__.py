"""A state elsewhere: documents, a lease, a journal, whatever holds them."""
