"""The report says what the manifest says, stands alone, and lets no text out of its place."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.recipe import Recipe
from pipeline.report import LONGEST, page, percent, publish
from pipeline.visible import visible
from tests.finished import CODE, Finished, finished, row, rows


class Page(HTMLParser):
    """What a browser makes of a page, as far as it matters here: its elements, and the text of some."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(sorted(attributes))) for tag, attributes in self.elements]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    mixed = rows(30, lambda number: "error" if number == 7 else "rejected" if number % 5 == 0 else "ok")
    return finished(tmp_path_factory.mktemp("run") / "out", [mixed[:15], mixed[15:]])


def cells(text: str, title: str) -> dict[str, int]:
    """The counts of one table of the page by label."""
    section = re.search(rf"<h3>{title}</h3>(.*?)</section>", text, re.DOTALL)
    assert section is not None
    found = re.findall(r'<th scope="row">([^<]*).*?<td class="number">([\d,]+)<', section[1], re.DOTALL)
    return {html.unescape(label): int(count.replace(",", "")) for label, count in found}


def test_the_tables_say_what_the_manifest_says(run: Finished) -> None:
    text, tally = page(run.manifest, []), run.manifest["tally"]
    for title, dimension in (("Status", "status"), ("Reasons", "reason"), ("Kind", "kind"), ("Task", "task")):
        assert cells(text, title) == tally[dimension]
    assert cells(text, "Language") == {"Python": 30}
    assert cells(text, "Input rows left out") == run.manifest["skipped"] == {"license": 4}


def test_the_histograms_count_every_draft(run: Finished) -> None:
    text = page(run.manifest, [])
    for unit, counted in (("tokens", 60), ("milliseconds", 30)):
        bins = re.findall(rf"<title>[^<]*at most [\d,]+ {unit}: ([\d,]+)</title>", text)
        assert sum(map(int, bins)) == counted


def test_the_recipe_can_be_read_off_the_page(run: Finished) -> None:
    text = page(run.manifest, [])
    for known in ("tiny", "Apache-2.0", "a" * 64, "b" * 64, "greedy", run.manifest["recipe_sha256"], "Explain it."):
        assert known in text
    assert "not known" in text, "the model's revision"


def test_the_page_needs_nothing_from_elsewhere_and_runs_its_own_script_only(run: Finished) -> None:
    seen = Page(page(run.manifest, [row(1)]))
    assert not [tag for tag, attributes in seen.elements if {"src", "href", "srcset", "action"} & attributes.keys()]
    assert not [a for _, attributes in seen.elements for a in attributes if a.startswith("on")]
    policy = next(a["content"] for _, a in seen.elements if a.get("http-equiv") == "Content-Security-Policy")
    (script,) = seen.texts["script"]
    sha256 = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith(f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{sha256}';")
    assert "url(" not in seen.texts["style"][0]
    assert "@import" not in seen.texts["style"][0]


def test_a_record_shows_its_code_its_text_and_why_it_was_rejected(run: Finished) -> None:
    shown = [row(1), row(2, "rejected"), row(3, "error")]
    text = page(run.manifest, shown)
    seen = Page(text)
    assert seen.texts["pre"][0] == CODE
    assert "Number 1: the area of a rectangle." in text
    assert "the text is degenerate: the same words over and over" in text
    assert "not_generated" in seen.texts["article"][2]
    assert "Nothing was generated." in seen.texts["article"][2]
    marked = [a["data-status"] for tag, a in seen.elements if tag == "article"]
    assert marked == ["ok", "rejected", "error"]


def test_a_long_text_is_cut_and_says_so(run: Finished) -> None:
    text = page(run.manifest, [row(1, code="x" * (LONGEST + 1234))])
    assert "… 1,234 more characters" in text
    assert "x" * (LONGEST + 1) not in text


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                *(
                    "</script>",
                    "<script>alert(1)</script>",
                    "</pre>",
                    "</style>",
                    "<!--",
                    "]]>",
                    "<img src=x onerror=y>",
                ),
                *('"', "'", "`", "&lt;", "\u202e", "\u2066", "\x00", "\r", "{{ 1 }}", "{% raw %}", "javascript:", ">"),
            ]
        ),
        max_size=6,
    ).map("".join),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOSTILE, HOSTILE)
def test_no_text_breaks_out_of_its_place(run: Finished, one: str, other: str) -> None:
    tame = page(*dressed(run.manifest, "tame", "words"))
    wild = page(*dressed(run.manifest, one, other))
    assert Page(wild).shape() == Page(tame).shape(), "the same elements with the same attributes"
    assert Page(wild).texts["script"] == Page(tame).texts["script"]
    assert not set(wild) & {"\u202e", "\u2066", "\x00", "\r"}
    assert Page(wild).texts["pre"][0] == visible(one + "!")


def dressed(manifest: dict[str, Any], one: str, other: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A manifest and a record with foreign text wherever it can stand; never empty, since what is empty is left out."""
    text, more = one + "!", other + "?"
    where = {"repo": text, "path": more, "name": text, "kind": more, "task": text, "reasons": [more]}
    shown = row(1, code=text, output=more, **where)
    tally = {**manifest["tally"], "reason": {more: 1}, "language": {text: 1}}
    model = {**manifest["model"], "id": text, "license": more}
    return {**manifest, "tally": tally, "model": model, "input": more, "recipe": {text: more}}, [shown]


def test_publishing_twice_changes_nothing(run: Finished) -> None:
    publish(run.store, run.manifest)
    before = [(run.out / name).read_bytes() for name in ("report.html", "README.md")]
    publish(run.store, {**run.manifest, "run_id": "another"})
    assert [(run.out / name).read_bytes() for name in ("report.html", "README.md")] == before
    articles = [a for tag, a in Page(before[0].decode()).elements if tag == "article"]
    assert len(articles) == 30


@pytest.mark.parametrize("status", ["ok", "rejected"])
def test_a_run_without_good_or_without_rejected_records_has_a_report(tmp_path: Path, status: str) -> None:
    run = finished(tmp_path / "out", [rows(3, lambda number: status)])
    publish(run.store, run.manifest)
    assert cells((run.out / "report.html").read_text(), "Status") == {status: 3}


def test_a_run_without_any_record_has_a_report(tmp_path: Path) -> None:
    run = finished(tmp_path / "out", [[]])
    publish(run.store, run.manifest)
    assert "The run has no records." in (run.out / "report.html").read_text()


def test_the_manifest_names_the_run_and_no_place_of_the_machine(run: Finished) -> None:
    assert run.manifest["machine_generated"] is True
    assert run.manifest["input"] == "shards"
    assert str(run.out.parent) not in json.dumps(run.manifest)
    assert run.manifest["recipe_sha256"] == Recipe(run.manifest["recipe"]).sha256


def test_no_share_that_is_there_rounds_to_zero() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.0014, 0.5, 1)] == ["0.0%", "<0.1%", "0.1%", "50.0%", "100.0%"]
