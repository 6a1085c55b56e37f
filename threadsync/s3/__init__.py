"""What talking to a store with S3's API takes, for media and for the state alike."""
