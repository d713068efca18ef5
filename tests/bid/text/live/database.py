"""`python -m tests.bid.text.live.database FOLDER`: a PostgreSQL to be killed; prints its URL."""

import sys
from pathlib import Path

from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate

if __name__ == "__main__":
    with embedded(Path(sys.argv[1])) as url:
        migrate(url)
        print(url, flush=True)
        sys.stdin.read()
