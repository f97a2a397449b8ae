# Everything a person needs: `make demo`, `make test`, `make check`. Needs Python >= 3.11 and make, nothing else.
PYTHON ?= python3
QA := .venv/bin/qa

.PHONY: demo test check lint types imports serve clean

demo: .venv/ready
	$(QA) demo $(ARGS)

test: .venv/ready
	.venv/bin/pytest $(ARGS)

check: lint types imports test

lint: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/ready
	.venv/bin/mypy

imports: .venv/ready
	.venv/bin/lint-imports

# The lock file holds every dependency with its hashes; the editable install runs the front-end build hook.
.venv/ready: requirements.lock pyproject.toml hatch_build.py package-lock.json web/icons.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch .venv/ready

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache web/static/vendor data
