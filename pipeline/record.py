"""Drafts in, records out: the final text, its checks, and the provenance that lets anyone make it again.

One record per draft, always: where nothing was generated the record is rejected, or an error, with its reasons.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.agreement import agreement
from pipeline.answer import Answer, form, free
from pipeline.check import check
from pipeline.config.document import Document
from pipeline.guide import style_of
from pipeline.hashes import digest
from pipeline.recipe import engine_version
from pipeline.redact import text_without
from pipeline.schema import CHECKS, Documentation, Draft, Prompt, Status, Unit, Work
from pipeline.tokenizer import Tokenizer
from pipeline.weights import Weights

Row = dict[str, Any]

FAULTS = {"unreadable", "extract_failed", "prompt_failed"}  # nothing was amiss with the source itself


@dataclass(frozen=True, slots=True)
class Maker:
    """What the driver knows of a run, and every record says."""

    run_id: str
    recipe: str
    config: Document
    weights: Weights

    def records(self, work: Work[Draft], tokenizer: Tokenizer) -> Work[Row]:
        """A split's drafts as records, in order."""
        return Work(work.split, tuple(self._rows(work, tokenizer)), work.skipped)

    def _rows(self, work: Work[Draft], tokenizer: Tokenizer) -> Iterator[Row]:
        for ordinal, draft in enumerate(work.items):
            twin = None if draft.reused_from is None else self.id(work.items[draft.reused_from])
            yield {
                "id": self.id(draft),
                "unit_id": draft.prompt.unit.id,
                "split": work.split.id,
                "ordinal": ordinal,
                **origin(draft.prompt.unit),
                **self._guarded(draft, tokenizer),
                "provenance": self.provenance(draft, twin),
            }

    def _guarded(self, draft: Draft, tokenizer: Tokenizer) -> Row:
        try:
            return self.result(draft, tokenizer)
        except Exception as error:  # noqa: BLE001 - the border of one record: its neighbours must not suffer
            return {**_asked(draft.prompt), **_nothing("error", [f"check_failed: {type(error).__name__}"])}

    def id(self, draft: Draft) -> str:
        """The record's id: the hash of unit, task and recipe."""
        return digest(draft.prompt.unit.id, draft.prompt.task, self.recipe)

    def result(self, draft: Draft, tokenizer: Tokenizer) -> Row:
        """Text, status, reasons and checks."""
        prompt = draft.prompt
        asked = _asked(prompt)
        if prompt.reasons:
            return {**asked, **_nothing("error" if FAULTS & {*prompt.reasons} else "rejected", list(prompt.reasons))}
        if draft.error is not None or draft.finish_reason is None:
            return {**asked, **_nothing("error", [draft.error or "not_generated"])}
        text, found = text_without(tokenizer.decode(draft.token_ids), self.config.redact)
        answer = self._answer(draft, text, tokenizer)
        checks, failed = check(answer.prose, prompt.unit.code, answer.ended, self.config.checks)
        checks = dict.fromkeys(CHECKS.names) | checks
        if answer.documentation is not None:
            agreed = agreement(answer.documentation, prompt.unit, prompt.style or style_of(prompt.unit))
            checks |= agreed
            failed += ["invented"] if agreed["invented"] and not self.config.checks.allow_invented else []
        status: Status = "rejected" if failed else "ok"
        return {
            **asked,
            "output": answer.output,
            "documentation": answer.documentation and said(answer.documentation),
            "style": prompt.style,
            "draft": text,
            "redacted": [*asked["redacted"], *found],
            "status": status,
            "reasons": failed,
            "checks": checks,
        }

    def _answer(self, draft: Draft, text: str, tokenizer: Tokenizer) -> Answer:
        if draft.prompt.form is None:
            return free(draft.prompt, trimmed(text, self.stops()), draft.finish_reason != "length")
        return form(draft.prompt, [self._entry(tokenizer.decode(ids), ids[-1]) for ids in draft.stretches])

    def _entry(self, text: str, last: int) -> tuple[str, bool]:
        """What the model wrote into an entry, and whether it came to an end there: by a line, a stop id or string."""
        ended = last in self.weights.stop_ids or any(stop in text for stop in ("\n", *self.stops()))
        return trimmed(text_without(text, self.config.redact)[0], ("\n", *self.stops())), ended

    def stops(self) -> tuple[str, ...]:
        """The strings that end an output."""
        return (*self.config.template.stop, *self.config.model.stop)

    def provenance(self, draft: Draft, reused_from: str | None) -> Row:
        """Everything needed to make the text again; what is not known is null."""
        config, weights, prompt = self.config, self.weights, draft.prompt
        asked = bool(prompt.token_ids)
        return {
            "run_id": self.run_id,
            "recipe": self.recipe,
            "model": weights.id,
            "revision": weights.revision,
            "weights_sha256": weights.weights_sha256,
            "model_license": weights.license,
            "tokenizer_sha256": weights.tokenizer_sha256,
            "template": config.template.name,
            "template_sha256": digest(config.template.model_dump(mode="json")),
            "prompt_sha256": prompt.sha256 if asked else None,
            "seed": draft.seed,
            "sampling": {
                **config.sampling.model_dump(include={"temperature", "top_p", "top_k"}),
                "max_tokens": config.tasks[prompt.task].max_tokens,
            },
            "dtype": draft.dtype,
            "engine": "starscribe" if config.engine.name == "native" else config.engine.name,
            "engine_version": engine_version(config.engine.name),
            "device": draft.device,
            "prompt_tokens": len(prompt.token_ids) if asked else None,
            "output_tokens": len(draft.token_ids) if draft.finish_reason else None,
            "finish_reason": draft.finish_reason,
            "cut": prompt.cut,
            "reused_from": reused_from,
            "generated_at": draft.generated_at,
            "machine_generated": True,
        }


def origin(unit: Unit) -> Row:
    """Where the unit comes from and what it is."""
    at = unit.origin
    return {
        "repo": at.repo,
        "path": at.path,
        "commit": at.commit,
        "language": at.language,
        "licenses": list(at.licenses),
        "blob_id": at.blob_id,
        "kind": unit.kind,
        "name": unit.name,
        "signature": unit.signature,
        "start_line": unit.start_line,
        "end_line": unit.end_line,
        "start_byte": unit.start_byte,
        "end_byte": unit.end_byte,
        "code": unit.code,
    }


def said(documentation: Documentation) -> Row:
    """A documentation as the value of its column."""
    items = {key: [asdict(item) for item in getattr(documentation, key)] for key in ("parameters", "raises")}
    return asdict(documentation) | items


def _asked(prompt: Prompt) -> Row:
    return {
        "task": prompt.task,
        "instruction": prompt.instruction,
        "input": prompt.input,
        "redacted": list(prompt.unit.redacted),
    }


def _nothing(status: Status, reasons: list[str]) -> Row:
    nothing = dict.fromkeys(("output", "documentation", "style", "draft"))
    return {**nothing, "status": status, "reasons": reasons, "checks": None}


def trimmed(text: str, stops: tuple[str, ...]) -> str:
    """The text up to the first string that ends an output, without white space around it."""
    ends = [at for stop in stops if (at := text.find(stop)) >= 0]
    return text[: min(ends, default=None)].strip()
