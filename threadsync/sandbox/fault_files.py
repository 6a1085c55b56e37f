"""Files of faults: YAML or JSON, with a list of texts or objects as the steering takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.errors import UsageError
from threadsync.sandbox.faults import faults_from_json

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.sandbox.faults import Fault


def read_faults(path: Path) -> list[Fault]:
    """The faults of a file, in its order; UsageError when it cannot be read or one is no fault."""
    raw = _document(path)
    if raw is None:
        raise UsageError(f"{path}: there is nothing in it; write a list of faults")
    try:
        return faults_from_json(raw)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def _document(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a file of faults") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8; save it as UTF-8") from error
    # PyYAML raises ValueError for a date that there is not, and goes down as deep as it is told.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = " ".join(str(error).split())
        raise UsageError(f"{path}: {words}; write YAML or JSON") from error
