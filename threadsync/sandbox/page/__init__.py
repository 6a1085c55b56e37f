"""The sandbox's page at `/`: the stored world turned into what `threadsync.drawing` draws.

asked          the query of the address -> Asked          (pure)
found          records -> posts, containers, requests     (reads the stored world)
conversations  posts -> chains and replies                (pure)
posts          a post -> PostView                         (reads the stored world)
containers     containers -> rows                         (pure)
requests       requests and faults -> rows                (pure)
layout         the whole document                         (pure)
page.css, page.js   how the frame looks; what updates it
"""
