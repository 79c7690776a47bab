# Needs make and python3.11 or newer; everything else is installed into .venv.
PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STORE := demo-store

.PHONY: demo test slow lint clean

demo: .venv/installed
	$(BIN)/khabar build examples/articles.jsonl --store $(STORE)
	@for query in backers claimed-not-fact strikes-by-place-and-month plans-and-threats who-leads-whom; do \
	  printf '\n== khabar query %s %s\n' $(STORE) $$query; $(BIN)/khabar query $(STORE) $$query | sed -n 1,15p || exit; done

test: .venv/installed-test
	$(BIN)/python -m pytest -n auto -m "not slow"

slow: .venv/installed-test
	$(BIN)/python -m pytest -m slow

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv $(STORE) dist

# An editable install: changes of the code need no new one, changes of pyproject.toml do.
.venv/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/installed-test: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,train]'
	touch $@ .venv/installed
