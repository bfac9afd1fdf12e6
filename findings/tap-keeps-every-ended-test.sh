#!/usr/bin/env bash
# tap 21.8.0 (@tapjs/before-each, after-each, fixture and snapshot 4.3.12, mock 4.4.10), Node 24.
#
# Guess: a subtest that has ended, and what its function refers to, is garbage: two hundred of them, each with a megabyte
#        of its own, leave a few megabytes.
# Seen:  all two hundred megabytes stay until the process ends, also where no beforeEach, afterEach, testdir, mock or
#        snapshot is called. Five of the default plugins keep each test in a Map of their class; with these off, nearly
#        nothing stays, and with four off and any one on, all of it.
# So:    package.json turns them off: with a hundred files in a process, a collection took ten seconds and takes one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > memory.mjs <<'JS'
import t from 'tap'
for (let n = 0; n < 200; n++) {
  const own = Buffer.alloc(1024 * 1024, n)
  await t.test('one of many', async t => { t.equal(own[0], n) })
}
for (let times = 0; times < 5; times++) {
  globalThis.gc()
  await new Promise(resolve => { setTimeout(resolve, 20) })
}
process.stderr.write(`${Math.round(process.memoryUsage().arrayBuffers / 1024 / 1024)}\n`)
JS
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent tap@21.8.0 node@24.21.0
export PATH="$folder/node_modules/.bin:$PATH"

# Megabytes that stay with these plugins off.
stays () {
  local off; off=$(printf '"!@tapjs/%s",' "$@")
  printf '{ "type": "module", "tap": { "plugin": [%s] } }' "${off%,}" > package.json
  tap build > /dev/null 2>&1
  node --expose-gc memory.mjs 2>&1 > /dev/null | tail -n 1
}
keepers=(before-each after-each fixture mock snapshot)

all=$(stays typescript); none=$(stays typescript "${keepers[@]}")
echo "with all plugins $all MB stay, without the five $none MB"
[ "$all" -ge 200 ] && [ "$none" -le 20 ] || { echo 'something else stays'; exit 1; }
for one in "${keepers[@]}"; do
  others=(); for keeper in "${keepers[@]}"; do [ "$keeper" = "$one" ] || others+=("$keeper"); done
  kept=$(stays typescript "${others[@]}")
  [ "$kept" -ge 200 ] || { echo "with $one alone $kept MB stay"; exit 1; }
done
echo 'as described'
