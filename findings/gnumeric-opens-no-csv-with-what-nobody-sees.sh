#!/usr/bin/env bash
# Gnumeric 1.12.55 (Debian's 1.12.55-1).
#
# Guess: a character in a CSV file that nobody sees is at worst shown as a box, in its own cell.
# Seen:  one in the first name of a list, and none of it is opened: “Unsupported file format”. That is so for controls,
#        for marks of direction and zero-width characters (Unicode's Cf, the joiners of Persian names among them), and
#        for what is no character (U+FFFE). U+FFFD and line separators are opened. Whoever asks for text by name
#        (--import-type, “Text import” in its dialogue) gets all of it.
# So:    src/platform/csv.ts writes what nobody sees into no file, whatever was stored; joiners between letters stay.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v ssconvert > /dev/null || apt-get install -y -qq --no-install-recommends gnumeric=1.12.55-1 > /dev/null
ssconvert --version | grep -q "version '1\.12\.55'" || { echo 'another version of Gnumeric'; exit 1; }
export LC_ALL=C.UTF-8

opens () {
  printf 'name,places\nAnne%bKirkbride,1\n' "$1" > list.csv
  shift
  ssconvert "$@" list.csv list.gnumeric 2> said || { grep -q 'Unsupported file format' said && return 1; }
}
for unseen in '\u0007' '\u0085' '\u200B' '\u200C' '\u202E' '\u00AD' '\uFFFE'; do
  if opens "$unseen"; then echo "a file with $unseen is opened"; exit 1; fi
  opens "$unseen" --import-type=Gnumeric_stf:stf_csvtab || { echo "a file with $unseen is not opened as text either"; exit 1; }
done
for seen in '\uFFFD' '\u2028' '’' '\u00A0'; do opens "$seen" || { echo "a file with $seen is not opened"; exit 1; }; done
echo 'as described'
