#!/usr/bin/env python3
"""Times the whole program against ripgrep, ruff and ast-grep, and prints a Markdown table.

    benches/peers.py BINARY FOLDER...             each folder a tree of sources
    benches/peers.py --growth BINARY              one generated tree of 1x, 2x and 4x its size

Rounds are paired: in each the program runs right before its peer, the ratio is taken round by round, and the median is printed. CPU is
user and system time of the finished process; the wall clock says little on a machine that does other things. Peers that are not
installed are left out. ROUNDS sets the number of rounds.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = "sentry_sdk|flask|fastapi|django|celery"
PEERS = {
    "rg -l": ["rg", "-l", WORDS, "-g", "*.py", "."],
    "ruff check --select E9": ["ruff", "check", "--isolated", "--quiet", "--select", "E9", "--no-cache", "."],
    "ast-grep run": ["ast-grep", "run", "-p", "Flask($$$)", "-l", "py", "."],
}
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def once(command, folder):
    """CPU seconds and the peak of memory in MB."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode} in {folder}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def against_peers(binary, folders):
    print("| tree | peer | sentry-codemod | peer | ratio | lowest to highest | peak, peer's peak |")
    print("|---|---|---|---|---|---|---|")
    for folder in folders:
        for name, command in PEERS.items():
            if not shutil.which(command[0]):
                continue
            once([binary, "."], folder), once(command, folder)  # fills the cache
            rounds = [(once([binary, "."], folder), once(command, folder)) for _ in range(ROUNDS)]
            ratios = [own[0] / max(peer[0], 0.001) for own, peer in rounds]
            own, peer = (statistics.median(run[side][0] for run in rounds) for side in (0, 1))
            peaks = [max(run[side][1] for run in rounds) for side in (0, 1)]
            print(
                f"| {Path(folder).name} | `{name}` | {own:.2f} s | {peer:.2f} s | {statistics.median(ratios):.2f} "
                f"| {min(ratios):.2f} to {max(ratios):.2f} | {peaks[0]:.0f} MB, {peaks[1]:.0f} MB |",
                flush=True,
            )


def tree(folder, services):
    """Services that are built alike: an application, modules that it imports, a script, a manifest."""
    for number in range(services):
        package = Path(folder, f"service{number}", "shop")
        package.mkdir(parents=True)
        (package.parent / "requirements.txt").write_text("flask\n")
        (package / "__init__.py").write_text("")
        names = [f"part{part}" for part in range(40)]
        for before, name in zip([None, *names], names):
            imports = f"from shop import {before}\n" if before else "import flask\n"
            (package / f"{name}.py").write_text(imports + "".join(f"def f{line}(a, b=None):\n    return a\n\n" for line in range(60)))
        (package / "app.py").write_text(f"from flask import Flask\nfrom shop import {names[-1]}\napp = Flask(__name__)\n")
        (package / "run.py").write_text("from shop.app import app\nif __name__ == '__main__':\n    app.run()\n")


def growth(binary):
    print("| services | files | CPU | CPU for each service | peak |")
    print("|---|---|---|---|---|")
    for services in (50, 100, 200):
        with tempfile.TemporaryDirectory() as folder:
            tree(folder, services)
            once([binary, "."], folder)
            runs = [once([binary, "."], folder) for _ in range(ROUNDS)]
            cpu = statistics.median(run[0] for run in runs)
            files = sum(len(files) for _, _, files in os.walk(folder))
            peak = max(run[1] for run in runs)
            print(f"| {services} | {files} | {cpu:.2f} s | {1000 * cpu / services:.1f} ms | {peak:.0f} MB |", flush=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) < 2:
        sys.exit(__doc__)
    if arguments[0] == "--growth":
        growth(str(Path(arguments[1]).resolve()))
    else:
        against_peers(str(Path(arguments[0]).resolve()), arguments[1:])
