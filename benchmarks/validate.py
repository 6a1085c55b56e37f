"""How long `validate` takes for posts without media, against check-jsonschema over their YAML.

check-jsonschema is no dependency: install it anywhere and name it, or have it on PATH.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

import corpus
import timing

SCHEMA = Path(__file__).parent.parent / "schemas/post.schema.json"
GOAL = 0.25


def make(root, count):
    """A project with `count` posts, and a folder with the YAML of each: all of it, or front matter."""
    chance = random.Random(count)
    (root / "threadsync.yaml").parent.mkdir(parents=True)
    (root / "threadsync.yaml").write_text("timezone: Europe/Berlin\n")
    for number in range(count):
        suffix, front_matter, text = _post(number, chance)
        post = root / f"posts/{number // 100:04}/{number}{suffix}"
        part = root / f"yaml/{number}.yaml"
        post.parent.mkdir(parents=True, exist_ok=True)
        part.parent.mkdir(exist_ok=True)
        is_markdown = suffix == ".md"
        whole = (
            f"---\n{front_matter}---\n{text}\n" if is_markdown else f"text: {text}\n{front_matter}"
        )
        post.write_text(whole)
        part.write_text(front_matter if is_markdown else whole)


def _post(number, chance):
    text = " ".join(chance.choices(corpus.WORDS, k=chance.randrange(20, 70)))
    front_matter = "topic_tag: Python\n"
    if chance.random() < 0.5:
        front_matter += f"publish_at: 2027-01-{number % 28 + 1:02} 09:30\n"
    if chance.random() < 0.1:
        front_matter += "poll:\n  options:\n    - Tabs\n    - Spaces\n"
    return (".md" if chance.random() < 0.7 else ".yaml"), front_matter, text


def main(count, checker, runs):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        make(root, count)
        files = sorted(str(path.relative_to(root)) for path in (root / "yaml").iterdir())
        theirs = [checker, "--schemafile", str(SCHEMA), *files]
        ours = [timing.THREADSYNC, "validate"]
        seconds = timing.paired(ours, theirs, cwd=root, runs=runs)
    timing.header("check-jsonschema")
    name = f"validate, {count:,} entries"
    milliseconds = [1000 * s for s in seconds]
    timing.row(name, *milliseconds, f"{GOAL} x", verdict=seconds[0] <= GOAL * seconds[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check-jsonschema", default=shutil.which("check-jsonschema"))
    given = parser.parse_args()
    if given.check_jsonschema is None:
        sys.exit("check-jsonschema is not on PATH; name it with --check-jsonschema PATH")
    main(given.count, given.check_jsonschema, given.runs)
