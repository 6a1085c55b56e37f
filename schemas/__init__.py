"""The JSON Schemas of posts, settings, plans and states; shipped inside the wheel."""
