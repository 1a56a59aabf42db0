"""OpenID Connect: somebody else's log-in vouches for a user, by a code and PKCE.

Nothing is remembered in the process: what a log-in has begun with is in a cookie of the browser
that began it, and what the provider says of itself is asked for each time.
https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636 and RFC 9700
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import falcon
import msgspec
from falcon.asgi import Request
from msgspec import Struct

from db.callers import RANKS
from db.tables import UserRole
from functions.base_path import base_path
from functions.callers import is_loopback

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]  # has no types
        AsyncOAuth2Client,
    )

SCOPE: Final = "openid profile email"
PATIENCE: Final = 10.0  # seconds for each answer of the provider
SKEW: Final = 60  # seconds that its clock may differ from ours
LASTS: Final = 600  # seconds from one end of a log-in to the other
RANDOM: Final = 48  # bytes of a verifier: 64 letters

# A provider that signs with what it shares with us could be anybody who knows the client's secret.
SIGNATURES: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVES: Final = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519")

NAMES: Final = ("preferred_username", "name", "email", "sub")  # claims, the best first


class Provider(Struct, frozen=True):
    """Whom to ask, as the environment names them."""

    issuer: str
    client_id: str
    client_secret: str | None  # none for a public client, which PKCE protects alone
    creates_users: bool
    groups: str  # the claim that holds them
    roles: dict[str, UserRole]  # by group; empty if groups mean nothing


class Started(Struct, frozen=True):
    """What a log-in has begun with, which only the browser that began it knows."""

    state: str
    nonce: str
    verifier: str
    back: str  # the path to go to in the end


class Identity(Struct, frozen=True):
    """For whom the provider vouches."""

    subject: str  # issuer and sub, which are never another's
    name: str
    role: UserRole | None  # by the groups; None if groups mean nothing


class NotVouchedFor(falcon.HTTPForbidden):
    """Answer 403: what came back proves nothing, or nobody who may come in."""

    def __init__(self, why: str) -> None:
        super().__init__(title="Not logged in", description=why)


def refused(error: str, description: str) -> NotVouchedFor:
    """Return what to raise where the provider refuses: its code for that, and its words if any."""
    told = ": ".join(part.strip(" .") for part in (error, description) if part)
    return NotVouchedFor(f"The provider of identities refuses: {told}.")


def provider() -> Provider | None:
    """Read the provider from the environment, or None; raise SystemExit for what cannot be one."""
    issuer = os.environ.get("LONGBOX_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    ):
        raise SystemExit(
            f"LONGBOX_OIDC_ISSUER is {issuer!r}: it has to be an https address, "
            "or one of this machine itself."
        )
    if not (client_id := os.environ.get("LONGBOX_OIDC_CLIENT_ID")):
        raise SystemExit(
            "LONGBOX_OIDC_CLIENT_ID is not set: it is what the provider calls Longbox."
        )
    return Provider(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret(),
        creates_users=os.environ.get("LONGBOX_OIDC_CREATE") == "1",
        groups=os.environ.get("LONGBOX_OIDC_GROUPS_CLAIM") or "groups",
        roles=roles(os.environ.get("LONGBOX_OIDC_ROLES", "")),
    )


def secret() -> str | None:
    """Return the client's secret, or what is in the file that holds it."""
    named = os.environ.get("LONGBOX_OIDC_CLIENT_SECRET_FILE")
    if not named:
        return os.environ.get("LONGBOX_OIDC_CLIENT_SECRET") or None
    try:
        return Path(named).read_text().strip() or None
    except OSError as error:
        raise SystemExit(
            f"LONGBOX_OIDC_CLIENT_SECRET_FILE is {named!r}, which cannot be read: {error}."
        ) from None


def roles(written: str) -> dict[str, UserRole]:
    """Read pairs of a group and its role, such as `staff=editor,keepers=admin`."""
    pairs = [pair.rpartition("=") for pair in written.split(",") if pair.strip()]
    known: dict[str, UserRole] = {"viewer": "viewer", "editor": "editor", "admin": "admin"}
    if wrong := [pair for pair in pairs if pair[2].strip() not in known or not pair[0].strip()]:
        raise SystemExit(
            f"LONGBOX_OIDC_ROLES has {''.join(wrong[0])!r}: it has to be groups and roles, "
            "such as staff=editor,keepers=admin."
        )
    return {group.strip(): known[role.strip()] for group, _, role in pairs}


def known_provider() -> Provider:
    """Return the provider; raise 404 where there is none."""
    known = provider()
    if known is None:
        raise falcon.HTTPNotFound(
            description="No provider of identities is set: LONGBOX_OIDC_ISSUER."
        )
    return known


def is_configured() -> bool:
    """Tell whether there is a provider to ask."""
    return provider() is not None


def place_of(req: Request) -> str:
    """Return the address of the page, without a slash behind it."""
    return f"{req.scheme}://{req.context.host}{req.root_path or base_path()}"


def returns_to(req: Request) -> str:
    """Return the address to which the provider sends the browser back."""
    return f"{place_of(req)}/api/oidc/callback"


def cookie_name(req: Request) -> str:
    """Return the name of the cookie that holds what a log-in has begun with."""
    return "__Host-longbox-oidc" if req.scheme == "https" else "longbox-oidc"


def start(back: str) -> Started:
    """Begin a log-in."""
    state, nonce, verifier = (secrets.token_urlsafe(RANDOM) for _ in range(3))
    return Started(state, nonce, verifier, back)


def pack(started: Started) -> str:
    """Write it so that a cookie can hold it."""
    return urlsafe_b64encode(msgspec.json.encode(started)).decode().rstrip("=")


def unpack(packed: str) -> Started:
    """Read what `pack` wrote; raise `NotVouchedFor` for what it did not."""
    try:
        padded = packed + "=" * (-len(packed) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded.encode()), type=Started)
    except ValueError:
        raise NotVouchedFor("The log-in has begun elsewhere: begin it again.") from None


@asynccontextmanager
async def client(asked: Provider, redirect_uri: str) -> AsyncIterator["AsyncOAuth2Client"]:
    """Have a client of the provider; raise 503 where it does not answer, or not as one does."""
    try:
        from authlib.integrations.base_client import (  # type: ignore[import-untyped]  # noqa: PLC0415  an extra
            OAuthError,
        )
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415
        from httpx2 import HTTPError  # noqa: PLC0415
    except ImportError:
        raise falcon.HTTPServiceUnavailable(
            title="OpenID Connect is not installed",
            description="Install it where Longbox runs: pip install 'longbox[oidc]'.",
        ) from None
    try:
        async with AsyncOAuth2Client(
            client_id=asked.client_id,
            client_secret=asked.client_secret,
            token_endpoint_auth_method=None if asked.client_secret else "none",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=PATIENCE,
        ) as known:
            yield known
    except OAuthError as error:
        raise refused(error.error, error.description) from None
    except (HTTPError, ValueError, KeyError) as error:
        raise falcon.HTTPServiceUnavailable(
            title="The provider of identities does not answer as it should",
            description=f"{asked.issuer} gave {type(error).__name__}. Try again in a moment.",
            retry_after=5,
        ) from error


async def describe(asked: Provider, known: "AsyncOAuth2Client") -> dict[str, Any]:
    """Ask the provider where its endpoints are; raise 503 if it says to be another."""
    document = await fetch(known, f"{asked.issuer}/.well-known/openid-configuration")
    if document["issuer"].rstrip("/") != asked.issuer:
        raise falcon.HTTPServiceUnavailable(
            title="The provider of identities is another",
            description=f"LONGBOX_OIDC_ISSUER is {asked.issuer}, "
            f"but who answers there is {document['issuer']}: they have to be the same.",
        )
    return document


async def fetch(
    known: "AsyncOAuth2Client", address: str, *, with_token: bool = False
) -> dict[str, Any]:
    """Read a JSON object; raise ValueError for anything else, and httpx2's own errors."""
    answer = await known.request("GET", address, withhold_token=not with_token)
    answer.raise_for_status()
    return msgspec.convert(answer.json(), dict[str, Any])


def scope(asked: Provider, document: dict[str, Any]) -> str:
    """Return what to ask for: the groups, too, where they matter, unless they have no scope.

    A provider need not say which scopes it has, and should ignore those that it has not.
    """
    has_one = asked.groups in (document.get("scopes_supported") or [asked.groups])
    return f"{SCOPE} {asked.groups}" if asked.roles and has_one else SCOPE


async def address_to_ask(asked: Provider, started: Started, redirect_uri: str) -> str:
    """Return where to send the browser, so that its user logs in there."""
    async with client(asked, redirect_uri) as known:
        document = await describe(asked, known)
        address, _ = known.create_authorization_url(
            document["authorization_endpoint"],
            scope=scope(asked, document),
            state=started.state,
            nonce=started.nonce,
            code_verifier=started.verifier,
        )
    return str(address)


async def identify(asked: Provider, started: Started, code: str, redirect_uri: str) -> Identity:
    """Have the provider say for whom a code stands; raise `NotVouchedFor` or 503."""
    async with client(asked, redirect_uri) as known:
        document = await describe(asked, known)
        token = await known.fetch_token(
            document["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=started.verifier,
        )
        keys = await fetch(known, document["jwks_uri"])
        claims = verify(asked, document["issuer"], started, str(token["id_token"]), keys)
        claims = await complete(asked, document, known, claims)
    return Identity(f"{asked.issuer} {claims['sub']}", name_in(claims), role_in(asked, claims))


async def complete(
    asked: Provider, document: dict[str, Any], known: "AsyncOAuth2Client", claims: dict[str, Any]
) -> dict[str, Any]:
    """Add the claims that the provider tells only to who shows the access token.

    An ID token need not hold more than the subject. What it does hold is believed first.
    https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
    """
    wanted = {NAMES[0], asked.groups} if asked.roles else {NAMES[0]}
    address = document.get("userinfo_endpoint")
    if not address or wanted <= claims.keys():
        return claims
    told = await fetch(known, address, with_token=True)
    if told.get("sub") != claims["sub"]:
        raise NotVouchedFor("The provider tells of another user than who has logged in.")
    return told | claims


def verify(
    asked: Provider, issuer: str, started: Started, token: str, keys: dict[str, Any]
) -> dict[str, Any]:
    """Return the claims of an ID token that is signed, fresh, and made for us and this log-in."""
    from joserfc import jwt  # noqa: PLC0415  an extra
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    registry = jwt.JWTClaimsRegistry(
        leeway=SKEW,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": asked.client_id},
        nonce={"essential": True, "value": started.nonce},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        known = KeySet.import_key_set({"keys": keys["keys"]})
        claims = jwt.decode(token, known, algorithms=[*SIGNATURES, *CURVES]).claims
        registry.validate(claims)
    except (JoseError, ValueError) as error:
        raise NotVouchedFor(f"The provider's token proves nothing: {error}.") from None
    if claims.get("azp", asked.client_id) != asked.client_id:
        raise NotVouchedFor("The provider's token was made for another program.")
    return dict(claims)


def name_in(claims: dict[str, Any]) -> str:
    """Return what to call somebody: the best of the claims that say so."""
    found = next(str(claims[claim]) for claim in NAMES if claims.get(claim))
    return " ".join("".join(c if c.isprintable() else " " for c in found).split())[:100].strip()


def role_in(asked: Provider, claims: dict[str, Any]) -> UserRole | None:
    """Return the most that any of the groups may; raise `NotVouchedFor` if none is to come in."""
    if not asked.roles:
        return None
    told = claims.get(asked.groups, [])
    groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    found = [asked.roles[group] for group in groups if group in asked.roles]
    if not found:
        raise NotVouchedFor("None of your groups may use Longbox: ask whoever runs it.")
    return max(found, key=lambda role: RANKS[role])
