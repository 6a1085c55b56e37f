"""One raw document against its JSON Schema in `schemas/`: which keys and values are wrong.

One reused validator written in Rust decides; only a document that fails is looked at again, by
`explain`, to say what is wrong in a sentence. Both are imported when they are needed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadsync.problems import Finding, Pointer

POST = "post"
CONFIG = "config"
DEFAULTS = "defaults"
"""What `defaults` of the settings and a `_defaults.yaml` may say: one definition of CONFIG's."""


def schema_text(name: str) -> str:
    """The JSON Schema of `name`: a file as it is shipped, or DEFAULTS cut out of one."""
    if name == DEFAULTS:
        return json.dumps(load_schema(DEFAULTS), ensure_ascii=False, indent=2) + "\n"
    from pkgutil import get_data

    data = get_data("threadsync.schemas", f"{name}.schema.json")
    if data is None:
        raise AssertionError(name)
    return data.decode()


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `name` as a dict that nobody may change."""
    if name == DEFAULTS:
        return _cut_out(load_schema(CONFIG))
    schema: dict[str, Any] = json.loads(schema_text(name))
    return schema


def is_valid(name: str, document: dict[str, Any]) -> bool:
    """Whether the schema accepts the document. False as well when it cannot be told quickly."""
    try:
        return bool(_validator(name).is_valid(document))
    except (ValueError, TypeError, OverflowError):  # values that JSON has no word for
        return False


def findings(
    name: str, document: dict[str, Any], written: Callable[[Pointer], str | None]
) -> list[Finding]:
    """Everything the schema has against a document that `is_valid` did not accept, by place.

    `written` tells how a plain value stands in the file.
    """
    from threadsync.reading.explain import explain

    return explain(load_schema(name), document, written)


def _cut_out(config: dict[str, Any]) -> dict[str, Any]:
    definitions = config["$defs"]
    return {
        "$schema": config["$schema"],
        "$id": config["$id"].replace(CONFIG, DEFAULTS),
        **definitions[DEFAULTS],
        "$defs": definitions,
    }


@cache
def _validator(name: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema(name))
