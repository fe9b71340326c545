"""Configurations are stacked, overridden, and refused with the key, the value and what is allowed."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.config import describe, dump, load
from pipeline.config.document import Document
from pipeline.config.load import overlay, split_arguments
from pipeline.errors import UsageError

BASE = """
input: {path: shards}
tasks: {explain: {instruction: Explain.}}
model: {path: m, window: 512}
output: {path: out}
"""


@pytest.fixture
def base(tmp_path: Path) -> str:
    path = tmp_path / "base.yaml"
    path.write_text(BASE)
    return str(path)


def test_later_files_and_overrides_win(tmp_path: Path, base: str) -> None:
    (tmp_path / "more.yaml").write_text("model: {window: 256}\nsampling: {seed: 3}")
    config = load(Document, [base, str(tmp_path / "more.yaml"), "--model.window", "384", "--output.path=there"])
    assert (config.model.path, config.model.window, config.sampling.seed) == ("m", 384, 3)
    assert config.output.path == "there"


def test_a_file_lies_over_what_it_includes_and_knows_where_it_is(tmp_path: Path, base: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "top.yaml").write_text("include: [../base.yaml]\nmodel: {path: '${here}/weights'}")
    config = load(Document, [str(tmp_path / "sub" / "top.yaml")])
    assert config.model.path == f"{tmp_path}/sub/weights"
    assert config.input.path == "shards"


def test_a_circle_of_includes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("include: [a.yaml]")
    with pytest.raises(UsageError, match="includes itself"):
        load(Document, [str(tmp_path / "a.yaml")])


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--modle.path", "x"], ["modle", "no such key", "Did you mean model?"]),
        (["--model.pth", "x"], ["model.pth", "no such key", "Did you mean model.path?"]),
        (["--sampling.seed", "many"], ["sampling.seed", "'many'", "integer"]),
        (["--sampling.seed", "-1"], ["sampling.seed", "-1", "greater than or equal to 0"]),
        (["--model.dtype", "int3"], ["model.dtype", "'int3'", "'float32'"]),
        (["--units.kinds", "[lambda]"], ["units.kinds.0", "'lambda'", "'function'"]),
        (["--sampling.top_k", "5"], ["temperature 0", "top_k"]),
        (["--tasks.explain.max_tokens", "512"], ["tasks.explain.max_tokens", "model.window", "lower it"]),
        (["--engine.step_tokens", "1.5"], ["engine.step_tokens", "1.5"]),
        (
            ["--engine.step_tokens", "100", "--engine.max_requests", "101"],
            ["engine.max_requests", "101", "at most 100"],
        ),
        (["--model.stop", "['']"], ["model.stop.0", "at least 1 character"]),
        (["--checks.language", "english"], ["checks.language", "'english'", "'en'"]),
        (["--cluster.cpus_per_replica", ".inf"], ["cluster.cpus_per_replica", "inf"]),
        (["--sampling.temperature", "1e-30"], ["sampling.temperature", "at least 0.01"]),
        (["--template.with_input", "hello"], ["template.with_input", "{instruction}"]),
        (["--output"], ["--output has no value"]),
        (["--output.path", "[a"], ["--output.path", "not a YAML value"]),
        (["absent.yaml"], ["no configuration file absent.yaml"]),
    ],
)
def test_what_does_not_fit_is_named(base: str, arguments: list[str], parts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        load(Document, [base, *arguments])
    assert caught.value.exit_status == 2
    for part in parts:
        assert part in str(caught.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("")
    with pytest.raises(UsageError, match=r"input: this key is needed.*--input\.path VALUE"):
        load(Document, [str(tmp_path / "empty.yaml")])


@pytest.mark.parametrize(
    "text", ["- a list", "a: [", "\x00", "include: 5", "include: other.yaml", "include: [1]", "a: &a [*a]"]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"bad\.yaml"):
        load(Document, [str(tmp_path / "bad.yaml")])


def test_the_resolved_configuration_reads_back_as_itself(tmp_path: Path, base: str) -> None:
    config = load(Document, [base, "--sampling.temperature", "0.5"])
    (tmp_path / "resolved.yaml").write_text(dump(config))
    assert load(Document, [str(tmp_path / "resolved.yaml")]) == config


@pytest.mark.parametrize("file", ["top.yaml", "including.yaml"])
def test_what_a_person_must_type_is_refused_in_a_file(tmp_path: Path, base: str, file: str) -> None:
    (tmp_path / "top.yaml").write_text("model: {trust_remote_code: true}")
    (tmp_path / "including.yaml").write_text("include: [top.yaml]")
    with pytest.raises(UsageError, match=r"model\.trust_remote_code: True stands in a file.*on the command line"):
        load(Document, [base, str(tmp_path / file)])
    with pytest.raises(UsageError, match="stands in a file"):
        load(Document, [base, str(tmp_path / file), "--model.trust_remote_code", "true"])
    assert load(Document, [base, "--model.trust_remote_code", "true"]).model.trust_remote_code
    (tmp_path / "top.yaml").write_text("model: {trust_remote_code: false}")
    assert not load(Document, [base, str(tmp_path / file)]).model.trust_remote_code


@pytest.mark.parametrize("key", ["input.path", "output.path"])
@pytest.mark.parametrize(
    "path",
    [
        "s3://AKIA:c4nary@bucket/x",
        "s3://c4nary@bucket/x",
        "s3://bucket/x?secret_key=c4nary",
        "gs://b?a=1&X-Token=c4nary",
    ],
)
def test_credentials_in_a_path_are_refused_and_not_repeated(base: str, key: str, path: str) -> None:
    with pytest.raises(UsageError, match="holds credentials, which would stand in the output") as caught:
        load(Document, [base, f"--{key}", path])
    assert "c4nary" not in str(caught.value)


@pytest.mark.parametrize("path", ["s3://bucket/a@b/x?endpoint_override=localhost:9000", "/data/me@home", "a?b"])
def test_a_path_without_credentials_is_a_path(base: str, path: str) -> None:
    assert load(Document, [base, "--output.path", path]).output.path == path


def test_a_configuration_cannot_be_changed(base: str) -> None:
    config = load(Document, [base])
    with pytest.raises(ValueError, match="frozen"):
        config.output.path = "elsewhere"  # type: ignore[misc]


def test_help_lists_each_key_with_meaning_and_default() -> None:
    text = describe(Document)
    assert "--input.path  (needed)" in text
    assert "--engine.name  [native]" in text
    assert "--tasks.NAME.max_tokens  [256]\n      longest output, or entry of a guided one, or section [tokens]" in text
    assert "--units.kinds  [[function, method, class, module]]" in text


def test_overlay_merges_mappings_and_replaces_the_rest() -> None:
    assert overlay({"a": {"x": 1, "y": [1]}}, {"a": {"y": [2]}, "b": 3}) == {"a": {"x": 1, "y": [2]}, "b": 3}


def test_both_spellings_of_an_override_are_the_same() -> None:
    assert split_arguments(["--a.b", "[1, 2]"]) == split_arguments(["--a.b=[1, 2]"]) == ([], [("a.b", [1, 2])])


def test_configuration_and_schema_load_neither_torch_nor_ray() -> None:
    modules = "pipeline.config, pipeline.config.document, pipeline.schema"
    code = f"import sys, {modules}; print({{'torch', 'ray'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_yaml_of_the_repository_is_mappings() -> None:
    for path in Path(__file__).parents[2].glob("conf/**/*.yaml"):
        assert isinstance(yaml.safe_load(path.read_text()), dict), path


def test_a_switch_needs_no_value() -> None:
    switches = ["on.dry_run", "check"]
    arguments = ["--on.dry-run", "a.yaml", "--check", "false", "--check", "--a-b", "1", "--check=true", "--check"]
    paths, overrides = split_arguments(arguments, switches)
    assert paths == [Path("a.yaml")]
    assert overrides == [
        ("on.dry_run", True),
        ("check", False),
        ("check", True),
        ("a-b", 1),
        ("check", True),
        ("check", True),
    ]
