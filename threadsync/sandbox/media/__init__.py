"""Pictures and videos: fetched as Meta fetches them, checked, kept and served again."""
