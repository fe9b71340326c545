"""The command line: `starscribe JOB CONF… [--key.subkey value …]`, the same as `python -m jobs.JOB CONF… …`.

Reads the configuration, runs the job, and turns whatever ends it into a sentence and an exit status: 0 complete;
1 unexpected; 2 usage or configuration; 3 refused; 4 complete beyond `limits`; 75 stopped, run it again to go on.
"""

import importlib
import inspect
import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType

from rich.console import Console

from pipeline.config import describe, load
from pipeline.errors import StarscribeError, StoppedError, UsageError
from pipeline.visible import visible

JOBS = {
    "ingest": "directories, git checkouts and archives → shards of source code",
    "document": "shards → records: explanations and docstrings, with provenance",
    "apply": "records → documentation in a source tree, or a patch",
    "finetune": "instruction pairs → a model",
    "benchmark": "extraction by language, and engines side by side on the same requests",
}
RESUME = {
    "document": "Nothing that is committed is lost: run the same command again to go on.",
    "apply": "Every file is as it was, or whole with its documentation: run the same command again to go on.",
}
BEGIN_ANEW = "Nothing was finished: run the same command again to begin anew."
HELP = ("-h", "--help")


def main(job: str | None = None) -> int:
    """Run a job with the process's arguments; without `job`, the first argument names it."""
    arguments = sys.argv[1:]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character must not end a job
    errors = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)
    signal.signal(signal.SIGTERM, _stop)
    try:
        return _run(job, arguments)
    except (KeyboardInterrupt, StoppedError) as error:
        errors.print(visible(f"\nStopped. {error}".rstrip()), markup=False)
        errors.print(RESUME.get(job or next(iter(arguments), ""), BEGIN_ANEW), markup=False)
        return StoppedError.exit_status
    except StarscribeError as error:
        errors.print(visible(str(error)), style="red", markup=False)
        return error.exit_status


def _stop(signum: int, _frame: FrameType | None) -> None:
    # No Exception: a library that wraps those, as boto3 does within a request, must not make it something to retry.
    raise KeyboardInterrupt(f"Received {signal.Signals(signum).name}.")


def _run(job: str | None, arguments: Sequence[str]) -> int:
    if job is None:
        if not arguments or arguments[0] in HELP:
            _print(usage())
            return 0 if arguments else UsageError.exit_status
        job, *arguments = arguments
    if job not in JOBS:
        raise UsageError(f"There is no job {job!r}. The jobs are: {', '.join(JOBS)}.")
    module = importlib.import_module(f"jobs.{job}")
    if any(argument in HELP for argument in arguments):
        _print(manual(job, module))
        return 0
    status: int = module.run(load(module.CONFIG, arguments))
    return status


def usage() -> str:
    """What `starscribe --help` prints."""
    lines = (f"  {name:10} {does}" for name, does in JOBS.items())
    return "\n".join(
        (
            "usage: starscribe JOB CONF… [--key.subkey value …]",
            "",
            *lines,
            "",
            "starscribe JOB --help lists a job's keys.",
        )
    )


def manual(job: str, module: ModuleType) -> str:
    """What a job's `--help` prints: what it does, and each key with meaning and default."""
    head = f"usage: starscribe {job} CONF… [--key.subkey value …]"
    return "\n\n".join((head, inspect.getdoc(module) or "", "Keys, with their [default]:\n" + describe(module.CONFIG)))


def _print(text: str) -> None:
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


if __name__ == "__main__":
    sys.exit(main())
