"""F5: a WebSocket relay that stores nothing, on the same server program. `python -m tests.bench.live.relay PORT`."""

import sys
from collections import defaultdict
from typing import Any

import uvicorn

rooms: dict[str, list[Any]] = defaultdict(list)


async def relay(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    room = rooms[scope["path"]]
    room.append(send)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            for other in room:
                if other is not send:
                    await other({"type": "websocket.send", "bytes": event["bytes"]})
    finally:
        room.remove(send)


if __name__ == "__main__":
    uvicorn.run(
        relay,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        access_log=False,
        lifespan="off",
        ws_per_message_deflate=False,
    )
