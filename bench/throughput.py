"""Requests a second of page 1, against what the web side and PostgreSQL could do at best.

Both share the cores, so the limit is 1 / (1 / constant body + 1 / pgbench): a page that costs what
a constant body costs, and what its statement costs, and nothing else.
"""

import re
from statistics import median

from msgspec import Struct

from bench.asking import Connection, rate
from bench.plan import Place, Plan
from bench.running import Running, cpu, postmaster, running
from bench.table import Figure, at_least, at_most
from db import embedded_programs as programs
from db.engine import READ_ONLY, conninfo
from db.list_statements import statement
from db.listing import Wanted, shape_of

PAGE = "/api/files"
CLIENTS = 8
WORKERS = 2
CPU_LIMIT = 0.8  # milliseconds a page


class Round(Struct, frozen=True):
    """What one round has told: things a second, and the milliseconds of CPU that a page took."""

    pages: float
    constants: float
    statements: float
    cpu: float

    @property
    def limit(self) -> float:
        """Return the pages a second that there could be."""
        return 1 / (1 / self.constants + 1 / self.statements)


class Sides(Struct, frozen=True):
    """What is measured in turn: the functions, the constant body, and the statement alone."""

    seconds: float
    product: Running
    constant: Running
    pgbench: list[str]
    place: Place

    def round(self) -> Round:
        """Measure each once, shortly after one another."""
        statements = self.statements()
        constants = rate(self.constant.port, PAGE, clients=CLIENTS, seconds=self.seconds)
        pages, spent = self.pages()
        return Round(pages, constants, statements, spent / (pages * self.seconds))

    def pages(self) -> tuple[float, float]:
        """Return pages a second, and the milliseconds of CPU that they took all together."""
        trees = self.product.master, postmaster(self.place.postgres)
        before = sum(map(cpu, trees))
        pages = rate(self.product.port, PAGE, clients=CLIENTS, seconds=self.seconds)
        return pages, sum(map(cpu, trees)) - before

    def statements(self) -> float:
        """Return the statements a second that pgbench gets answered."""
        account = programs.account(self.place.postgres / "data")
        told = programs.run(self.pgbench, account, environment={"PGOPTIONS": READ_ONLY}).stdout
        found = re.search(r"^tps = ([\d.]+)", told, re.MULTILINE)
        if not found:
            raise ChildProcessError(told)
        return float(found[1])


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure page 1 of this database under load."""
    body = place.folder / "body.json"
    with running(place.small, workers=WORKERS) as product:
        with Connection(product.port) as connection:
            body.write_bytes(connection.ask(PAGE).body)
        constant = ("bench.constant",)
        with running(place.small, workers=WORKERS, module=constant, BENCH_BODY=str(body)) as limit:
            pgbench = pgbench_command(plan, place)
            sides = Sides(plan.seconds, product, limit, pgbench, place)
            sides.round()  # warms all of them up
            return figures([sides.round() for _ in range(plan.rounds)])


def pgbench_command(plan: Plan, place: Place) -> list[str]:
    """Write the command that sends the very statement of page 1, prepared, from as many clients."""
    script = place.folder / "page.sql"
    script.write_text(f"{statement(shape_of(Wanted())).replace('%%', '%')};\n")
    script.chmod(0o644)  # the account that runs PostgreSQL reads it
    account = programs.account(place.postgres / "data")
    return [
        str(programs.find(None, account).folder / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={script}"),
        *(f"--client={CLIENTS}", "--jobs=2", f"--time={max(1, round(plan.seconds))}"),
        conninfo(place.small),
    ]


def figures(rounds: list[Round]) -> list[Figure]:
    """Take the medians; the ratios are those of each round."""
    pages, limit, constants, statements, spent = (
        median(getattr(one, name) for one in rounds)
        for name in ("pages", "limit", "constants", "statements", "cpu")
    )
    return [
        Figure(
            name=f"page 1, {CLIENTS} clients, {WORKERS} workers",
            measured=f"{pages:,.0f}/s",
            limit=f"{limit:,.0f}/s ({constants:,.0f} constant bodies, {statements:,.0f} pgbench)",
            ratio=median(one.pages / one.limit for one in rounds),
            goal=at_least(0.6),
        ),
        Figure(
            name="CPU a page, web and database together",
            measured=f"{spent:.2f} ms",
            limit=f"{CPU_LIMIT} ms",
            ratio=spent / CPU_LIMIT,
            goal=at_most(1),
        ),
    ]
