"""`python -m sentry_codemod`: the program that was installed with this package takes this process's place."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def places() -> Iterator[Path]:
    """The folders that an installer may have put the program into, the likeliest first."""
    yield Path(sysconfig.get_path("scripts"))
    # `pip install --user`
    yield Path(sysconfig.get_path("scripts", scheme=user_scheme()))
    # `pip install --target` or `--prefix`: beside the package, or beside the `lib` that holds it.
    for folder in list(Path(__file__).resolve().parents)[1:5]:
        yield folder / ("Scripts" if os.name == "nt" else "bin")


def user_scheme() -> str:
    """The name of the layout that `pip install --user` follows; Python 3.9 cannot be asked for it."""
    preferred = getattr(sysconfig, "get_preferred_scheme", None)
    return preferred("user") if preferred else f"{os.name}_user"


def program() -> Path:
    """The program.

    Raises FileNotFoundError that names every place where it should have been.
    """
    name = "sentry-codemod" + (sysconfig.get_config_var("EXE") or "")
    candidates = [folder / name for folder in places()]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    looked = "\n  ".join(map(str, candidates))
    raise FileNotFoundError(f"{name} is in none of these places; install the package again\n  {looked}")


def main() -> int:
    """Runs the program with the arguments of this one; returns only where a process cannot be replaced, or in vain."""
    try:
        command = [str(program()), *sys.argv[1:]]
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main())
