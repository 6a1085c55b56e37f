"""Take one rule out of the publishing protocol at a time, and look whether the tests notice.

    python tests/without_a_rule.py [NAME...]

Not collected by pytest. Copies the package and the tests to a temporary folder, changes a few lines
there, and runs the tests of the guarantees on the copy. Tests that pass without a rule prove nothing
about it: exit 1 when they do, 2 when a change no longer fits the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parent.parent
TESTS = (
    "tests/test_protocol_explored.py",
    "tests/test_fault_matrix.py",
    "tests/test_state_accidents.py",
    "tests/test_two_runs.py",
    "tests/contract/test_stores.py",
)
LEFT_OUT = "not moto and not seaweed and not git"
"""Stores that the rules of the local one do not concern."""


class Patch(NamedTuple):
    """`was`, which stands in `path` exactly once, becomes `now`."""

    path: str
    was: str
    now: str


DRIVER = "publishing/driver.py"
PROTOCOL = "publishing/protocol.py"
SESSION = "state/local/session.py"
JOURNAL = "state/local/journal_file.py"

LOCK_CHECK = Patch(SESSION, "if not self._files.lock.is_held_by(self._lock):", "if False:")
RULES = {
    "intent-first": [
        Patch(
            DRIVER,
            "        await self._put(part)\n        return then",
            "        if then is Do.SEND and part is not None:\n"
            "            self.record.state = self.record.state.with_part(part)\n"
            "        else:\n"
            "            await self._put(part)\n"
            "        return then",
        )
    ],
    "one-request": [
        Patch("api/retry.py", "tries >= MAX_TRIES or not call.is_repeatable", "tries >= MAX_TRIES"),
        Patch("api/retry.py", "TemporaryError | RateLimitError)", "ApiError)"),
    ],
    "one-container": [
        Patch(PROTOCOL, "replace(part, status=PartStatus.UNKNOWN), Do.REST", "None, Do.MAKE")
    ],
    "status-before-belief": [
        Patch(
            PROTOCOL,
            "        return part, Do.TURN\n    return part, Do.LOOK",
            "        return part, Do.TURN\n    return failed(part, answer.why), Do.REST",
        )
    ],
    "finished-is-no-proof": [
        Patch(PROTOCOL, "if is_in_doubt(part) or look.is_processing:", "if look.is_processing:"),
        Patch(PROTOCOL, "_check(not is_in_doubt(part),", "_check(True,"),
    ],
    "the-only-match": [Patch(PROTOCOL, "if len(media_ids) == 1:", "if media_ids:")],
    "known-ids-excluded": [Patch(DRIVER, "known_ids=known)", "known_ids=frozenset())")],
    "fresh-intent": [Patch(DRIVER, "if not self._is_fresh():", "if False:")],
    "recover-first": [
        Patch("workflow/apply.py", "await settle_all(self._session, self._lazy_run)", "pass")
    ],
    "delete-looked-up": [
        Patch("publishing/work.py", "if not await self._is_gone(media_id):", "if True:")
    ],
    "adoption": [
        Patch(
            "planning/adoption.py",
            "return action.kind in _PUBLISHING and bool(action.parts)",
            "return False",
        )
    ],
    "lock-check": [LOCK_CHECK],
    "compare-and-swap": [
        LOCK_CHECK,
        Patch(
            SESSION,
            "if _digest(read_file(self._files.state)) != self._document_digest:",
            "if False:",
        ),
        Patch(SESSION, "if self._files.journal.exists():", "if False:"),
        Patch(JOURNAL, "if is_same and ours.st_size == self._size:", "if True:"),
    ],
}


class UnfitError(Exception):
    """A patch does not fit the code any more."""


def copied(folder):
    """The package and its tests in `folder`, with the schemas where an installed package has them."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "threadsync", folder / "threadsync", ignore=ignore)
    shutil.copytree(REPOSITORY / "schemas", folder / "threadsync/schemas", dirs_exist_ok=True)
    shutil.copytree(REPOSITORY / "tests", folder / "tests", ignore=ignore)
    shutil.copy(REPOSITORY / "pyproject.toml", folder)


def apply_patch(folder, patch):
    path = folder / "threadsync" / patch.path
    text = path.read_text()
    if text.count(patch.was) != 1:
        raise UnfitError(f"{patch.path} has {text.count(patch.was)} times: {patch.was}")
    path.write_text(text.replace(patch.was, patch.now))


def noticed(folder):
    """The first test that fails in `folder`, None when none does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", LEFT_OUT]
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [*command, *TESTS], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    # Several processes that stop at the first failure end with 2, as if they were interrupted.
    if done.returncode not in {1, 2} or not failed:
        raise UnfitError(
            f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}"
        )
    return failed[0].partition(" - ")[0]


def try_without(patches):
    with tempfile.TemporaryDirectory(prefix="without-a-rule-") as name:
        copied(Path(name))
        for patch in patches:
            apply_patch(Path(name), patch)
        return noticed(Path(name))


def main(names):
    survived = []
    for name in names or ["nothing taken out", *RULES]:
        started = time.monotonic()
        test = try_without(RULES.get(name, []))
        says = f"noticed by {test}" if test else "all tests pass"
        print(f"{name}: {says} ({time.monotonic() - started:.0f} s)", flush=True)
        if (test is None) == (name in RULES):
            survived.append(name)
    print(f"not as it should be: {', '.join(survived)}" if survived else "each rule is missed")
    return 1 if survived else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UnfitError as error:
        print(error)
        sys.exit(2)
