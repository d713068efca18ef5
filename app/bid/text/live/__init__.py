"""Live co-editing: the Yjs protocol in y-websocket's wire format, rooms, durable log, fan-out between processes.

How the rest of the program changes a section's text: `app/bid/text/section_log.py`, inside its own transaction.

    text = await section_log.hold(session, section_id)    # proposal and log are locked until the commit
    ...                                                   # judge the proposal's status; make one Yjs update from text
    await section_log.append(session, section_id, update, person_id=..., organisation_id=...)

With the commit the update is durable, and every open socket of every process gets it. To read only: `read`,
`read_all`. Freezing locks the proposal FOR UPDATE, then reads: a keystroke is acknowledged
before that lock, or refused.

Rooms of this folder: `protocol` (frames), `awareness` (cursors), `log` (group commits), `room` (one section),
`hub` (the rooms of this process), `socket` (one connection), `bus` (between processes), `authority` (who may, still).
"""
