"""A Threads server of one's own, on loopback; it never imports the client, so that neither can hide
the other's mistake.

A request goes through these stages; each names what enters and what leaves it::

    server      socket                       -> ASGI                      (network)
    app         ASGI request                 -> faults, the answer, the log
    asking      ASGI request                 -> Question or Exchange
    performing  Question or Exchange         -> Answer, or its refusal
    calls       method and path              -> the function that performs the call; these are in
                publishing, reading, replies, search, insights, oembed, oauth, authorize
                Exchange and stored records  -> Answer                    (inside one transaction)
    rules       parameters                   -> Draft, or Refusal         (pure)
    drafts      Draft, stored records        -> nothing, or Refusal       (pure)
    world       records, time, new ids       -> containers and posts      (pure)
    views       containers and posts         -> JSON as Meta answers it   (pure)
    store       values                       <-> SQLite                   (disk)
"""
