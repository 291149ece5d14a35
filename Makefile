# One command does what CI does. `make` alone tells what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix bench soak fuzz faults day golden rewrite wheel wheelhouse lint
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv/bin
PYTEST_ARGS ?= -q
# three for two cores: much of what these tests do is to wait for real programs
WORKERS ?= 3
ARGS ?=
ONLY ?=
SCHEDULE ?=
SEED ?=
MINUTES ?=
DAYS ?= 200
SECONDS ?= 900

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## install everything into .venv; quick when nothing has changed
	@PYTHON="$(PYTHON)" bash setup/setup.sh

demo: setup  ## run plant, brokers, gateway, dashboard and kiosk; ARGS="--headless --seconds 60"
	@exec $(VENV)/sotpunkt-demo $(ARGS)

test: setup lint  ## all checks and all tests; PYTEST_ARGS="-k name", WORKERS=n
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: setup lint  ## lint, format, types, imports, architecture; seconds, not minutes
	@$(VENV)/python -m pytest -q tests/architecture

fix: setup  ## repair format and what lint can repair by itself
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

bench: setup  ## print measurements, one JSON object a line; ONLY=name for one
	@$(VENV)/python -m bench $(ONLY)

soak: setup  ## play days on the screen and count what they leave behind; DAYS=n, at most SECONDS=n
	@exec $(VENV)/python -m bench.kiosk_soak $(DAYS) --seconds $(SECONDS)

fuzz: setup  ## try every address of the dashboard with requests that are made up; EXAMPLES=n of each kind, SEED=n
	@SOTPUNKT_FUZZ=$(or $(EXAMPLES),50) SOTPUNKT_FUZZ_SEED=$(or $(SEED),1) $(VENV)/python -m pytest -q tests/dashboard/test_schemathesis.py

faults: setup  ## break a whole house on purpose and count what is lost; SCHEDULE=file, or SEED=n MINUTES=n
	@exec $(VENV)/python -m faults $(SCHEDULE) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

day: setup  ## a day of warnings before a real kiosk, with faults, judged minute by minute; SEED=n
	@exec $(VENV)/python -m faults.day $(if $(SEED),--seed $(SEED))

golden: setup  ## draw and check every page in every language, size and state, into build/golden; ARGS="--only language=fi"
	@$(VENV)/python -m golden all $(ARGS)

rewrite: setup  ## rewrite the expected files of the tests; read the difference before you keep it
	@$(VENV)/python -m pytest -q --rewrite-golden
	@git --no-pager diff --stat -- tests

wheel: setup  ## build the wheel into dist/
	@$(VENV)/python -m hatchling build -t wheel

wheelhouse: setup  ## fill .wheelhouse with all that hw/host/install needs, for a box without internet
	@$(VENV)/python -m hatchling build -t wheel -d .wheelhouse

lint:
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-cache
