"""Run the `longbox` command as `python -m cli`."""

from cli.main import main

main()
