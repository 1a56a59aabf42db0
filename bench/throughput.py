"""Requests a second of page 1, against what the web side and PostgreSQL could do at best.

Both share the cores, so the limit is 1 / (1 / constant body + 1 / pgbench): a page that costs what
a constant body costs, and what its statement costs, and nothing else.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from msgspec import Struct

from bench.asking import Connection, rate
from bench.constant import BODY
from bench.plan import Place, Plan
from bench.running import cpu, postmaster, running
from bench.table import Figure, at_least, at_most
from db import embedded_programs as programs
from db.engine import READ_ONLY, conninfo
from db.list_statements import statement
from db.listing import Wanted, shape_of

PAGE = "/api/files"
CLIENTS = 8
WORKERS = 2
CONSTANT = ("bench.constant",)  # a module without arguments
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

    place: Place
    seconds: float
    master: int  # of the functions
    asking: list[Connection]  # the functions
    constant: list[Connection]
    pgbench: list[str]

    def round(self) -> Round:
        """Measure each once, shortly after one another."""
        statements = self.statements()
        constants = rate(self.constant, PAGE, self.seconds)
        trees = self.master, postmaster(self.place.postgres)
        before = sum(map(cpu, trees))
        pages = rate(self.asking, PAGE, self.seconds)
        spent = sum(map(cpu, trees)) - before
        return Round(pages, constants, statements, spent / (pages * self.seconds))

    def statements(self) -> float:
        """Return the statements a second that pgbench gets answered."""
        account = programs.account(self.place.postgres / "data")
        told = programs.run(self.pgbench, account, environment={"PGOPTIONS": READ_ONLY}).stdout
        found = re.search(r"^tps = ([\d.]+)", told, re.MULTILINE)
        if not found:
            raise ChildProcessError(told)
        return float(found[1])


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Measure page 1 of the small database under load."""
    with sides(plan, place) as both:
        both.round()  # warms everything up
        return figures([both.round() for _ in range(plan.rounds)])


@contextmanager
def sides(plan: Plan, place: Place) -> Iterator[Sides]:
    """Start the functions, and the constant body of the same size, with clients for each."""
    body = place.folder / "body.json"
    with ExitStack() as stack:
        functions = stack.enter_context(running(place.small, workers=WORKERS))
        asking = stack.enter_context(functions.clients(CLIENTS))
        body.write_bytes(asking[0].ask(PAGE).body)
        limit = stack.enter_context(
            running(place.small, workers=WORKERS, module=CONSTANT, **{BODY: str(body)})
        )
        yield Sides(
            place=place,
            seconds=plan.seconds,
            master=functions.master,
            asking=asking,
            constant=stack.enter_context(limit.clients(CLIENTS)),
            pgbench=pgbench_command(plan, place),
        )


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
