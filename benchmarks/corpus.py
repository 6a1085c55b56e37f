"""A repository of posts like those of people: Markdown and YAML, a third of them with pictures."""

from __future__ import annotations

import random
import subprocess
from io import BytesIO

from PIL import Image

SENTENCE = "the plan shows what apply will do and a state file remembers what is out on threads"
WORDS = SENTENCE.split()


def make(root, count):
    """A git work tree with `count` posts of which everything is published and committed."""
    chance = random.Random(count)
    root.mkdir(parents=True)
    (root / "threadsync.yaml").write_text(
        "media: {store: s3, bucket: b}\npolicy: {alt_text: off}\n"
    )
    (root / ".gitignore").write_text(".threadsync/\n")
    for number in range(count):
        _post(root / "posts" / f"{number // 100:04}", number, chance)
    record_all(root)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "corpus"]):
        subprocess.run(["git", *_WHO, *command], cwd=root, check=True)


_WHO = ["-c", "user.name=b", "-c", "user.email=b@example.com", "-c", "gc.auto=0"]


def _post(folder, number, chance):
    folder.mkdir(parents=True, exist_ok=True)
    text = " ".join(chance.choices(WORDS, k=chance.randrange(20, 70)))
    kind = chance.random()
    pictures = 1 if kind < 0.3 else chance.randrange(3, 11) if kind < 0.4 else 0
    names = [f"{number}-{n}.jpg" for n in range(pictures)]
    for name in names:
        (folder / name).write_bytes(_picture(chance))
    if chance.random() < 0.7:
        body = "".join(f"\n![a picture]({name})\n" for name in names)
        (folder / f"{number}.md").write_text(f"---\ntopic_tag: Python\n---\n{text}\n{body}")
    else:
        media = "".join(f"\n  - {{path: {name}, alt_text: a picture}}" for name in names)
        listed = f"media:{media}\n" if names else ""
        (folder / f"{number}.yaml").write_text(f"text: {text}\n{listed}")


def _picture(chance):
    """A JPEG of about 100 kB, none like another."""
    noise = Image.frombytes("RGB", (240, 180), chance.randbytes(240 * 180 * 3))
    buffer = BytesIO()
    noise.resize((480, 360)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def record_all(root):
    """A state in which everything is published as the files ask."""
    from threadsync.planning.decide import Desired
    from threadsync.reading.loader import load_project
    from threadsync.reading.settings import Request, load_settings
    from threadsync.state.document import state_to_json
    from threadsync.state.model import EntryState, PartState, PartStatus, State

    entries = {}
    for number, entry in enumerate(load_project(load_settings(Request(folder=root), {})).entries):
        desired = Desired.of(entry)
        part = PartState(
            n=1,
            digest=desired.digests[0],
            status=PartStatus.PUBLISHED,
            id=str(18_000_000_000_000_000 + number),
            container_id=str(17_000_000_000_000_000 + number),
            permalink=f"https://www.threads.com/@bench/post/D{number}",
            published_at="2026-11-20T12:00:00Z",
        )
        entries[entry.key] = EntryState(
            entry.source, desired.digest, parts=(part,), total=1
        ).to_json()
    account = {"user_id": "1", "username": "bench"}
    state = State("5b0d6c0e-0000-4000-8000-000000000000", 1, account, entries)
    text = state_to_json(state, written_by="bench", written_at="2026-11-20T12:00:00Z")
    (root / "threadsync.state.json").write_bytes(text)
