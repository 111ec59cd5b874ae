#!/usr/bin/env python3
"""Set up and run Chizheng with nothing but Python 3.11 and the package index.

    python3 run.py serve [options of `lms serve`]
    python3 run.py test  [options of pytest]
    python3 run.py lms   [any command of `lms`]

It makes `.venv` beside this file, installs exactly what the lock names (checking every hash) and goes on.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main(arguments: list[str]) -> int:
    """Prepare the environment and hand over; return the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file alone runs before anything is installed
        print(f"Chizheng needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    if not arguments or arguments[0] not in {"serve", "test", "lms"}:
        print(__doc__, file=sys.stderr)
        return 2
    task, rest = arguments[0], arguments[1:]
    prepare("requirements-test.lock" if task == "test" else "requirements.lock")
    if task == "test":
        spread = (
            []
            if any(word.startswith(("-n", "-p")) for word in rest)
            else ["-n", "auto", "--dist", "loadfile"]
        )
        return subprocess.call([str(PYTHON), "-m", "pytest", *spread, *rest], cwd=ROOT)
    words = ["serve", "--demo-when-empty", *rest] if task == "serve" else rest
    command = [str(PYTHON), "-m", "lms.cli", *words]
    if os.name == "nt":
        return subprocess.call(command, cwd=ROOT)
    os.chdir(ROOT)
    os.execv(str(PYTHON), command)  # noqa: S606 - signals then reach the server itself
    return 0


def prepare(lock: str) -> None:
    """Make the environment and install `lock`, unless exactly that was installed before."""
    stamp = ENVIRONMENT / f".{lock}.installed"
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        print("Making .venv …", file=sys.stderr)
        venv.EnvBuilder(with_pip=True).create(ENVIRONMENT)
    print(f"Installing {lock} (a minute or two, once) …", file=sys.stderr)
    install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    done = subprocess.call([*install, "--require-hashes", "-r", lock], cwd=ROOT)
    if done != 0:
        raise SystemExit(
            f"The libraries of {lock} could not be installed; the lines above say why. Run this again."
        )
    stamp.write_text(wanted)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
