"""Whom proxies speak for, and that nobody else is believed."""

from typing import Any

import falcon.testing
import pytest
from falcon.asgi import Request

from functions import proxies

PROXY, CLIENT, OTHER = "10.0.0.1", "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _a_network_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1 ::1")
    monkeypatch.delenv("LONGBOX_USER_HEADER", raising=False)


def asked(peer: str | None = PROXY, **headers: str) -> Any:  # noqa: ANN401  a Request
    """Return a request as it comes from this address, when it has been seen to."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = falcon.testing.create_scope(host="inside", headers=named)
    scope["client"] = (peer, 1234) if peer else None
    req = Request(scope, None)  # type: ignore[arg-type]  # nothing is received
    proxies.believe(req)
    return req


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (CLIENT, CLIENT),
        (f"{CLIENT}:4711", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        (f"{OTHER}, {CLIENT}", CLIENT),  # the client has written the first itself
        (f"{OTHER}, {CLIENT}, 10.9.9.9, 127.0.0.1", CLIENT),
        ("10.2.2.2, 10.3.3.3", "10.2.2.2"),  # a client beside the proxies
        ("", PROXY),
        ("unknown", PROXY),
        (f"{CLIENT}, unknown", PROXY),
        ("1.2.3.4.5", PROXY),
        (f"{CLIENT}\t", CLIENT),
        ("' OR 1=1 --", PROXY),
        (",,,,", PROXY),
    ],
)
def test_the_client_is_the_first_that_is_no_proxy_of_ours(header: str, client: str) -> None:
    assert asked(X_Forwarded_For=header).context.client == client


@pytest.mark.parametrize("peer", [CLIENT, "192.168.1.1", "::2", "unix:", None])
def test_who_is_no_proxy_of_ours_speaks_for_nobody(
    peer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGBOX_TRUSTED_PROXIES", "10.0.0.0/8")
    monkeypatch.setenv("LONGBOX_USER_HEADER", "Remote-User")
    req = asked(
        peer,
        X_Forwarded_For=OTHER,
        X_Forwarded_Proto="https",
        X_Forwarded_Host="other.example",
        X_Forwarded_Prefix="/other",
        Forwarded=f"for={OTHER};proto=https;host=other.example",
        Remote_User="admin",
    )
    assert req.context.client == (peer or "127.0.0.1")
    assert (req.context.host, req.scheme, req.root_path) == ("inside", "http", "")
    assert proxies.told_user(req) is None


def test_an_address_of_the_old_kind_is_known_in_its_new_clothes() -> None:
    assert asked("::ffff:10.0.0.1", X_Forwarded_For=CLIENT).context.client == CLIENT


def test_scheme_host_and_path_are_what_the_proxy_at_the_outside_says() -> None:
    req = asked(
        X_Forwarded_For=f"{OTHER}, {CLIENT}, 10.2.2.2",
        X_Forwarded_Proto="gopher, HTTPS, http",
        X_Forwarded_Host="comics.example:8443",
        X_Forwarded_Prefix="/longbox/",
    )
    assert (req.scheme, req.root_path) == ("https", "/longbox")
    assert req.context.host == "comics.example:8443"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X_Forwarded_Proto", "javascript"),
        ("X_Forwarded_Host", "a b"),
        ("X_Forwarded_Host", "comics.example/other"),
        ("X_Forwarded_Host", "user@comics.example"),
        ("X_Forwarded_Prefix", "longbox"),
        ("X_Forwarded_Prefix", "//other.example/;"),
        ("X_Forwarded_Prefix", "/a\r\nSet-Cookie: x"),
    ],
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(name: str, value: str) -> None:
    req = asked(X_Forwarded_For=CLIENT, **{name: value})
    assert (req.context.host, req.scheme, req.root_path) == ("inside", "http", "")


def test_a_path_never_leads_to_another_host() -> None:
    assert asked(X_Forwarded_Prefix="//other.example").root_path == "/other.example"
    assert asked(X_Forwarded_Prefix="/").root_path == ""


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (f"for={CLIENT};proto=https;host=comics.example", CLIENT),
        (f'For="{CLIENT}:4711"; Proto=https; Host="comics.example"', CLIENT),
        (f'for={OTHER}, for="[2001:db8::7]:80";proto=https;host=comics.example', "2001:db8::7"),
    ],
)
def test_the_standard_header_is_understood(header: str, client: str) -> None:
    req = asked(Forwarded=header)
    assert (req.context.client, req.scheme, req.context.host) == (client, "https", "comics.example")


@pytest.mark.parametrize("header", ["for=_hidden", "for=unknown", "", ";;;", "for", 'for="'])
def test_a_hidden_client_is_the_proxy(header: str) -> None:
    assert asked(Forwarded=header).context.client == PROXY


def test_of_two_accounts_the_usual_one_counts() -> None:
    """A proxy that sets one of the two hands the other on, as a client may have written it."""
    req = asked(X_Forwarded_For=CLIENT, Forwarded=f"for={OTHER};proto=https;host=other.example")
    assert (req.context.client, req.scheme, req.context.host) == (CLIENT, "http", "inside")


def test_who_has_logged_in_is_told_by_a_proxy_if_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert proxies.told_user(asked(Remote_User="ana")) is None
    monkeypatch.setenv("LONGBOX_USER_HEADER", "Remote-User")
    assert proxies.told_user(asked(Remote_User="ana")) == "ana"
    assert proxies.told_user(asked(Remote_User="")) is None
    assert proxies.told_user(asked()) is None
    assert proxies.told_user(asked(CLIENT, Remote_User="ana", X_Forwarded_For=PROXY)) is None


def test_proxies_that_are_none_are_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGBOX_TRUSTED_PROXIES", "10.0.0.1/8")
    with pytest.raises(ValueError, match=r"LONGBOX_TRUSTED_PROXIES .* has host bits set"):
        proxies.trusted()
