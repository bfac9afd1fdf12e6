#!/usr/bin/env bash
# read-excel-file 9.3.17, and Gnumeric 1.12.55 where it is installed; the workbook by hucre 1.0.0.
#
# Guess: 12:11 written into a workbook as the nearest number of days is read as 12:11.
# Seen:  most minutes are no finite fraction of a day; both cut off what is left and read the minute before.
# So:    platform/xlsx.ts adds a tenth of a millisecond to what is no whole day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent read-excel-file@9.3.17 hucre@1.0.0
read=$(node -e "
import('hucre/xlsx').then(async ({ writeXlsx }) => {
  const minutes = Array.from({ length: 1440 }, (_, n) => [new Date(Date.UTC(2026, 9, 19) + n * 60000)])
  const file = await writeXlsx({ sheets: [{ name: 'x', columns: [{ numFmt: 'yyyy-mm-dd hh:mm' }], rows: minutes }] })
  require('node:fs').writeFileSync('x.xlsx', file)
  const { default: read } = await import('read-excel-file/node')
  const [{ data }] = await read(Buffer.from(file))
  console.log(data.filter(([cell], n) => cell.getUTCMinutes() !== n % 60).length)
})")
[ "$read" -gt 0 ] || { echo "read-excel-file reads every minute as it is"; exit 1; }
if command -v ssconvert > /dev/null; then
  ssconvert x.xlsx x.csv 2> /dev/null
  right=$(grep -oE '[0-9]{1,2}:[0-9]{2}' x.csv | sort -u | wc -l)
  [ "$right" -lt 1440 ] || { echo "Gnumeric shows all minutes"; exit 1; }
fi
echo 'as described'
