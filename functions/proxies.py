"""Who asks, and how they came here, as the proxies tell that $LONGBOX_TRUSTED_PROXIES names.

Anybody can send `X-Forwarded-For`; only what a proxy of ours has added is true. Each proxy on the
way appends one value, so values are read from the right, and only as far as trusted addresses go.
`X-Forwarded-*` is heeded before `Forwarded` (RFC 7239), as most proxies only set the former.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from falcon.asgi import Request
from msgspec import Struct

NOWHERE: Final = "127.0.0.1"  # where a client is that has come by no network
SCHEMES: Final = ("http", "https")

# An address may have brackets and a port: 192.0.2.1:80, [2001:db8::1]:80.
ADDRESS: Final = re.compile(r"\[(?P<six>[^\]]*)\](?::\d+)?|(?P<four>[^:]*)(?::\d+)?|(?P<bare>.*)")
HOST: Final = re.compile(r"[A-Za-z0-9._~-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
PREFIX: Final = re.compile(r"/[\w.~/-]*", re.ASCII)
PAIR: Final = re.compile(r'\s*(?P<name>\w+)=(?:"(?P<quoted>[^"]*)"|(?P<token>[^;,"]*))')

NAMES: Final = ("For", "Proto", "Host", "Prefix")  # X-Forwarded-...
PARTS: Final = ("for", "proto", "host")  # of an element of Forwarded

Network = IPv4Network | IPv6Network


class Told(Struct, frozen=True):
    """What proxies say: values from the farthest to the nearest, as many as each has appended."""

    clients: Sequence[str] = ()
    schemes: Sequence[str] = ()
    hosts: Sequence[str] = ()
    prefixes: Sequence[str] = ()


def trusted() -> tuple[Network, ...]:
    """Return the networks of the proxies that are believed; raise a ValueError for what is none."""
    return networks(os.environ.get("LONGBOX_TRUSTED_PROXIES", ""))


@cache
def networks(named: str) -> tuple[Network, ...]:
    """Read addresses and networks with commas or blanks between them."""
    try:
        return tuple(ip_network(name) for name in re.split(r"[\s,]+", named) if name)
    except ValueError as error:
        raise ValueError(
            f"LONGBOX_TRUSTED_PROXIES is {named!r}: {error}. It has to be addresses or networks, "
            "such as 127.0.0.1 or 172.16.0.0/12, with commas between them."
        ) from None


def peer_of(req: Request) -> str:
    """Return the address at the other end of the connection."""
    route = req.access_route  # which reads the scope's, an iterator, for all who ask
    return (route and route[-1]) or NOWHERE


def is_trusted(address: str) -> bool:
    """Tell whether what comes from this address is said by a proxy of ours."""
    known = trusted()
    if not known:
        return False
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in known)


def told_user(req: Request) -> str | None:
    """Return whom a trusted proxy has logged in, by the header that $LONGBOX_USER_HEADER names."""
    header = os.environ.get("LONGBOX_USER_HEADER")
    if not header or not is_trusted(peer_of(req)):
        return None
    return req.get_header(header) or None


def believe(req: Request) -> None:
    """Set `req.context.client` and `req.context.host`, and the scheme and path of the request.

    Where no proxy of ours is at the other end, those are the connection's own.
    """
    req.context.client = peer = peer_of(req)
    req.context.host = req.get_header("Host") or ""
    if not is_trusted(peer):
        return
    told = forwarded(req)
    req.context.client, hops = follow(peer, told.clients)
    if (scheme := value_of(told.schemes, hops).lower()) in SCHEMES:
        req.scope["scheme"] = scheme
    if HOST.fullmatch(host := value_of(told.hosts, hops)):
        req.context.host = host
    if PREFIX.fullmatch(prefix := value_of(told.prefixes, hops)):
        req.scope["root_path"] = f"/{prefix.strip('/')}".rstrip("/")


def follow(peer: str, clients: Sequence[str]) -> tuple[str, int]:
    """Go back from proxy to proxy; return the first address that is none of ours, and how far.

    Of whom nothing is told that can be an address, the last one that is known stands.
    """
    found, hops = peer, 1
    for place, written in enumerate(reversed(clients), 1):
        if not is_trusted(found) or not (address := read_address(written)):
            break
        found, hops = address, place
    return found, hops


def value_of(values: Sequence[str], hops: int) -> str:
    """Return what the proxy has said that is so many hops away; a single value is everybody's."""
    return values[-min(hops, len(values))] if values else ""


def read_address(written: str) -> str | None:
    """Return an address without its port, or None for what is none."""
    found = ADDRESS.fullmatch(written)
    try:
        return str(ip_address(next(filter(None, found.groups()), ""))) if found else None
    except ValueError:
        return None


def forwarded(req: Request) -> Told:
    """Read the headers in which proxies say where a request has come from."""
    told = Told(*(listed(req.get_header(f"X-Forwarded-{name}")) for name in NAMES))
    if told.clients or not (header := req.get_header("Forwarded")):
        return told
    hops = [dict(pairs(hop)) for hop in header.split(",")]
    clients, schemes, hosts = ([hop.get(name, "") for hop in hops] for name in PARTS)
    return Told(clients, schemes, hosts, told.prefixes)


def listed(header: str | None) -> list[str]:
    """Split a header at its commas."""
    return [value.strip() for value in header.split(",")] if header else []


def pairs(hop: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of one element of `Forwarded`."""
    for found in PAIR.finditer(hop):
        yield found["name"].lower(), found["quoted"] or (found["token"] or "").strip()
