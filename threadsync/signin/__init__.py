"""Signing in: how a project gets an access token, keeps it, and renews it.

`places` says where a token is kept and `token_file` keeps it there; `held` finds the one to use. `app`,
`callback` and `login` get a new one, `renewal` renews it, `facts` asks Meta about it, `github` hands
it to GitHub.
"""
