# Everything that people and CI run, by name. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Data sets are looked for in $TANDEM_DATA first; a checkout beside shared data uses that.
ifndef TANDEM_DATA
  ifneq ($(wildcard ../shared/data),)
    export TANDEM_DATA := $(abspath ../shared/data)
  endif
endif

# C without optimisation is 45 times slower, so the debug build that tests use has it on.
TEST_FLAGS := -Xcc -O2
# Many tests stop a process on purpose; its backtrace takes seconds and hides what matters. To see
# that of another: make test SWIFT_BACKTRACE=enable=yes
test test-deep: export SWIFT_BACKTRACE ?= enable=no
# CI builds with warnings as errors. (SwiftPM stops with an internal error at a plain -Werror for C
# beside a package from elsewhere.)
STRICT := $(if $(CI),-Xswiftc -warnings-as-errors -Xcc -Werror=all)
PHASE := Scripts/phase
SOURCES := Sources Tests Package.swift Benchmarks/Sources Benchmarks/Package.swift

.PHONY: help setup demo test test-deep sanitize cross bench install format lint clean

help:  ## what there is to make
	@sed -nE 's/^([a-z-]+):.*## /\1\t/p' Makefile | expand -t 12

setup:  ## installs the libraries that Tandem links or opens, or prints how
	@$(PHASE) setup Scripts/setup

demo: setup  ## trains LeNet on MNIST for one epoch
	swift build -c release --product MNIST
	.build/release/MNIST --epochs 1

test: setup  ## builds in release and debug, runs all tests
	@$(PHASE) "build, release" swift build -c release $(STRICT)
	@$(PHASE) "build, tests" swift build --build-tests $(TEST_FLAGS) $(STRICT)
	@$(PHASE) "tests" swift test --skip-build --disable-xctest $(TEST_FLAGS) $(STRICT)

test-deep: export TANDEM_DEEP := 1
test-deep: test sanitize  ## the same with the long versions of random tests, then sanitize

# The sanitizers want fixed addresses; what lives as long as the process is no leak.
SANITIZED := Engine|Threads|Array
sanitize:  ## tests of threads, engine and arrays under the thread and address sanitizers
	@for kind in thread address; do \
	  $(PHASE) "sanitize, $$kind" setarch -R env TANDEM_SANITIZED=$$kind \
	    ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
	    swift test --disable-xctest --sanitize=$$kind --scratch-path .build-$$kind \
	    $(TEST_FLAGS) --filter 'Tandem($(SANITIZED))Tests'; \
	done

cross:  ## compiles the C for arm64 and runs its kernels under qemu-user, where these are
	@$(PHASE) arm64 Scripts/cross

PREFIX ?= /usr/local
install: setup  ## puts the command tandem and the library that scripts use under $(PREFIX)
	swift build -c release --product Tandem
	swift build -c release --product tandem
	Scripts/install $(PREFIX)

bench: setup  ## times the short list of workloads of Benchmarks
	cd Benchmarks && swift run -c release bench --workload short --threads $$(nproc) --repeat 5

format:  ## rewrites all Swift in the house format
	swift format -i -r -p $(SOURCES)
	find $(SOURCES) -name '*.swift' -o -name '*.[ch]' | xargs Scripts/reflow-comments

lint:  ## says where the format is not the house format
	swift format lint --strict -r -p $(SOURCES)

clean:  ## removes what was built
	rm -rf .build Benchmarks/.build
