"""What `lms serve` decides before it serves."""

import pytest

from lms.commands.serve import reached_at
from lms.core.settings import load


@pytest.mark.parametrize(
    ("host", "named", "reached"),
    [
        ("127.0.0.1", {}, "http://127.0.0.1:8123"),
        ("localhost", {}, "http://localhost:8123"),
        ("::1", {}, "http://[::1]:8123"),
        ("127.0.0.1", {"LMS_BASE_URL": "https://train.example.test"}, "https://train.example.test"),
        ("0.0.0.0", {}, "http://127.0.0.1:8000"),
    ],
)
def test_links_lead_to_where_one_serves_unless_an_address_was_named(tmp_path, host, named, reached):
    settings = load({"LMS_INSTANCE": str(tmp_path), **named})
    assert reached_at(settings, host, 8123).base_url == reached
