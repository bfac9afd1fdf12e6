#!/usr/bin/env bash
# LibreOffice 7.4.7.2 (Debian's 4:7.4.7-1+deb12u14) and Gnumeric 1.12.55 (Debian's 1.12.55-1).
#
# Guess: in a CSV file quotation marks make a telephone number text, or an apostrophe before it does, and is hidden.
# Seen:  07700900456 loses its 0 in both, quoted or not, and 01228.526690 is a fraction. The apostrophe is a character of
#        the cell in LibreOffice. Gnumeric takes one off the beginning of any cell: 't Hooft is t Hooft, and what it kept
#        from being run is written without it when the file is saved. Digits with a space in them are text in both.
#        LibreOffice, told to look for dates, saves 19/12/2026 18:00 as 12/19/26 06:00 PM, although the file's language
#        was English (UK): new documents are in English (USA) where nobody chose another. Gnumeric writes dates its own
#        way, 2026/12/19 18:00:00, whatever they were written like.
# So:    src/office/exports/csv-cells.ts writes numbers with a space, src/platform/csv.ts a curly apostrophe, and a date with its month
#        first is refused by src/programme/programme-file/lines.ts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v soffice > /dev/null || apt-get install -y -qq --no-install-recommends libreoffice-calc=4:7.4.7-1+deb12u14 > /dev/null
command -v ssconvert > /dev/null || apt-get install -y -qq --no-install-recommends gnumeric=1.12.55-1 > /dev/null
soffice --version | grep -q '^LibreOffice 7\.4\.7\.2' || { echo 'another version of LibreOffice'; exit 1; }
ssconvert --version | grep -q "version '1\.12\.55'" || { echo 'another version of Gnumeric'; exit 1; }
export LC_ALL=C.UTF-8

cat > list.csv <<'CSV'
07700900456,"07700900456",01228.526690,07700 900456,'07700900456,'t Hooft,'=1+1,19/12/2026 18:00
CSV
convert () { soffice --headless "-env:UserInstallation=file://$folder/profile" "$@" > /dev/null 2>&1; }
libreoffice () { # whether to look for dates
  convert "--infilter=CSV:44,34,76,1,,2057,false,$1" --convert-to ods --outdir "$1" list.csv
  convert --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true' --outdir "$1" "$1/list.ods"
  cat "$1/list.csv"
}
gnumeric () { ssconvert list.csv list.gnumeric && ssconvert list.gnumeric back.csv && cat back.csv; }
is () { [ "$1" = "$2" ] || { printf 'seen otherwise:\n%s\n%s\n' "$1" "$2"; exit 1; }; }

is "$(libreoffice false)" "7700900456,7700900456,1228.52669,07700 900456,'07700900456,'t Hooft,'=1+1,19/12/2026 18:00"
is "$(libreoffice true)" "7700900456,7700900456,1228.52669,07700 900456,'07700900456,'t Hooft,'=1+1,12/19/26 06:00 PM"
is "$(gnumeric)" '7700900456,7700900456,1228.52669,"07700 900456",07700900456,"t Hooft",=1+1,"2026/12/19 18:00:00"'
echo 'as described'
