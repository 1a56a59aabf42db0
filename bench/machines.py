"""Machines for processes of Longbox: network namespaces of Linux, or plain processes.

A namespace has a network of its own, and a cable to a bridge that PostgreSQL listens on. Pulled,
nobody at either end is told, as on a network that fails. Making one takes root and iproute2.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from msgspec import Struct

from bench.plan import ROOT
from bench.running import free_port
from tests import processes

NETWORK = "10.213.0"  # .1 is the bridge, and the machines follow
PORT = 5000


class Machine(Struct):
    """Something with an address that runs one process tree."""

    name: str
    host: str
    port: int
    namespace: str | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where it answers."""
        return f"{self.host}:{self.port}"

    def run(self, *verb: str, **environment: str) -> None:
        """Run a command of `longbox` that listens, if it does, at this machine's address."""
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        told = {"LONGBOX_HOST": self.host, "WEB_PORT": str(self.port), **environment}
        self.process = subprocess.Popen(
            [*inside, sys.executable, "-P", "-m", "cli", *verb],
            cwd=ROOT,
            env=os.environ | told,
            stdout=subprocess.DEVNULL,
        )

    @property
    def lives(self) -> bool:
        """Tell whether it runs what it was given."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Kill all that runs on it, as a cut of the power does."""
        if self.process:
            for pid in (self.process.pid, *(one.pid for one in processes.below(self.process.pid))):
                processes.kill(pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end, as an upgrade does, and wait until it has."""
        stop_all([self])

    def cut_off(self) -> None:
        """Pull its cable."""
        ip("link", "set", f"{self.namespace}", "down")

    def plug_in(self) -> None:
        """Put its cable back."""
        ip("link", "set", f"{self.namespace}", "up")


def stop_all(machines: list[Machine]) -> None:
    """Ask these to end, and wait until they have."""
    running = [machine.process for machine in machines if machine.process]
    for process in running:
        process.terminate()
    for process in running:
        process.wait()


def ip(*words: str) -> None:
    """Run a command of iproute2."""
    subprocess.run(["ip", *words], check=True, stdout=subprocess.DEVNULL)


def can_separate() -> bool:
    """Tell whether network namespaces can be made here."""
    name = f"longbox-{os.getpid()}"
    try:
        with namespace(name):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def namespace(name: str) -> Iterator[None]:
    """Have a network namespace."""
    subprocess.run(["ip", "netns", "add", name], check=True, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        ip("netns", "del", name)


@contextmanager
def bridge(name: str) -> Iterator[str]:
    """Have a bridge that machines are plugged into; yield its address."""
    ip("link", "add", name, "type", "bridge")
    try:
        ip("addr", "add", f"{NETWORK}.1/24", "dev", name)
        ip("link", "set", name, "up")
        yield f"{NETWORK}.1"
    finally:
        ip("link", "del", name)


@contextmanager
def separate(names: list[str], plug: str) -> Iterator[list[Machine]]:
    """Have machines in namespaces of their own, plugged into this bridge."""
    with ExitStack() as stack:
        machines = []
        for number, name in enumerate(names, 2):
            inside, host = f"lb{os.getpid()}.{number}", f"{NETWORK}.{number}"
            stack.enter_context(namespace(inside))
            ip("link", "add", inside, "type", "veth", "peer", "name", "eth0", "netns", inside)
            ip("link", "set", inside, "master", plug, "up")
            ip("-n", inside, "addr", "add", f"{host}/24", "dev", "eth0")
            for link in ("eth0", "lo"):
                ip("-n", inside, "link", "set", link, "up")
            machines.append(Machine(name, host, PORT, inside))
        stack.callback(stop_all, machines)
        yield machines


@contextmanager
def together(names: list[str]) -> Iterator[list[Machine]]:
    """Have plain processes of this machine, which cannot be cut off."""
    machines = [Machine(name, "127.0.0.1", free_port()) for name in names]
    try:
        yield machines
    finally:
        stop_all(machines)
