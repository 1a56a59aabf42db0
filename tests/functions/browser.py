"""How a test logs in, as a browser does."""

from typing import Any

from falcon.testing import ASGIConductor, Result

ADMIN = {"name": "Alana", "password": "wings of glass"}
Headers = dict[str, str]


def cookie(answer: Result, name: str = "longbox") -> Headers:
    """Return the header with which a browser sends back the cookie that it was given."""
    return {"Cookie": f"{name}={answer.cookies[name].value}"}


async def set_up(client: ASGIConductor) -> Headers:
    """Make the first user, and return the cookie."""
    answer = await client.simulate_post("/api/setup", json=ADMIN)
    assert answer.status_code == 201, answer.text
    return cookie(answer)


async def log_in(client: ASGIConductor, given: dict[str, str], **more: Any) -> Result:  # noqa: ANN401
    """Try to log in."""
    return await client.simulate_post("/api/login", json=given, **more)


async def role(client: ASGIConductor, headers: Headers) -> str:
    """Return the role of whoever shows this."""
    session = (await client.simulate_get("/api/session", headers=headers)).json
    return str(session["role"])
