"""HEAD, which proxies and health checks send."""

import pytest
from falcon.testing import ASGIConductor


@pytest.mark.parametrize("path", ["/", "/api/files", "/health/ready"])
async def test_head_answers_as_get_does_but_without_a_body(
    client: ASGIConductor, path: str
) -> None:
    whole, head = await client.simulate_get(path), await client.simulate_head(path)
    assert (head.status, head.headers["content-length"]) == (
        whole.status,
        whole.headers["content-length"],
    )
    assert (bool(whole.content), head.content) == (True, b"")
