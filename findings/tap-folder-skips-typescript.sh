#!/usr/bin/env bash
# tap 21.8.0 with its TypeScript plugin off, on Node 24 (which strips types itself).
#
# Guess: `tap test` runs the files in test/ that "include" names, or says that there are none.
# Seen:  it runs b.test.js, which "include" does not name, leaves a.test.ts out without a word, and exits 0. Without a
#        folder `tap` runs a.test.ts. In a folder of TypeScript alone a green run has run nothing.
# So:    test/support/run.ts lists the files of a folder itself and gives tap their names.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir test
cat > package.json <<'JSON'
{ "type": "module", "tap": { "plugin": ["!@tapjs/typescript"], "include": ["test/**/*.test.ts"] } }
JSON
for file in a.test.ts b.test.js; do echo "import t from 'tap'; t.pass('ran')" > "test/$file"; done
npm install --no-audit --no-fund --silent tap@21.8.0 node@24.21.0
export PATH="$folder/node_modules/.bin:$PATH"
tap build > /dev/null 2>&1

ran () { tap --disable-coverage --reporter=tap "$@" | grep -oE '^ok [0-9]+ - test/[ab]\.test\.[jt]s' | sed 's/.* - //'; }
[ "$(ran)" = test/a.test.ts ] || { echo 'without a folder something else than a.test.ts ran'; exit 1; }
[ "$(ran test)" = test/b.test.js ] || { echo 'with a folder something else than b.test.js ran'; exit 1; }
echo 'as described'
