"""What would be done: entries compared with the record, as ordered actions. Pure."""
