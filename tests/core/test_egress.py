"""The one way out: no private address, no plain http, no rebinding, no redirect, no endless answer."""

import ipaddress
import re
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.core import egress
from lms.core.egress import Barred, Outward, is_public, networks_of, post, url_refusal

HERE = Outward(networks_of("127.0.0.0/8, ::1/128"))


def whole_request(connection):
    """What a client sent, to the last byte: a server that closes with words unread resets the line."""
    read = b""
    while more := connection.recv(65536):
        read += more
        head, ended, body = read.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if ended and len(body) >= int(length[1] if length else 0):
            break
    return read


@contextmanager
def answering(reply: bytes, *, drip=False):
    """A server that answers every connection with bytes, and keeps what it was sent."""
    seen = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                seen.append(whole_request(connection))
                try:
                    connection.sendall(reply)
                    while drip:
                        connection.sendall(b"X-Slow: 1\r\n")
                        threading.Event().wait(0.05)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], seen
    finally:
        server.close()


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_no_private_address_in_any_disguise_is_public(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet_are_public(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "", "hr.example.com", "ftp://hr.example.com/", "http://hr.example.com/", "file:///etc/passwd", "https://",
        "https://user:word@hr.example.com/", "https://hr.example.com/#x", "https://127.0.0.1/", "https://[::1]/",
        "https://hr.example.com:99999/", "https://hr.example.com/a b", "https://hr.example.com/\r\nX: y",
        "https://hr.example.com\\@evil.example/", "https://169.254.169.254/latest", "https://ex ample.com/", "https://例.cn/",
        "https://hr.example.com/" + "a" * 500, "gopher://hr.example.com/",
    ],
)  # fmt: skip
def test_an_address_that_can_never_be_sent_to_is_refused_at_once(url):
    assert url_refusal(url, Outward()) is not None
    with pytest.raises(Barred):
        post(url, {}, b"", Outward())


def test_https_to_a_name_is_accepted():
    assert url_refusal("https://hr.example.com:8443/hooks?x=1", Outward()) is None


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:192.168.0.1"], ["fe80::1%eth0"]]
)
def test_a_name_that_leads_to_a_private_address_is_not_sent_to(monkeypatch, found):
    rows = [(0, socket.SOCK_STREAM, 6, "", (each, 443)) for each in found]
    monkeypatch.setattr(egress.socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(
        egress.socket, "create_connection", lambda *_, **__: pytest.fail("it was connected to")
    )
    with pytest.raises(Barred):
        post("https://hr.example.com/", {}, b"", Outward())


def test_the_address_checked_is_the_address_used(monkeypatch):
    asked, used = [], []

    def resolve(host, *_, **__):
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(0, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address, **_):
        used.append(address)
        raise OSError("far enough")

    monkeypatch.setattr(egress.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(egress.socket, "create_connection", connect)
    with pytest.raises(OSError, match="far enough"):
        post("https://rebinding.example.com/", {}, b"", Outward())
    assert (asked, used) == (["rebinding.example.com"], [("8.8.8.8", 443)])


def test_what_the_operator_names_may_be_private_and_plain():
    with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, seen):
        assert post(f"http://127.0.0.1:{port}/hooks?x=1", {"webhook-id": "msg_1"}, b"{}", HERE) == 204
    assert seen[0].startswith(b"POST /hooks?x=1 HTTP/1.1\r\n")
    assert b"webhook-id: msg_1\r\n" in seen[0]
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in seen[0]
    with pytest.raises(Barred):
        post(f"http://127.0.0.1:{port}/", {}, b"", Outward(networks_of("10.0.0.0/8")))


def test_a_redirect_is_an_answer_and_is_not_followed():
    with answering(b"HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:1/\r\n\r\n") as (port, seen):
        assert post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE) == 307
    assert len(seen) == 1


def test_an_answer_that_never_ends_is_cut_off(monkeypatch):
    monkeypatch.setattr(egress, "WHOLE_SECONDS", 0.5)
    with (
        answering(b"HTTP/1.1 200 OK\r\n", drip=True) as (port, _),
        pytest.raises(OSError, match="no whole answer"),
    ):
        post(f"http://127.0.0.1:{port}/", {}, b"{}", HERE)


def test_over_tls_the_name_must_be_the_server_s_own(tmp_path):
    key, certificate = own_certificate("hr.example.test")
    (tmp_path / "server.pem").write_bytes(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]

    def serve():
        for _ in range(3):
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    whole_request(secure)
                    secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    trusting = Outward(HERE.private, ssl.create_default_context(cadata=certificate.decode()))
    with pytest.MonkeyPatch.context() as patch:
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        patch.setattr(egress.socket, "getaddrinfo", lambda *_, **__: rows)
        assert post(f"https://hr.example.test:{port}/", {}, b"{}", trusting) == 204
        with pytest.raises(ssl.SSLCertVerificationError):
            post(f"https://other.example.test:{port}/", {}, b"{}", trusting)
        with pytest.raises(ssl.SSLCertVerificationError):
            post(f"https://hr.example.test:{port}/", {}, b"{}", HERE)
    thread.join(10)
    server.close()


def own_certificate(name):
    """A key and a certificate for a name, signed by itself, as PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(whose, whose, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), made


def test_networks_that_are_none_are_refused():
    with pytest.raises(ValueError):
        networks_of("10.0.0.0/8, intranet")
