#!/usr/bin/env bash
# govuk-frontend 6.6.0, its macros for nunjucks 3.2.4.
#
# Guess: a component puts the HTML that it is given into the page as it is, so that a <textarea> in it keeps its text.
# Seen:  some indent it line by line, for a tidy source, and in a <textarea> (and a <pre>) a space at the beginning of a
#        line is text. In tabs, an accordion, an inset text, a banner, a summary list, and before another field, each
#        line but the first has two to six spaces more whenever the page is shown again after a mistake, and they are
#        sent with the form. In a fieldset, under a radio or a checkbox, in details and in a table it is left alone.
# So:    no form of templates/ stands in one of those six; what is around a <textarea> there is one of the others, or
#        written by hand.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent govuk-frontend@6.6.0 nunjucks@3.2.4 node@24.21.0
cat > typed.js <<'JS'
import nunjucks from 'nunjucks'

const templates = nunjucks.configure('node_modules/govuk-frontend/dist', { autoescape: true })
const macro = (folder, name) => `{% from "govuk/components/${folder}/macro.njk" import ${name} %}`
const typed = 'I need a lift.\nAnd a quiet room.'
/** The spaces that a component puts before the second line of what was typed. */
const spacesIn = (folder, name, parameters) => {
  const html = templates.renderString(`${macro('textarea', 'govukTextarea')}${macro(folder, name)}
    {%- set field = govukTextarea({ id: "needs", name: "needs", label: { text: "Needs" }, value: typed }) -%}
    {{ ${name}(${parameters}) }}`, { typed })
  const [, text] = /<textarea[^>]*>([^]*?)<\/textarea>/.exec(html)
  return /^ */.exec(text.split('\n')[1])[0].length
}
const item = '{ value: "x", text: "x", conditional: { html: field } }'
const seen = {
  fieldset: spacesIn('fieldset', 'govukFieldset', '{ legend: { text: "x" }, html: field }'),
  radio: spacesIn('radios', 'govukRadios', `{ name: "x", items: [${item}] }`),
  checkbox: spacesIn('checkboxes', 'govukCheckboxes', `{ name: "x", items: [${item}] }`),
  details: spacesIn('details', 'govukDetails', '{ summaryText: "x", html: field }'),
  table: spacesIn('table', 'govukTable', '{ rows: [[{ html: field }]] }'),
  tabs: spacesIn('tabs', 'govukTabs', '{ items: [{ label: "x", id: "x", panel: { html: field } }] }'),
  accordion: spacesIn('accordion', 'govukAccordion',
    '{ id: "x", items: [{ heading: { text: "x" }, content: { html: field } }] }'),
  insetText: spacesIn('inset-text', 'govukInsetText', '{ html: field }'),
  banner: spacesIn('notification-banner', 'govukNotificationBanner', '{ html: field }'),
  summaryList: spacesIn('summary-list', 'govukSummaryList',
    '{ rows: [{ key: { text: "x" }, value: { html: field } }] }'),
  beforeAField: spacesIn('input', 'govukInput',
    '{ id: "x", name: "x", label: { text: "x" }, formGroup: { beforeInput: { html: field } } }')
}
console.log(seen)
const { fieldset, radio, checkbox, details, table, ...others } = seen
process.exit([fieldset, radio, checkbox, details, table].every(spaces => spaces === 0) &&
  Object.values(others).every(spaces => spaces >= 2) ? 0 : 1)
JS
node_modules/.bin/node typed.js && echo 'as described'
