"""The main job: shards of source code in, documented records out, on Ray Data.

Each split of the input travels whole through the steps below and is committed once. The job can be killed at any
instant: the same command goes on where it stopped, and a finished run started again does nothing.

Ray is imported only where something is generated: a finished run needs none of it, and planning reads the schemas of
shards that nobody has vetted, which must happen before `ray.data` registers its extension types.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobs.cli import main
from pipeline import report, tokenizer
from pipeline.config import dump
from pipeline.config.document import Document
from pipeline.errors import LimitError, RefusedError, UsageError
from pipeline.extract import bare, extract
from pipeline.faults import reached
from pipeline.limits import Watch
from pipeline.manifest import Manifest, facts
from pipeline.plan import Plan, complaint, current, plan
from pipeline.progress import Progress, say
from pipeline.prompt import Prompter
from pipeline.recipe import recipe
from pipeline.record import Maker
from pipeline.redact import redacted, withheld
from pipeline.run import Commit, Run
from pipeline.schema import Draft, File, Prompt, Split, Unit, Work
from pipeline.store import Store, opened, probe
from pipeline.summary import summarize
from pipeline.tries import Tries
from pipeline.weights import Weights, locate
from pipeline.write import write

CONFIG = Document


def run(config: Document) -> int:
    """Document the input, and return 0; or raise what the exit statuses stand for."""
    weights = locate(config.model)
    refuse_contradictions(config, weights)
    prompter(config, weights)
    made, store = recipe(config, weights), opened(config.output.path)
    this = Run(store)
    planned = planned_input(config, this)
    this.claim(made, planned)
    maker = Maker(this.id, made.sha256, config, weights)
    manifest = this.manifest()
    if manifest is None:
        probe(store)
        store.create(f"_starscribe/config-{this.id}.yaml", dump(config).encode())
        generate(config, planned, maker, store, this)
        manifest = this.finish(planned, facts(config, weights, made, this.id, planned.quarantined))
        report.publish(store, manifest)
        reached("report.published")
        this.seal(manifest)
    else:
        say(f"{config.output.path} is complete: nothing to do.")
    summarize(store, manifest, config)
    return verdict(config, manifest)


def refuse_contradictions(config: Document, weights: Weights) -> None:
    """UsageError for settings that each make sense alone."""
    for name, task in config.tasks.items():
        if task.longest >= weights.window:
            raise UsageError(
                f"tasks.{name}.max_tokens: {task.longest} leaves no room for a prompt in the model's window "
                f"({weights.window} tokens); lower it."
            )
    if config.limits.unit_seconds is not None and config.engine.name != "native":
        raise UsageError(
            f"limits.unit_seconds: engine.name {config.engine.name} cannot end a text early; take native, or null."
        )
    if "://" in config.input.path + config.output.path:
        return
    shards, out = Path(config.input.path).resolve(), Path(config.output.path).resolve()
    if out.is_relative_to(shards) or shards.is_relative_to(out):
        raise UsageError(
            f"output.path {out} and input.path {shards} lie in one another; give them places of their own."
        )


def planned_input(config: Document, this: Run) -> Plan:
    """The plan that the output was claimed with while the input is the same, else one of the input as it is."""
    old = this.planned()
    planned = (old and current(old, config.input)) or plan(config.input)
    if not planned.splits:
        raise RefusedError(f"The input {config.input.path} holds no rows; give shards that hold source files.")
    return planned


def generate(config: Document, planned: Plan, maker: Maker, store: Store, this: Run) -> None:
    """Generate and commit every split that is not committed yet."""
    done = set(this.committed())
    todo = [split for split in planned.splits if split.id not in done]
    before = this.commits(split.id for split in planned.splits if split.id in done)
    watch = Watch(config.limits, planned)
    with Progress(planned, watch.resumed(before), len(todo), len(config.tasks)) as progress:
        for commit in commits(config, planned, todo, maker, store, this) if todo else ():
            progress.update(commit)
            watch.update(commit)


def commits(
    config: Document, planned: Plan, splits: Sequence[Split], maker: Maker, store: Store, this: Run
) -> Iterator[Commit]:
    """The steps of the way, in order; each split's commit as it is made."""
    import ray.data

    from jobs.cluster import REPLICA, pool, started
    from pipeline.replica import Replica
    from pipeline.source import SplitSource, over, unpack

    weights, in_flight = maker.weights, config.cluster.splits_in_flight
    with started(config.cluster) as placement:
        source, readers = SplitSource(planned, splits, config.input), placement.readers
        dataset = (
            ray.data.read_datasource(source, override_num_blocks=len(source), concurrency=readers, num_cpus=0)
            .map(over(units, config=config), concurrency=readers)
            .map(over(prompts, config=config, weights=weights), concurrency=readers)
            .map(
                Replica,
                fn_constructor_args=(
                    config,
                    weights,
                    config.engine.threads or placement.threads,
                    Tries(store, this.id, placement.replicas),
                ),
                compute=pool(placement, in_flight),
                num_gpus=placement.gpus,
                num_cpus=placement.cpus,
                runtime_env=REPLICA,
            )
            .map(over(commit, maker=maker, store=store, run=this), concurrency=readers, num_cpus=0)
        )
        for row in dataset.iter_rows():
            yield unpack(row)


def units(work: Work[File], config: Document) -> Work[Unit]:
    """The split's files as units, without secrets and personal data."""
    clean = work.each(lambda file: [redacted(file, config.redact)], lambda file, _: [withheld(file)])
    return clean.each(
        lambda it: map(it.placed, extract(it.file, config.units.kinds)),
        lambda it, _: [it.placed(bare(it.file, "extract_failed"))],
    )


def prompts(work: Work[Unit], config: Document, weights: Weights) -> Work[Prompt]:
    """The split's units as prompts, one for each task."""
    return work.each(
        prompter(config, weights),
        lambda unit, _: [Prompt(unit, task, "", "", reasons=("prompt_failed",)) for task in config.tasks],
    )


def prompter(config: Document, weights: Weights) -> Prompter:
    """What makes a run's prompts. RefusedError if the model cannot be prompted so."""
    tokens = tokenizer.load(weights.path)
    return Prompter(config.template, config.tasks, tokens, weights.window, config.units.max_bytes)


def commit(work: Work[Draft], maker: Maker, store: Store, run: Run) -> Commit:
    """The split's drafts checked, written and committed."""
    records = maker.records(work, tokenizer.load(maker.weights.path))
    return write(records, work.items, store, run)


def verdict(config: Document, manifest: Manifest) -> int:
    """0, or LimitError if more of the run was rejected or failed than the limits allow, or shards were left out."""
    complaints = list(excesses(config, manifest))
    if complaints:
        raise LimitError("The run is complete, but " + "\nAlso, ".join(complaints))
    return 0


def excesses(config: Document, manifest: Manifest) -> Iterator[str]:
    """What is more than the limits allow, as ends of a sentence."""
    status, limits = manifest["tally"].get("status", {}), config.limits
    total = sum(status.values())
    for name, key, limit in (("rejected", "rejected", limits.rejected), ("error", "errors", limits.errors)):
        if status.get(name, 0) > limit * total:
            yield (
                f"{status[name] / total:.1%} of its records are {name}, more than limits.{key} allows ({limit:.1%}); "
                f"{config.output.path}/report.html shows the reasons."
            )
    if quarantined := manifest["quarantined"]:
        yield (
            f"{len(quarantined)} of the input's shards were left out:\n"
            f"{complaint(quarantined)}\nReplace them, and document them into an output of their own."
        )


if __name__ == "__main__":
    sys.exit(main("document"))
