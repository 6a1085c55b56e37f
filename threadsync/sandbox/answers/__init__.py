"""Accounts and posts as Meta answers them: fields, their names and shapes. Pure."""
