"""Passwords: Argon2id off the loop, a few at a time, and the most common ones refused."""

import asyncio
import functools
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from unicodedata import normalize

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.platform.access.errors import Invalid
from app.settings import Settings

LEAST, MOST = 8, 200
"""Characters. Length beats composition rules (NIST SP 800-63B, section 3.1.1)."""


class Passwords:
    """Hashes and verifies within the memory that `argon2_at_once` allows; further calls wait their turn.

    A password is the same however a keyboard composes its letters (NFKC, as NIST SP 800-63B says).
    """

    def __init__(self, settings: Settings) -> None:
        hasher = Argon2Hasher(time_cost=settings.argon2_time, memory_cost=settings.argon2_memory_kib, parallelism=1)
        self._hash = PasswordHash((hasher,))
        self._turn = asyncio.Semaphore(settings.argon2_at_once)
        # Made in a thread while the service starts: it takes as long as a sign-in.
        self._decoy: Future[str] = ThreadPoolExecutor(1).submit(self._hash.hash, "nobody's password")

    async def hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._hash.hash, normalize("NFKC", password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Does the same work whether there is an account or not, so that time tells nobody which addresses exist."""
        async with self._turn:
            decoy = await asyncio.wrap_future(self._decoy)
            fits = await asyncio.to_thread(self._hash.verify, normalize("NFKC", password), stored or decoy)
        return fits and stored is not None


@functools.cache
def common_passwords() -> frozenset[str]:
    """The 3,000 most common passwords in lower case, by the frequency list of zxcvbn (MIT), and some longer ones."""
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def check(password: str, email: str) -> None:
    """422 for a password that is short, beyond what a sign-in takes, common, or the address itself."""
    if len(password) < LEAST:
        raise Invalid.at("/password", "password-too-short", f"Use at least {LEAST} characters; a few words are fine.")
    if len(password) > MOST:
        raise Invalid.at("/password", "password-too-long", f"Use at most {MOST} characters.")
    folded = password.lower()
    if folded in common_passwords() or folded in (email, email.partition("@")[0]):
        raise Invalid.at("/password", "password-too-common", "This is one that many people use. Choose another.")
