# SPDX-License-Identifier: Apache-2.0

# `make demo` and `make test` install the required packages (Debian) and build what they run.
SHELL := /bin/bash
PREFIX ?= /usr/local
PACKAGES := libsystemd-dev zlib1g-dev
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests \
  Benchmarks/Micro/Package.swift Benchmarks/Micro/Benchmarks

.PHONY: demo test docs bench format lint config schema dependencies install deps fuzz sanitize

demo: deps
	swift build --product connect-simulator
	swift build --product partylined
	swift build --product partyline
	.build/debug/partyline demo

test: deps
	swift build --build-tests
	swift test --skip-build

# Builds the documentation of the Swift library with DocC, into .build/docs. Its warnings, such as a link to nothing, are errors.
CATALOGUE := Sources/ConnectStreams/ConnectStreams.docc
docs: deps
	swift build --target ConnectStreams
	rm -rf .build/docs && mkdir -p .build/docs/symbols
	target=$$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1); \
	for module in AgentModel ConnectStreams; do \
	  swift symbolgraph-extract -module-name $$module -target $$target -I .build/debug/Modules \
	    -minimum-access-level public -output-dir .build/docs/symbols || exit 1; \
	done
	docc convert $(CATALOGUE) --additional-symbol-graph-dir .build/docs/symbols --warnings-as-errors \
	  --fallback-display-name ConnectStreams --fallback-bundle-identifier partyline.ConnectStreams \
	  --output-dir .build/docs/ConnectStreams.doccarchive

# Measures partylined and other systems; see Benchmarks/README.md. ARGS are options of the tool (--list, --only NAME,
# --rounds N); WRITE=1 updates the tables in that README.
bench: deps
	swift build --configuration release --static-swift-stdlib --product partylined
	swift build --configuration release --static-swift-stdlib --product connect-simulator
	swift build --package-path Benchmarks --configuration release --product benchmarks
	Benchmarks/.build/release/benchmarks $(ARGS) $(if $(WRITE),--write Benchmarks/README.md)
	$(if $(ARGS),,swift package --package-path Benchmarks/Micro benchmark --no-progress)

format:
	swift format --in-place --recursive $(SOURCES)

lint:
	swift format lint --strict --recursive $(SOURCES)

# Generates Config/partyline.yaml from the daemon's table of keys.
config: deps
	swift build --product partylined
	.build/debug/partylined --default-config > Config/partyline.yaml

# Generates Documentation/protocol.schema.json from the daemon's table of commands.
schema: deps
	swift build --product partylined
	.build/debug/partylined --protocol-schema > Documentation/protocol.schema.json

# Generates Documentation/dependencies.txt from the package descriptions (needs jq).
dependencies:
	set -o pipefail; for package in . Benchmarks Benchmarks/Micro Tests/Fuzzing; do \
	  swift package --package-path $$package dump-package || exit 1; \
	done | jq --raw-output --slurp --from-file .ci/dependencies.jq > Documentation/dependencies.txt

# Runs each fuzzer entry in turn, with AddressSanitizer (Tests/Fuzzing/README.md).
SECONDS ?= 600
fuzz: deps
	Tests/Fuzzing/run $(SECONDS)

# Runs all tests with ThreadSanitizer, then with AddressSanitizer: two full builds, and slow programs. CI runs only a part.
sanitize: deps
	Tests/Fuzzing/sanitize

install: deps
	swift build --configuration release --static-swift-stdlib
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/partyline $(DESTDIR)$(PREFIX)/lib/systemd/user
	install -s -m 0755 .build/release/partylined .build/release/partyline .build/release/connect-simulator \
	  $(DESTDIR)$(PREFIX)/bin
	install -m 0644 Config/partyline.yaml $(DESTDIR)$(PREFIX)/share/partyline
	install -m 0644 systemd/partyline.socket $(DESTDIR)$(PREFIX)/lib/systemd/user
	sed 's|@PREFIX@|$(PREFIX)|' systemd/partyline.service.in > $(DESTDIR)$(PREFIX)/lib/systemd/user/partyline.service

# Installs the libraries that the linker needs, on Debian. On other systems it does nothing; the build names what is missing.
deps:
	@command -v swift > /dev/null || { echo "swift is not in the PATH; install it from https://www.swift.org/install"; exit 1; }
	@command -v dpkg-query > /dev/null || exit 0; \
	missing=$$(for package in $(PACKAGES); do \
	  dpkg-query --show --showformat '$${db:Status-Abbrev}' $$package 2> /dev/null | grep -q '^ii' || echo $$package; done); \
	[ -z "$$missing" ] && exit 0; \
	echo "Installing" $$missing; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	$$as_root apt-get update -qq && $$as_root apt-get install -y -qq $$missing > /dev/null
