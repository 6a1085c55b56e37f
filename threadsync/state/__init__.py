"""What has been published: the state, its journal, and the places they are kept in."""
