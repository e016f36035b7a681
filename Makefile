# Every target does its own set-up: npm packages and the build, each only when something has changed.

.DEFAULT_GOAL := help
.PHONY: help run test demo build clean node
MAKEFLAGS += --no-print-directory

# Node without npm and tsx around it: a Ctrl-C then reaches the program once, and `trap` lets it end in peace.
TSX := trap : INT; node --import tsx

help: ## this list
	@echo 'fettle: metrics of the services of this machine, and repairs on alerts'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: build ## run exporter and remediator (dry run) on this machine, or the demo where it has no systemd
	@$(TSX) test/demo/run.ts

test: node_modules/.package-lock.json ## run every check; CHECKS="unit types" runs these, CI=true allows no skip
	@$(TSX) test/run.ts $(CHECKS)

demo: build ## watch a crashed unit being found and repaired, on a private systemd (root on Linux)
	@$(TSX) test/demo/demo.ts

build: dist/main.js ## compile src into dist

clean: ## remove what was built, downloaded and installed below this folder
	rm -rf dist .cache node_modules

# Not `npm ci`: npm 11 refuses a lockfile without every platform's optional packages, which ours cannot have when
# it is written behind a registry that serves one platform. --no-save takes the locked versions and writes nothing.
node_modules/.package-lock.json: package-lock.json package.json | node
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

dist/main.js: node_modules/.package-lock.json tsconfig.json build.config.ts $(shell find src -name '*.ts')
	npm run -s build
	@touch $@

node:
	@command -v node >/dev/null || { \
	  echo 'fettle needs Node.js 20.19 or later, and there is no node on PATH. See https://nodejs.org/' >&2; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' || { \
	  echo "fettle needs Node.js 20.19 or later, and this is $$(node --version). See https://nodejs.org/" >&2; exit 1; }
	@command -v npm >/dev/null || { \
	  echo 'fettle needs npm, and there is none on PATH. It comes with Node.js: https://nodejs.org/' >&2; exit 1; }
