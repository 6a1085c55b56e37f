"""What the sandbox knows of Threads: the rules of posts and parameters. Pure."""
