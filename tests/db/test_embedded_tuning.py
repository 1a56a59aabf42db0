"""The private server's share of the memory."""

from pathlib import Path

import pytest

from db import embedded_tuning as tuning


@pytest.mark.parametrize(
    ("told", "shared_buffers", "cache"),
    [
        (str(400 * tuning.MB), "128MB", "200MB"),
        (str(1000 * tuning.MB), "250MB", "500MB"),
        (str(3 * 1024 * tuning.MB), "768MB", "1536MB"),
    ],
)
def test_the_memory_of_the_container_counts_where_it_is_less(
    told: str, shared_buffers: str, cache: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "machine_bytes", lambda: 64 * 1024 * tuning.MB)
    limit = tmp_path / "memory.max"
    limit.write_text(f"{told}\n")
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (limit, tmp_path / "absent"))
    assert tuning.settings()["shared_buffers"] == shared_buffers
    assert tuning.settings()["effective_cache_size"] == cache


def test_a_container_without_a_limit_has_the_memory_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (limit,))
    assert tuning.memory_bytes() == tuning.machine_bytes()


def test_a_large_machine_gives_a_gigabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", ())
    monkeypatch.setattr(tuning, "machine_bytes", lambda: 64 * 1024 * tuning.MB)
    assert tuning.settings()["shared_buffers"] == "1024MB"
