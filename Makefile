# The targets a person and CI both use. `make demo` and `make test` do all their own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are processors: tests that kill and start processes wait a good deal.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(1 + (os.cpu_count() or 1))")
MINUTES ?= 60

.PHONY: demo test page-tools database-tools laws lint docs bench bench-data bench-identify bench-scale fuzz format clean

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Licet needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "cannot make a virtual environment: on Debian, apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,lint,docs]'
	touch $@

demo: $(VENV)/.ready
	rm -rf demo-out
	$(BIN)/licet demo --out demo-out

# What the tests of the pages look with.
page-tools:
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

# What the tests of the database run on.
database-tools:
	command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql; }

# Python keeps what it compiled, whatever the caller's environment says: else each process compiles all again.
test: export PYTHONDONTWRITEBYTECODE :=
# There is a worker for each processor: threads of theirs would but wait for one another.
test: export OMP_NUM_THREADS := 1
test: $(VENV)/.ready page-tools database-tools
	$(BIN)/python -c 'from licet.identify.rehearsing import rehearse; rehearse()'  # compiled once, and not by each worker
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term --cov-report=json:.coverage.json
	$(BIN)/python tests/coverage_floor.py .coverage.json

# The laws that never bend, over 140,000 random sets of evidence.
laws: $(VENV)/.ready
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -q -n $(WORKERS) tests/policy/test_laws.py

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.ready
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# Real music to measure on: Debian's free game music, unpacked below .bench, and the tools that distort it, installed.
BENCH_TOOLS := ffmpeg sox rubberband-cli espeak-ng libchromaprint-tools
BENCH := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python

bench-data: $(VENV)/.ready
	dpkg -s $(BENCH_TOOLS) >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(BENCH_TOOLS); }
	$(BENCH) benchmarks/music.py

bench: bench-data
	$(BENCH) benchmarks/clearance.py
	$(BENCH) benchmarks/metadata.py
	$(BENCH) benchmarks/bulk.py
	$(BENCH) benchmarks/log.py
	$(BENCH) benchmarks/receipts.py
	$(BENCH) benchmarks/registry.py
	$(BENCH) benchmarks/load.py
	$(BENCH) benchmarks/gate.py --reads 1000000

# What is found of changed music and what is found that is not there; half an hour and 10 GB the first time.
bench-identify: bench-data
	$(BENCH) benchmarks/identify.py --json .bench/identify.json

# A million recordings: an hour or two the first time; 17 GB, and as much again while all is merged.
bench-scale: bench-data
	$(BENCH) benchmarks/scale.py --merge --json .bench/scale.json

# Noise for every reader of a signal: an hour, or `make fuzz MINUTES=3`.
fuzz: $(VENV)/.ready
	$(BIN)/python benchmarks/fuzz.py --minutes $(MINUTES)

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) demo-out docs/_build .coverage .coverage.*
