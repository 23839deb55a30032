# The two commands of the README are `make crawl` and `make test`; all other targets are for contributors.
PYTHON ?= python3
ENV    ?= .venv
ARCHIVE_ENV ?= .venv-archive
SCRAPYD_ENV ?= .venv-scrapyd
EXPORTS_ENV ?= .venv-exports
DOCS_ENV ?= .venv-docs

CHECK_PYTHON = @$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11 $@" >&2; exit 1; }
CREATE_ENV = $(PYTHON) -m venv $(1) \
	|| { echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

.PHONY: bad-archive bench cluster-kill bench-exports bench-large bench-pages crawl test coverage docs docs-links kill faults fault-table starts cancellations lesson lint types check lock clean

## crawl: install what the crawler needs and crawl the 13 seed words from the built-in sample site
crawl: $(ENV)/.installed
	$(ENV)/bin/scrapy crawl macmillan -a source=sample

## test: install what the tests need and run all of them
test: $(ENV)/.installed-dev $(ARCHIVE_ENV)/.installed $(SCRAPYD_ENV)/.installed $(EXPORTS_ENV)/.installed
	ARCHIVE_ENV=$(ARCHIVE_ENV) SCRAPYD_ENV=$(SCRAPYD_ENV) EXPORTS_ENV=$(EXPORTS_ENV) $(ENV)/bin/python -m pytest -n 2 $(ARGS)

## coverage: fails unless tests take every branch of the pure packages
coverage: $(ENV)/.installed-dev
	$(ENV)/bin/python -m pytest -q -n 2 tests/dictionaries tests/sample tests/plan/test_word_list.py \
		tests/parsing tests/reading/test_normalize.py --cov=dictcrawler.dictionaries --cov=dictcrawler.reading.normalize \
		--cov=dictcrawler.plan.word_list --cov=dictcrawler.parsing.markup --cov-branch --cov-report=term-missing:skip-covered \
		--cov-fail-under=100

## docs: the docs as a site in build/docs, warnings are errors; its search works offline
docs: $(DOCS_ENV)/.installed
	rm -rf build/docs
	PYTHONPATH=. $(DOCS_ENV)/bin/python -m sphinx -q -W --keep-going -E -d build/doctrees -c docs -b html . build/docs
	@echo "open build/docs/docs/index.html"

## docs-links: check that the external addresses in the docs still answer (needs the network)
docs-links: $(DOCS_ENV)/.installed
	PYTHONPATH=. $(DOCS_ENV)/bin/python -m sphinx -q -d build/doctrees -c docs -b linkcheck . build/links

## kill: kill N crawls at random moments while a reader polls latest (200: about ten minutes)
kill: $(ENV)/.installed-dev
	$(ENV)/bin/python -m tests.programs.kill --kills $(or $(N),200)

## cluster-kill: kill a worker of three N times while they crawl 1,500 words of two dictionaries (30)
cluster-kill: $(ENV)/.installed-dev
	CLUSTER_KILLS=$(or $(N),30) CLUSTER_WORDS=750 $(ENV)/bin/python -m pytest -q -s --timeout 1500 \
		tests/cluster/test_killed_workers.py -k a_killed_worker

## faults: fail every change that a small crawl makes to the disk (half an hour; needs Linux and a C compiler)
faults: $(ENV)/.installed-dev
	$(ENV)/bin/python -m tests.programs.faults $(ARGS)

## bad-archive: long lists from an archive that answers badly in every way, at random (half an hour)
bad-archive: $(ENV)/.installed-dev
	$(ENV)/bin/python -m tests.programs.bad_archive $(ARGS)

## fault-table: write benchmarks/faults.md again from crawls of a server with 160 faults (ten minutes)
fault-table: $(ENV)/.installed-dev
	$(ENV)/bin/python -m tests.programs.fault_table $(ARGS)

## starts: start N crawls of one store at once (50)
starts: $(ENV)/.installed-dev
	STARTS=$(or $(N),50) $(ENV)/bin/python -m pytest -q --timeout 1800 tests/promises/test_one_writer.py -k "starts or killed"

## bench: every figure of docs/performance.md, measured side by side (half an hour)
bench: $(ENV)/.installed-dev
	PYTHONPATH=. $(ENV)/bin/python -m benchmarks.bench $(ARGS)

## bench-large: publishing a long list, and one word of a feed of a million entries (ten minutes, 10 GB of disk)
bench-large: $(ENV)/.installed-dev
	PYTHONPATH=. $(ENV)/bin/python -m benchmarks.large $(ARGS)

## cancellations: cancel `dictcrawler.crawl` at N random moments (50)
cancellations: $(ENV)/.installed-dev
	CANCELLATIONS=$(or $(N),50) $(ENV)/bin/python -m pytest -q --timeout 1800 tests/crawling/test_cancellation.py -k moment

## lesson: run docs/lesson.ipynb and write the lesson's pages, pictures and programs
lesson: $(ENV)/.installed-dev
	$(ENV)/bin/python -m tests.programs.lesson

## bench-exports: time and peak memory of each export of 100,000 entries (ten minutes)
bench-exports: $(ENV)/.installed-dev
	PYTHONPATH=. $(ENV)/bin/python -m benchmarks.exports $(ARGS)

## bench-pages: the cost of the browse pages over 100,000 entries (three minutes)
bench-pages: $(ENV)/.installed
	PYTHONPATH=. $(ENV)/bin/python -m benchmarks.browsing $(ARGS)

## lint: ruff, scrapy-lint and the direction of imports
lint: $(ENV)/.installed-dev
	$(ENV)/bin/ruff check
	$(ENV)/bin/ruff format --check
	$(ENV)/bin/scrapy-lint
	$(ENV)/bin/lint-imports

## types: mypy, strict
types: $(ENV)/.installed-dev
	$(ENV)/bin/mypy

## check: everything that must pass before a commit
check: lint types test

## lock: pin the requirements again, with hashes (needs uv)
lock:
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -o requirements.txt requirements.in
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -c requirements.txt -o requirements-dev.txt requirements-dev.in
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -c requirements.txt -o requirements-docs.txt requirements-docs.in
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -o tests/environments/archive/requirements.txt tests/environments/archive/requirements.in
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -c requirements.txt -o tests/environments/scrapyd/requirements.txt tests/environments/scrapyd/requirements.in
	uv pip compile -q --no-strip-extras --generate-hashes --no-annotate --no-header -o tests/environments/exports/requirements.txt tests/environments/exports/requirements.in

## clean: remove the environments and the caches; data/ stays
clean:
	rm -rf $(ENV) $(ARCHIVE_ENV) $(SCRAPYD_ENV) $(EXPORTS_ENV) $(DOCS_ENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A marker file newer than the pins means that a second run installs nothing.
$(ENV)/.installed: requirements.txt
	$(CHECK_PYTHON)
	@test -x $(ENV)/bin/python || $(call CREATE_ENV,$(ENV))
	$(ENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(ENV)/.installed-dev: requirements.txt requirements-dev.txt
	$(CHECK_PYTHON)
	@test -x $(ENV)/bin/python || $(call CREATE_ENV,$(ENV))
	$(ENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(ENV)/.installed

# Packages for some tests that need other versions than ours: each in an environment of its own.
$(ARCHIVE_ENV)/.installed: tests/environments/archive/requirements.txt
$(SCRAPYD_ENV)/.installed: tests/environments/scrapyd/requirements.txt
$(EXPORTS_ENV)/.installed: tests/environments/exports/requirements.txt
$(DOCS_ENV)/.installed: requirements-docs.txt
$(ARCHIVE_ENV)/.installed $(SCRAPYD_ENV)/.installed $(EXPORTS_ENV)/.installed $(DOCS_ENV)/.installed:
	$(CHECK_PYTHON)
	@test -x $(@D)/bin/python || $(call CREATE_ENV,$(@D))
	$(@D)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@
