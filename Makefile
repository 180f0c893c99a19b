# `make` lists the targets. Works with GNU make 3.81 or newer (macOS has 3.81).

# Which Python makes .venv, when there is none yet, and the port of the app: both may come from the environment too.
PYTHON ?= python3
PORT ?= 8501

python = .venv/bin/python
is_new_enough = -c 'import sys; sys.exit(sys.version_info < (3, 11))'

# What .venv was last filled from. Contents are compared, not times, because git sets times as it likes; the record is
# written last, so that an install which was cut short is done again; the version is in it for a Python upgraded since.
contents = { $(python) -V && cat requirements.txt; } 2>&1
record = .venv/installed-requirements.txt

# HOST is where the app listens: this machine only, or the network. The app prints the address to open.
run: HOST = 127.0.0.1
serve: HOST = 0.0.0.0
start = $(python) -m streamlit run app.py --server.address $(HOST) --server.port $(PORT)

# Whoever can reach a single user's app is that user, so that only `run` on a loopback address may say so.
unexport VAELAB_SINGLE_USER
single_user = $(if $(filter 127.% localhost ::1,$(HOST)),VAELAB_SINGLE_USER=1)

# Two processes at a time, which share no file's fixtures and compute on one thread each; the order is that of conftest.
pytest = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run serve test test-fast check bench soak screenshots examples pictures install

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: install ## start the app for yourself, on this machine only (PORT=8600 for another port)
	@exec env $(single_user) $(start)

serve: install ## start the app for a class, reachable from the network
	@exec $(start)

test: install ## run every test (the browser tests need a Chromium)
	@$(pytest)

test-fast: install ## run the tests without a browser and without long trainings
	@$(pytest) tests/unit tests/app -m 'not quality'

check: install ## check style, format, types and the order of imports
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	.venv/bin/lint-imports --no-logo

bench: install ## measure the speed of training and of the app, and keep it in tests/benchmarks/RESULTS.md
	@$(python) -m tests.benchmarks

soak: install ## have thirty visitors train, explore and reload for ten minutes, while workers and server are killed
	@$(python) -m tests.soak

screenshots: install ## renew assets/screenshots/ from the running app
	@$(python) -m tests.browser.screenshots

examples: install ## train the finished runs in assets/runs/ anew
	@PYTHONPATH=. $(python) assets/runs/make.py

pictures: install ## draw the small pictures of finished models in assets/pictures/ anew
	@PYTHONPATH=. $(python) assets/pictures/make.py

install: ## make .venv with what requirements.txt lists, if need be (PYTHON=python3.12 for another Python)
	@if $(contents) | cmp -s - $(record) 2>/dev/null; then exit 0; fi; \
	if ! { $(python) $(is_new_enough) && $(python) -m pip --version; } >/dev/null 2>&1; then \
		if ! $(PYTHON) $(is_new_enough) 2>/dev/null; then \
			echo 'VAE Lab needs Python 3.11 or newer, which "$(PYTHON)" is not: name one, as in PYTHON=python3.12.' >&2; \
			exit 1; \
		fi; \
		$(PYTHON) -m venv --clear .venv || exit 1; \
	fi; \
	echo 'Filling .venv from requirements.txt, once: some minutes, on Linux several gigabytes.'; \
	$(python) -m pip install --disable-pip-version-check -r requirements.txt && $(contents) > $(record)
