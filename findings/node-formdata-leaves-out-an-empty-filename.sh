#!/usr/bin/env bash
# Node 24.21.0 (node from npm); 20.20.2 does the same.
#
# Guess: Node's FormData sends a field of files in which nobody chose one as browsers do: a part with filename="" and no
#        content (HTML: “constructing the entry list”; RFC 7578 §4.2).
# Seen:  the part has a Content-Type and no filename at all.
# So:    test/support/uploads.ts puts the empty name back, or a test of an empty form would send what no browser sends;
#        platform/http/upload.ts takes a part without bytes for no file whether its name is empty or missing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent node@24.21.0
cat > sent.js <<'END'
const form = new FormData()
form.append('report', new File([], ''))
const sent = await new Response(form).text()
console.log(sent.includes('filename') ? 'named' : sent.includes('name="report"\r\nContent-Type:') ? 'a file without a name' : 'no file')
END
[ "$(node_modules/.bin/node sent.js)" = 'a file without a name' ] || { echo 'an empty file is sent otherwise now'; exit 1; }
echo 'as described'
