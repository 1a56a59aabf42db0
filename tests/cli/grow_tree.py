"""Grow a process tree for the tests: grow_tree.py GRACE CHILDREN, the children as JSON."""

import sys

import msgspec
import structlog

from cli import tree

structlog.configure(
    processors=[structlog.processors.JSONRenderer()],
    logger_factory=structlog.PrintLoggerFactory(),
)
children = msgspec.json.decode(sys.argv[2], type=list[tree.Child])
sys.exit(tree.run(children, grace=float(sys.argv[1])))
