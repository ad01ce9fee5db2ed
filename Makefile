# make demo: set up, run a night on a synthetic city. make test: set up, pass the tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := .ci/constraints.txt
PEOPLE ?= 28000

.PHONY: demo test test-slow flink lint docs package bench clean

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
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m 'not slow and not flink'

test-slow: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m 'slow and not flink'

# A night on a real Flink cluster of this machine, and what happens when parts of it die. Needs Java 17 and Maven.
FLINK_LIB := .flink/lib
FLINK_VENV ?= .flink/venv

$(FLINK_LIB)/.fetched: examples/flink/pom.xml
	@command -v java >/dev/null && command -v mvn >/dev/null || { echo "make flink needs a Java 17 runtime (java) and Maven (mvn)"; exit 1; }
	rm -rf $(FLINK_LIB)
	mvn -q -B -f examples/flink/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$(FLINK_LIB)
	touch $@

$(FLINK_VENV)/.installed: package
	test -x $(FLINK_VENV)/bin/python || $(PYTHON) -m venv $(FLINK_VENV)
	$(FLINK_VENV)/bin/pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) dist/*.whl
	$(FLINK_VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	touch $@

flink: $(FLINK_LIB)/.fetched $(FLINK_VENV)/.installed
	FLINK_LIB=$(FLINK_LIB) FLINK_VENV=$(FLINK_VENV) $(BIN)/python -m pytest -q -n 0 -m flink tests/flink

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
	rm -rf $(VENV) .flink demo dist build *.egg-info
