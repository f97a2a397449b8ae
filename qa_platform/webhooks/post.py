"""Sends one message over HTTP to an address that may be reached: never inside the house, never by way of a redirect.

The name is resolved once, every address it has must be public, and the connection goes to the address that was
checked: a name that changes its mind between check and connection gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from models.errors import QAError

SECONDS = 10.0
PORTS: Mapping[str, int] = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class UrlUnfit(QAError):
    status = 422
    says = "Events cannot be sent to this address."
    remedy = "Write a full https:// address without a user name in it."


class AddressPrivate(QAError):
    status = 422
    says = "This address lies inside a private network."
    remedy = "Use a public one, or set QA_WEBHOOKS_PRIVATE where the receiver is in your own house."


class HostUnknown(QAError):
    status = 422
    says = "No such host is known."
    remedy = "Check the address for a typing mistake."


@dataclass(frozen=True, slots=True)
class Target:
    """An address that has been checked: where to connect, and who to ask for there."""

    url: SplitResult
    address: str
    port: int


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool = False) -> int:
    """The receiver's status. Raises QAError where it must not be sent, OSError or HTTPException where it cannot."""
    target = checked(url, allow_private=allow_private)
    connection = _connection(target)
    try:
        path = (target.url.path or "/") + (f"?{target.url.query}" if target.url.query else "")
        connection.request("POST", path, body, {"content-type": "application/json", **headers})
        return connection.getresponse().status
    finally:
        connection.close()


def checked(url: str, *, allow_private: bool = False) -> Target:
    """Raises UrlUnfit, HostUnknown, AddressPrivate."""
    parts = fit(url, allow_private=allow_private)
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnknown from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise AddressPrivate
    return Target(parts, addresses[0], port)


def fit(url: str, *, allow_private: bool = False) -> SplitResult:
    """The parts of an address that events may be sent to; plain http only where private addresses are allowed too."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlUnfit from None
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password or port == 0:
        raise UrlUnfit
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UrlUnfit
    return parts


def public(address: Address) -> bool:
    """Reachable by everybody; addresses that carry another one inside are judged by that one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
    return address.is_global and not address.is_multicast


def _connection(target: Target) -> http.client.HTTPConnection:
    host = target.url.hostname or ""
    raw = socket.create_connection((target.address, target.port), timeout=SECONDS)
    connection = http.client.HTTPConnection(host, target.port, timeout=SECONDS)
    if target.url.scheme == "https":
        connection = http.client.HTTPSConnection(host, target.port, timeout=SECONDS)
        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    connection.sock = raw
    return connection
