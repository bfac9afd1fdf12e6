#!/usr/bin/env bash
# hucre 1.0.0, read back by itself and by read-excel-file 9.3.17.
#
# Guess: a text is read back from a workbook as it was written.
# Seen:  hucre writes _x0041_ as it is, and readers that follow the standard (ECMA-376 part 1, §22.9.2.19) read an A;
#        U+FFFE, which XML cannot hold, is written raw.
# So:    platform/xlsx.ts writes the low line of such a text as _x005F_, and no U+FFFE.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent read-excel-file@9.3.17 hucre@1.0.0
seen=$(node -e "
import('hucre/xlsx').then(async ({ writeXlsx }) => {
  const file = await writeXlsx({ sheets: [{ name: 'x', rows: [['a_x0041_b']] }] })
  const { default: read } = await import('read-excel-file/node')
  const [{ data: [[cell]] }] = await read(Buffer.from(file))
  console.log(cell)
})")
[ "$seen" = aAb ] || { echo "read-excel-file reads $seen"; exit 1; }
echo 'as described'
