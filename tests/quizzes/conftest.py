"""A running application and a page of a real browser, for the tests of the attempt page."""

import logging
import threading

import pytest
from werkzeug.serving import make_server

from tests.web.conftest import browser_type_launch_args

__all__ = ["browser_type_launch_args"]


@pytest.fixture
def served(app):
    """The address at which the application answers."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
