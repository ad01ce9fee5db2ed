# make demo: set up, run a night on a synthetic city. make test: set up, pass the tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := .ci/constraints.txt
PEOPLE ?= 28000

.PHONY: demo test test-slow lint docs package bench clean

$(VENV)/.installed: setup.py $(CONSTRAINTS)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[test]'
	touch $@

demo: $(VENV)/.installed
	rm -rf demo
	$(BIN)/zhenke demo demo --people $(PEOPLE)
	$(BIN)/zhenke run demo/nightly.yaml
	@echo "report: file://$(CURDIR)/demo/output/latest/reports/index.html"
	@echo "tables: demo/output/latest/   what each column means: docs/outputs.md   the rules: docs/rules.md"

test: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m 'not slow'

test-slow: $(VENV)/.installed
	$(BIN)/python -m pytest -q -m slow

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py

package: $(VENV)/.installed
	rm -rf dist build
	$(BIN)/python -m build --outdir dist .

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/night.py --size 1000000

clean:
	rm -rf $(VENV) demo dist build *.egg-info
