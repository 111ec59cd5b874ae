"""A server for the gallery and a page of a real browser, both closed at the end."""

import logging
import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from tests.web.gallery import create_gallery

CHROMIUM = os.environ.get("LMS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("LMS_REQUIRE", "").split(",")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        if "browser" in REQUIRED:
            pytest.fail("browser is required here (LMS_REQUIRE) but there is no Chromium")
        pytest.skip("needs browser: there is no Chromium")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def gallery_app():
    return create_gallery()


@pytest.fixture
def fake_server(gallery_app):
    return gallery_app.extensions["fake_server"]


@pytest.fixture
def gallery(gallery_app):
    """The address of a running gallery."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, gallery_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser, gallery):
    """Open pages in fresh contexts; a page that complains to its console fails the test."""
    contexts, complaints = [], []

    def opened(path, *, width=1280, theme="light", allow=(), **options):
        height = 844 if width < 500 else 900
        locale = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **locale, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: (
                m.type == "error" and not any(word in m.text for word in allow) and complaints.append(m.text)
            ),
        )
        page.goto(gallery + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
