"""Live editing: several people type in one section at once, over the Yjs protocol in y-websocket's wire format.

The way of a keystroke:

 1. `routes` takes the WebSocket, `handshake` finds who opens it, `rights` what they may do; `hub` opens the section's
    `room`, which loads a `document` from the log.
 2. The keystroke arrives as a frame. `socket` reads it, `protocol` finds the update in it, and `updates` reads that to
    the last byte.
 3. The room takes it among what its connections brought. `document` asks `shape` whether it fits, and applies it under
    the schema's guard.
 4. `update_log` commits it together with the updates of other rooms; the commit notifies the other processes over `bus`
    (or `redis_bus`).
 5. The room sends what was committed to every connection, its author's included: that is the acknowledgement.
 6. A room in another process hears of it by the bus, reads the log and sends it to its own connections.
 7. `app/bid/text/background_catch_up.py` counts the words, records the event and keeps a version a second later.
 8. After some hundred updates `compaction` makes a snapshot, so that opening the section stays quick.

Apart from that way, `awareness` and `cursors` show who is there, `rights_watch` closes the connections that lose their right,
`live_tokens` are for sockets that can send no header, `limits` bounds everything, `metrics` counts it, `lifespan` starts
it. `connection` is what a room knows of a socket. Requests change a text through `app/bid/text/section_log.py`.
"""
