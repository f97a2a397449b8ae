"""Fetches a recording from an address that an export names, without letting the address choose where we connect.

Only https, only hosts that the source lists, only public network addresses: the name is resolved here, every address
that it has is checked, and the connection goes to the one that was checked, so that a name that changes its mind
between the check and the call changes nothing. Each redirect is checked the same way.
"""

from __future__ import annotations

import hashlib
import io
import ipaddress
import socket
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import BinaryIO, cast
from urllib.parse import SplitResult, urljoin, urlsplit

from models.errors import QAError
from qa_platform.formats.reading.draft import Elsewhere
from qa_platform.storage import Kept, Storage, TooLarge

_PORT = 443
_REDIRECTS = (301, 302, 303, 307, 308)
_HOPS = 3
_PAUSE_SECONDS = 15.0  # the longest wait for the next byte
_WHOLE_SECONDS = 600.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HASHES = {"sha512": hashlib.sha512, "sha256": hashlib.sha256, "sha384": hashlib.sha384}


class AddressNotAllowed(QAError):
    status = 422
    says = "The recording stands at an address that its source does not allow."
    remedy = "Add the host to the source's settings if it is yours, or send the recording itself."


class PrivateAddress(QAError):
    status = 422
    says = "The recording's address leads into a private network and was not followed."
    remedy = "Send the recording itself, or serve it from a public address."


class CannotFetch(QAError):
    status = 502
    says = "The recording could not be fetched from its address."
    remedy = "Check that the address still works, or send the recording itself."


class FetchTooSlow(QAError):
    status = 504
    says = "The recording's address answered too slowly and was given up."
    remedy = "Try again later, or send the recording itself."


class OtherContent(QAError):
    status = 422
    says = "What stands at the recording's address is not what the export says: its digest differs."
    remedy = "Export the conversation again."


Resolve = Callable[[str], Sequence[str]]
Connect = Callable[[str, str], HTTPConnection]


def _resolved(host: str) -> list[str]:
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)})


class _Pinned(HTTPSConnection):
    """TLS to the address that was checked, in the name of the host that was asked for."""

    def __init__(self, host: str, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, _PORT, timeout=_PAUSE_SECONDS, context=self._tls)
        self._address = address

    def connect(self) -> None:
        line = socket.create_connection((self._address, _PORT), self.timeout)
        self.sock = self._tls.wrap_socket(line, server_hostname=self.host)


@dataclass(frozen=True, slots=True)
class Network:
    """How names are resolved and connections opened; tests put a server of this machine behind it."""

    resolve: Resolve = _resolved
    connect: Connect = _Pinned
    seconds: float = _WHOLE_SECONDS


THE_NETWORK = Network()


def fetch(place: Elsewhere, *, hosts: Sequence[str], into: Storage, network: Network = THE_NETWORK) -> Kept:
    """The bytes at an address, kept. Raises AddressNotAllowed, PrivateAddress, CannotFetch, FetchTooSlow, TooLarge."""
    deadline = time.monotonic() + network.seconds
    address = place.url
    for _ in range(_HOPS + 1):
        parts = _allowed(address, hosts)
        host = parts.hostname or ""
        with _answer(parts, _public(host, network), network, deadline) as answer:
            if answer.status in _REDIRECTS:
                address = urljoin(address, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise CannotFetch(host)
            return _kept(answer, host, place, into, deadline)
    raise CannotFetch(urlsplit(address).hostname or "")


def _allowed(address: str, hosts: Sequence[str]) -> SplitResult:
    """The address in its parts. Where it is refused, only its host is told: the rest may hold a key."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise AddressNotAllowed from None
    plain = parts.scheme == "https" and port in {None, _PORT} and parts.username is None and address.isprintable()
    if not plain or not host or not any(_is(host, allowed.lower()) for allowed in hosts):
        raise AddressNotAllowed(host)
    return parts


def _is(host: str, allowed: str) -> bool:
    """The host itself; `*.example.com` is every name below it."""
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _public(host: str, network: Network) -> str:
    """An address of the host. One private address among several refuses them all: names are rebound that way."""
    try:
        found = network.resolve(host)
    except (OSError, UnicodeError) as error:
        raise CannotFetch(host) from error
    if not found:
        raise CannotFetch(host)
    if not all(is_public(address) for address in found):
        raise PrivateAddress(host)
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public network, also where an IPv4 one hides inside an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inside is None and found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast and not found.is_reserved


@contextmanager
def _answer(parts: SplitResult, address: str, network: Network, deadline: float) -> Iterator[HTTPResponse]:
    host = parts.hostname or ""
    if time.monotonic() > deadline:
        raise FetchTooSlow(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(network.connect(host, address)) as connection:
        try:
            connection.request("GET", path, headers={"Accept": "*/*", "Accept-Encoding": "identity"})
            answer = connection.getresponse()
        except TimeoutError as error:
            raise FetchTooSlow(host) from error
        except (OSError, HTTPException, ValueError) as error:
            raise CannotFetch(host) from error
        with closing(answer):
            yield answer


def _kept(answer: HTTPResponse, host: str, place: Elsewhere, into: Storage, deadline: float) -> Kept:
    stated = answer.headers.get("Content-Length", "")
    if stated.isdecimal() and int(stated) > into.limit:
        raise TooLarge(limit=into.limit >> 20)
    body = _Body(answer, host, deadline, place.content_hash)
    kept = into.keep(cast(BinaryIO, body))
    if not body.is_what_was_promised():
        into.delete(kept.folder)
        raise OtherContent(host)
    return kept


class _Body(io.RawIOBase):
    """The answer's bytes as they come, with an eye on the clock and on the digest."""

    def __init__(self, answer: HTTPResponse, host: str, deadline: float, promised: str | None) -> None:
        self._answer, self._host, self._deadline = answer, host, deadline
        kind, _, self._promised = (promised or "").partition("-")
        self._digest = _HASHES[kind]() if kind in _HASHES else None

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._deadline:
            raise FetchTooSlow(self._host)
        try:
            piece = self._answer.read1(size)
        except TimeoutError as error:
            raise FetchTooSlow(self._host) from error
        except (OSError, HTTPException, ValueError) as error:
            raise CannotFetch(self._host) from error
        if not piece and self._answer.length:
            raise CannotFetch(self._host)  # it broke off before what it promised
        if self._digest:
            self._digest.update(piece)
        return piece

    def is_what_was_promised(self) -> bool:
        """A vCon writes the digest in base64url without its padding."""
        if self._digest is None:
            return True
        return urlsafe_b64encode(self._digest.digest()).decode().rstrip("=") == self._promised.rstrip("=")
