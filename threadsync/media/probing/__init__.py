"""What a picture or a video is, by its content."""
