#!/usr/bin/env bash
# govuk-frontend 6.6.0, its macros for nunjucks 3.2.4.
#
# Guess: the answer that `value` gives is shown as the answer, whatever it is: 0 people, or the empty answer “Any”.
# Seen:  an input shows 0 and a list of checkboxes ticks it, but radios and a select choose nothing for 0 or '' although
#        they have that very item: they look first whether there is a value, and nunjucks takes 0 and '' for none. '0',
#        the text, is chosen. A form that is shown again has lost the answer, and a select shows its first item as if
#        that had been chosen.
# So:    in templates/ each item of radios and of a select says itself whether it is `checked` or `selected`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent govuk-frontend@6.6.0 nunjucks@3.2.4 node@24.21.0
cat > answers.js <<'JS'
import nunjucks from 'nunjucks'

const templates = nunjucks.configure('node_modules/govuk-frontend/dist', { autoescape: true })
const shown = (folder, name, parameters) => templates.renderString(
  `{% from "govuk/components/${folder}/macro.njk" import ${name} %}{{ ${name}(parameters) }}`,
  { parameters: { id: 'x', name: 'x', label: { text: 'How many' }, ...parameters } })
const items = nought => [{ value: '5', text: 'Five' }, { value: nought, text: 'None' }]
const chosen = value => ({
  radios: / checked/.test(shown('radios', 'govukRadios', { value, items: items(value) })),
  select: / selected/.test(shown('select', 'govukSelect', { value, items: items(value) })),
  checkboxes: / checked/.test(shown('checkboxes', 'govukCheckboxes', { values: [value], items: items(value) }))
})
const seen = {
  five: chosen('5'), noughtAsText: chosen('0'), nought: chosen(0), empty: chosen(''),
  input: / value="0"/.test(shown('input', 'govukInput', { value: 0 }))
}
console.log(seen)
const as = (...each) => JSON.stringify(each)
const of = ({ radios, select, checkboxes }) => JSON.stringify([radios, select, checkboxes])
process.exit(of(seen.five) === as(true, true, true) && of(seen.noughtAsText) === as(true, true, true) &&
  of(seen.nought) === as(false, false, true) && of(seen.empty) === as(false, false, true) &&
  seen.input ? 0 : 1)
JS
node_modules/.bin/node answers.js && echo 'as described'
