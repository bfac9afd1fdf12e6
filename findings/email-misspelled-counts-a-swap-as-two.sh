#!/usr/bin/env bash
# email-misspelled 4.4.0.
#
# Guess: two letters that changed places, the commonest slip of all, are one mistake, as its README's "randmo" suggests.
# Seen:  gmial.com is two mistakes away from gmail.com; asked for at most one, it suggests nothing.
# So:    likely-address.ts asks for at most two and takes two only where the letters are the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent email-misspelled@4.4.0
count () {
  node -e "import('email-misspelled').then(({ default: check }) =>
    console.log(check({ domains: ['gmail.com'], maxMisspelled: $1 })('jo@gmial.com').map(({ misspelledCount }) => misspelledCount).join()))"
}
[ "$(count 1)" = '' ] || { echo 'a swap is found among single mistakes'; exit 1; }
[ "$(count 2)" = 2 ] || { echo 'a swap is not two mistakes'; exit 1; }
echo 'as described'
