"""`python -m tests.live.database FOLDER`: a PostgreSQL to be killed; prints its URL."""

import sys
from pathlib import Path

from app.db.embedded import embedded
from app.db.migrate import migrate

if __name__ == "__main__":
    with embedded(Path(sys.argv[1])) as url:
        migrate(url)
        print(url, flush=True)
        sys.stdin.read()
