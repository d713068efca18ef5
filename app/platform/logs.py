"""Structured logs: one JSON object a line (or coloured lines for people), with nothing secret in them."""

import logging
import sys
from typing import Any

import structlog

_BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

_processors: list[Any] = []
"""One list for good: a logger that was used once keeps the one that it found, and what is set up later holds for it too."""


def set_up(level: str, form: str) -> None:
    """`form`: json or console; empty is console where somebody looks at it."""
    console = form == "console" or (not form and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    shown = [] if console else [structlog.processors.format_exc_info]
    _processors[:] = [*_BEFORE, *shown, renderer]
    structlog.configure(
        processors=_processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What libraries log by Python's own means goes out in the same form, or one line in a hundred would be no JSON.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_BEFORE, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shown, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def say_fault(error: Exception) -> None:
    """An error that ends the process, with its traceback, in the form of all other lines."""
    structlog.get_logger("cobid").critical("ended-by-an-error", exc_info=error)
