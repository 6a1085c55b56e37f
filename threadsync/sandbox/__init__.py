"""A Threads server of one's own, on loopback; it never imports the client, so that neither can hide
the other's mistake.

A request goes through these stages; each names what enters and what leaves it::

    server     socket                        -> ASGI                       (network)
    app        ASGI request                  -> faults, the answer, the log
    requests   ASGI request                  -> the call that it is, performed, or its refusal
    calls      call and stored records       -> what the call answers      (inside one transaction)
    oauth      the same, for the calls by which an app gets its tokens
    world      parameters, records, time     -> drafts, containers, posts  (pure)
    answers    containers and posts          -> JSON as Meta answers it    (pure)
    errors     what is wrong                 -> Meta's words for it        (pure)
    storage    values                        <-> SQLite                    (disk)
    media      addresses of pictures, videos -> checked files              (network, disk)

`model` has the values that all of them speak of, and the `Options`. Beside the API stand `page`, the
web page at `/`, and `steering`, the addresses under `/_sandbox/`; `faults` are what can be made to go
wrong by either hand.
"""
