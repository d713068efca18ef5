"""Where files are kept: an object store, a folder under DATA_DIR unless STORAGE_URL says otherwise.

What is written is never changed (notes of work under way excepted): keys hold a new id or a hash. A write is there
whole or not at all.
"""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, from_url

from app.settings import Settings

CHUNK = 1024 * 1024


class Files:
    """Thin over obstore: the few verbs that are needed, with this service's keys."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def read(self, key: str) -> bytes | None:
        """The whole file; None where there is none. For what is small or bounded."""
        try:
            found = await obstore.get_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return None
        return bytes(await found.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The file in pieces of at most about a megabyte; FileNotFoundError where there is none."""
        found = await obstore.get_async(self._store, key)
        async for chunk in found.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    async def keep(self, key: str, data: bytes) -> None:
        """Store bytes under a key that names their content: where it is there already, it is the same."""
        try:
            await obstore.put_async(self._store, key, data, mode="create")
        except (AlreadyExistsError, FileExistsError):
            return

    async def replace(self, key: str, data: bytes) -> None:
        """Store what changes: a note of work under way."""
        await obstore.put_async(self._store, key, data)

    async def has(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Store a stream as it comes, never whole in memory."""
        await obstore.put_async(self._store, key, chunks, use_multipart=True, chunk_size=5 * CHUNK, max_concurrency=2)

    async def listed(self) -> AsyncIterator[str]:
        """Of everything that is stored, in no order."""
        async for some in obstore.list(self._store, chunk_size=500):
            for each in some:
                yield each["path"]

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return


@cache
def _open(url: str, folder: str) -> Files:
    if url:
        return Files(from_url(url))
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Files(LocalStore(folder, automatic_cleanup=False))


def files(settings: Settings) -> Files:
    return _open(settings.storage_url, str((settings.data_dir / "files").absolute()))
