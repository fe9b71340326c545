# Each target sets up what it needs: a virtual environment with everything that constraints.txt pins.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench clean

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# The packages of the standard library that the demo documents, as a list of directories.
STDLIB := import importlib.util as u; print([u.find_spec(p).submodule_search_locations[0] for p in "json email http logging".split()])

demo: .venv/ready demo/shards  ## document some of the standard library with the bundled model
	$(BIN)/python -m jobs.document conf/demo.yaml --input.path demo/shards --output.path demo/out

demo/shards: | .venv/ready
	$(BIN)/python -m jobs.ingest --source.paths "$$($(BIN)/python -c '$(STDLIB)')" --output.path $@

test: .venv/ready  ## the whole suite
	$(BIN)/pytest

check: .venv/ready  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/ready  ## the benchmarks
	$(BIN)/python -m jobs.benchmark conf/benchmark.yaml

clean:
	rm -rf .venv demo
