"""Structured logs: one JSON object a line on stderr, each with the request's id; never a name or a secret."""

import logging
import sys

# Where rich can be found, structlog loads it to paint tracebacks on terminals: 6 MB for what JSON never shows.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment] # "not there"
import structlog  # noqa: E402

if _rich is None:
    del sys.modules["rich"]
else:
    sys.modules["rich"] = _rich


def configure(level: str) -> None:
    """Send every log line, ours and the libraries', through one JSON renderer."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger("waitress").setLevel(logging.ERROR)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return a logger whose lines say which part of the program wrote them."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return bound
