"""A Threads server of one's own, on loopback; it never imports the client, so that neither can hide
the other's mistake.

A request goes through these stages; each names what enters and what leaves it::

    server      socket                       -> ASGI                      (network)
    app         ASGI request                 -> Exchange, faults, the log
    endpoints   Exchange and stored records  -> Answer                    (inside one transaction)
    rules       parameters                   -> Draft, or Refusal         (pure)
    world       records, time, new ids       -> containers and posts      (pure)
    views       containers and posts         -> JSON as Meta answers it   (pure)
    store       values                       <-> SQLite                   (disk)
"""
