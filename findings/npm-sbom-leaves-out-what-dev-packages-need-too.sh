#!/usr/bin/env bash
# npm 11.19.1, `npm sbom --sbom-format cyclonedx --omit dev`.
#
# Guess: lists every package that `npm ci --omit dev` installs, as `npm ls --omit=dev --all` does.
# Seen:  a package that is needed in production is left out if a package for development needs it too: nothing is said,
#        and `npm ls` has it.
# So:    .ci/sbom takes what is for development out of a copy of the lock file first; test/security/packages.test.ts
#        compares the list with the lock file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir tool sample
npm install --prefix tool --no-audit --no-fund --silent npm@11.19.1 node@24.21.0
export PATH=$folder/tool/node_modules/.bin:$PATH
cd sample
cat > package.json <<'JSON'
{
  "name": "sample",
  "version": "1.0.0",
  "private": true,
  "dependencies": { "ms": "2.1.3" },
  "devDependencies": { "debug": "4.4.1" }
}
JSON
npm install --no-audit --no-fund --silent
installed=$(npm ls --omit=dev --all --parseable | grep -c 'node_modules/ms$' || true)
listed=$(npm sbom --sbom-format cyclonedx --omit dev | grep -c 'pkg:npm/ms@2.1.3"' || true)
all=$(npm sbom --sbom-format cyclonedx | grep -c 'pkg:npm/ms@2.1.3"' || true)
echo "npm $(npm --version): npm ls has ms $installed time, the SBOM without development $listed times, the whole one $all"
[ "$installed" -eq 1 ] && [ "$listed" -eq 0 ] && [ "$all" -ge 1 ]
