"""Answer with a table as a file: the rows of the screen, in the format the address asks for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import quote

from flask import Response

from lms.core.tables import MEDIA_TYPES, Column, Row, write

KEPT_IN_MEMORY_BYTES = 2_000_000
CHUNK_BYTES = 65_536


def export(
    name: str,
    form: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    head: Mapping[str, Any] | None = None,
) -> Response:
    """Return `rows` as `name`.csv, .xlsx or .json.

    The file is written whole before the first byte goes out, beyond 2 MB to disk: memory stays flat, no
    database session waits for a slow reader, and nobody gets half a file. Raises KeyError for another
    format; routes name the three.
    """
    media = MEDIA_TYPES[form]
    file = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY_BYTES)  # noqa: SIM115 - closed with the response
    write(file, form, columns, rows, head=head, title=name)
    size = file.tell()
    file.seek(0)
    response = Response(_chunks(file), mimetype=media.partition(";")[0], content_type=media)
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{form}"
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
