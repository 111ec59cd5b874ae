"""The one way out to other people's servers: https to public addresses, the address checked being the one used.

No redirect is followed, no proxy asked, no body read beyond a few bytes. What the operator's `egress_private`
names (networks, like 10.20.0.0/16) may be private, and there plain http may do. Source: docs/decisions/0014.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from lms.core.errors import Message, message

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_URL = 500
STEP_SECONDS = 5
WHOLE_SECONDS = 15
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Barred(Exception):
    """An address that this installation does not send to."""


@dataclass(frozen=True)
class Outward:
    """Where requests may go beyond public addresses, and whom TLS trusts (None: the system's authorities)."""

    private: tuple[Network, ...] = ()
    tls: ssl.SSLContext | None = None

    def admits(self, address: Address) -> bool:
        """Whether a private address was named by the operator."""
        return any(address in each for each in self.private if each.version == address.version)


def networks_of(text: str) -> tuple[Network, ...]:
    """Read networks parted by commas.

    Raises ValueError.
    """
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())


def url_refusal(url: str, outward: Outward) -> Message | None:
    """Say why an address can never be sent to, by its form alone; None when it may, if it resolves rightly."""
    parts = _split(url)
    if parts is None or parts.hostname is None or len(url) > LONGEST_URL:
        return message("Write an address like https://hr.example.com/hooks.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return message("Write the address without a user name, a password or a fragment.")
    if parts.scheme != "https" and not (parts.scheme == "http" and outward.private):
        return message("Only https:// is sent to.")
    literal = _literal(parts.hostname)
    if literal is not None and not is_public(literal) and not outward.admits(literal):
        return message(
            "This address is not a public one. An administrator can allow its network in the settings."
        )
    return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where an IPv6 address wraps an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.sixtofour or address.teredo:
            return False
        inner = address.ipv4_mapped
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def post(url: str, headers: Mapping[str, str], body: bytes, outward: Outward) -> int:
    """Send a POST and return the status of the answer.

    Raises Barred for an address that may not be sent to, OSError or HTTPException when nothing comes of it.
    """
    why = url_refusal(url, outward)
    parts = _split(url)
    if why is not None or parts is None or parts.hostname is None:
        raise Barred(str(why))
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _resolved(parts.hostname, port, outward, secure=secure)
    line = _Line(socket.create_connection((str(address), port), timeout=STEP_SECONDS))
    guard = threading.Timer(WHOLE_SECONDS, line.cut)
    guard.daemon = True
    guard.start()
    try:
        status = _exchange(line, parts, (headers, body), outward)
    except OSError as error:
        if line.was_cut:  # whatever the cut looked like from here
            raise _too_slow() from error
        raise
    finally:
        guard.cancel()
        line.socket.close()
    if line.was_cut:
        raise _too_slow()
    return status


def _too_slow() -> TimeoutError:
    return TimeoutError(f"no whole answer within {WHOLE_SECONDS} seconds")


class _Line:
    """An open connection that a guard may cut, however slowly the other side goes on sending."""

    def __init__(self, raw: socket.socket) -> None:
        self.socket, self.was_cut = raw, False

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speak TLS from now on, with the one whose name this is."""
        self.socket = secure = context.wrap_socket(
            self.socket, server_hostname=host, do_handshake_on_connect=False
        )
        secure.do_handshake()

    def cut(self) -> None:
        """End it, from another thread."""
        self.was_cut = True
        with suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


def _exchange(
    line: _Line, parts: SplitResult, what: tuple[Mapping[str, str], bytes], outward: Outward
) -> int:
    headers, body = what
    host = parts.hostname or ""
    if parts.scheme == "https":
        line.secure(outward.tls or ssl.create_default_context(), host)
    connection = http.client.HTTPConnection(host, parts.port, timeout=STEP_SECONDS)
    connection.sock = line.socket
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        given = {"Host": parts.netloc, "User-Agent": "chizheng", "Connection": "close", **headers}
        connection.request("POST", target, body=body, headers=given)
        return connection.getresponse().status
    finally:
        connection.close()


def _resolved(host: str, port: int, outward: Outward, *, secure: bool) -> Address:
    """Return the address to send to; every one the name has must be allowed, or none is used."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found: Sequence[Address] = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    for address in found:
        named = outward.admits(address)
        if not named and (not secure or not is_public(address)):
            raise Barred(f"{host} is {address}, which is not sent to")
    if not found:
        raise Barred(f"{host} has no address")
    return found[0]


def _split(url: str) -> SplitResult | None:
    if any(ord(char) <= 32 or ord(char) >= 127 or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
