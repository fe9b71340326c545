"""The head of a run's manifest: what the run is, before anything is counted.

In: configuration, located model, recipe, run id. Out: plain values for JSON. The counts and the list of parts follow
in `pipeline.run.summary`. The path of the input stays out, all but its last name: manifests are published.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pipeline
from pipeline.config.document import Document
from pipeline.recipe import Recipe
from pipeline.weights import Weights

Manifest = dict[str, Any]

SCHEMA_VERSION = 1


def facts(
    config: Document,
    weights: Weights,
    recipe: Recipe,
    run_id: str,
    quarantined: Mapping[str, str],
) -> Manifest:
    """What the manifest says of the run that wrote it; `created` is the time now, ISO 8601 in UTC.

    `quarantined` are the shards that were left out, by name, with the reason of each.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "starscribe": pipeline.__version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run_id,
        "input": Path(config.input.path).resolve().name,
        "quarantined": dict(quarantined),
        "model": {
            "id": weights.id,
            "revision": weights.revision,
            "license": weights.license,
            "weights_sha256": weights.weights_sha256,
            "tokenizer_sha256": weights.tokenizer_sha256,
            "window": weights.window,
        },
        "template": config.template.name,
        "tasks": {name: task.model_dump(mode="json") for name, task in config.tasks.items()},
        "sampling": config.sampling.model_dump(mode="json"),
        "recipe_sha256": recipe.sha256,
        "recipe": recipe.tree,
        "machine_generated": True,
    }
