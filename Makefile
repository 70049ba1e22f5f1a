# Everything begins here. Needed: Rust, make, and a Debian 12 whose apt works; what else is missing, `make setup` brings.
#
#   make build           the extension, target/release/libagile_bridge.so
#   make demo            a local Agile CRM and a WordPress, and what happens between them (ONCE=1: only the story)
#   make test            all tests; `make test ARGS=tags` only those of cargo with that name
#   make test-mysql      the promises that depend on the database, on the MySQL of Debian unstable (half an hour)
#   make test-mariadb-11.8   the same on the MariaDB of Debian 13; ARGS as for `make test`
#   make bench           how fast it is, beside plain WordPress (README=1: into docs/performance.md; BENCH_QUICK=1: a trial)
#   make soak            the long runs in full, of which `make test` runs a tenth: killed workers, webhooks at once and in any order
#   make test-cluster    three database nodes and three web servers on this machine, one node killed in the middle: some ten minutes;
#                        `CLUSTER_ADDRESSES=20 CLUSTER_WEBHOOKS=500 make test-cluster`: a trial
#   make test-screens    the admin's story on the oldest and the newest WordPress, in both directions, at both widths: pictures of every
#                        screen in target/screens to look at, and those of readme.txt in packaging/wordpress-org; some minutes
#   make lint            formatting, clippy, PHP, shell, and whether the house is as ARCHITECTURE.md says
#   make dist            packages for people without a compiler, under dist/; `make dist PART=ci`: only what CI tests
#   make test-dist       what `make dist` makes, tried on clean roots of Debian 12 and 13 and on other PHPs (PART=ci: a part)
#   make clean           all that was built; `make clean-cache` also what was fetched

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

extension := $(abspath $(or $(CARGO_TARGET_DIR),target))/release/libagile_bridge.so
php_files  = git ls-files -z --cached --others --exclude-standard '*.php'
shell_files = git ls-files -z --cached --others --exclude-standard '*.sh' .ci/run packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm

# The parts of `make test` and `make lint`; a new one is a target below and its name here.
tests := test-stub test-phpt test-rust
lints := lint-rust lint-php lint-shell lint-house

# Cargo uses all cores by itself, and its builds share one folder.
.NOTPARALLEL:

.PHONY: build setup setup-demo setup-bench setup-cluster release-before demo bench test $(tests) soak test-cluster test-screens test-mysql test-mariadb-11.8 lint $(lints) dist test-dist clean clean-cache

build: setup-demo
	cargo build --release

# What the extension and the demo need: no database server, no web server, no browser.
setup-demo:
	@tests/site/setup.sh demo

# All that tests and lints need.
setup:
	@tests/site/setup.sh

# The servers, and what counts instructions.
setup-bench:
	@tests/site/setup.sh bench

# What tests of upgrades begin with: built once, in some two minutes.
release-before: setup
	@tests/site/release-before.sh

# The servers, and what makes three databases one.
setup-cluster:
	@tests/site/setup.sh cluster

demo: build
	@cargo run --quiet --package site --bin demo

# Some half an hour on a machine that does nothing else, half of it for `growth`; `make bench ARGS='single drain'` measures only
# these parts, `GROWTH=0,20000 make bench ARGS=growth` with other sizes.
bench: setup-bench build
	@cargo run --release --quiet --package bench -- $(ARGS)

test: $(tests)

# Units, the sandbox, the site, and the promises with the browser among them. Without the `php` feature nothing here links
# against PHP: the extension is tested as it is released, inside PHP. Tests wait more than they compute: for servers to start,
# for a slow CRM, for time limits. So twice as many at once as there are cores.
test-rust: setup build release-before
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$((2 * $$(nproc)))} cargo test --workspace --no-default-features -- $(ARGS)

# Of other servers than this machine's: fetched, never installed. `DATABASE_SERVER` is read by tests/site/src/sql_server.rs.
database_rooms := inbox:: user:: work:: site::

# Without what stands in for a replica that is behind: MariaDB's tables with a history.
test-mysql: setup build
	@tests/site/setup.sh mysql
	DATABASE_SERVER=mysql cargo test --no-default-features --test promises -- \
	  --skip a_replica_that_lags_is_not_believed:: $(or $(ARGS),$(database_rooms))

test-mariadb-11.8: setup build
	@tests/site/setup.sh mariadb-11.8
	DATABASE_SERVER=mariadb-11.8 cargo test --no-default-features --test promises -- $(or $(ARGS),$(database_rooms))

# One after the other, so that each has the machine for itself; they say what they did.
soak: setup build
	SOAK=1 cargo test --no-default-features --test promises -- --nocapture --test-threads=1 soak::

# Not part of `make test`: it needs Galera, and minutes.
test-cluster: setup-cluster build
	cargo test --no-default-features --test promises -- --ignored --nocapture --test-threads=1 soak::three_nodes

# Not part of `make test`: it needs minutes, and somebody who looks at the pictures.
test-screens: setup build
	cargo test --no-default-features --test promises -- --ignored --nocapture --test-threads=1 story::the_screens
	@for picture in target/screens/readme/[1-6]-*.png; do \
	  number="$$(basename "$$picture")"; cp "$$picture" "packaging/wordpress-org/screenshot-$${number%%-*}.png"; done

# The extension alone, by PHP's own test runner.
test-phpt: build
	NO_INTERACTION=1 TEST_PHP_EXECUTABLE="$$(command -v php)" \
	  php "$$(ls /usr/lib/php/*/build/run-tests.php | tail -n 1)" -q --show-diff -d extension=$(extension) tests/phpt

# The stub that editors read says what PHP really sees.
test-stub: build
	php -d extension=$(extension) php/stubs.php --check

dist:
	packaging/dist.sh $(PART)

test-dist: dist
	packaging/test.sh $(PART)

lint: $(lints)

lint-rust: setup
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --workspace --all-targets --no-default-features -- -D warnings

lint-php: setup
	$(php_files) | xargs -0 -n 1 -P 2 php -l | { grep -v '^No syntax errors' || true; }
	phpcs

# Arrows between rooms, circles between files, what nobody uses, lengths: tests/house/check.php.
lint-house: setup
	php tests/house/check.php

lint-shell: setup
	$(shell_files) | xargs -0 shellcheck --external-sources

clean:
	cargo clean
	rm -rf dist tests/browser/node_modules

clean-cache: clean
	rm -rf .cache
