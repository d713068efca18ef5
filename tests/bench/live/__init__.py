"""Live editing against its floors: a relay that stores nothing (F5), and `y-websocket` on Node, in the same run."""
