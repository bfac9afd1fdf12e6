#!/usr/bin/env bash
# Node 24.21.0 (node from npm).
#
# Guess: new URL(text) does not throw where URL.canParse(text) is true: that is what it is for (WHATWG URL §6.1).
# Seen:  of an address with a host of over 16,000 characters, some of them capitals, canParse says yes, and URL throws.
# So:    what reads typed addresses asks URL.parse once, which returns null: programme/teams/join-link.ts,
#        programme/support/reachable.ts, programme/campaigns/accounts.ts, platform/config.ts. test/fuzz/texts.test.ts
#        found it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent node@24.21.0
cat > asked.js <<'END'
const address = `https://${'A'.repeat(16_359)}9999-12-31www.facebook.com/notokayGM`
console.log(URL.canParse(address), URL.parse(address) === null)
END
[ "$(node_modules/.bin/node asked.js)" = 'true true' ] || { echo 'both say the same now'; exit 1; }
echo 'as described'
