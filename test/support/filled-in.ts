/** What a browser sends from the form on a page, unchanged. */
export function filledIn (body: string): Record<string, string> {
  const form = /<form id="form"[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  const fields: Record<string, string> = {}
  for (const input of inputsIn(form)) {
    const value = attribute(input, 'value')
    if (/type="(radio|checkbox)"/.test(input) && !/\schecked/.test(input)) continue
    fields[attribute(input, 'name')] = value
  }
  for (const [, name = '', text = ''] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g)) fields[name] = text
  for (const [, name = '', options = ''] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    fields[name] = /<option value="([^"]*)" selected/.exec(options)?.[1] ?? ''
  }
  return fields
}

/** The same as a browser sends it, where a field is there several times. */
export function sentFrom (body: string, given: Record<string, string> = {}): string {
  const form = /<form id="form"[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  const sent = new URLSearchParams(given)
  for (const input of inputsIn(form)) {
    if (/type="hidden"/.test(input)) sent.append(attribute(input, 'name'), attribute(input, 'value'))
  }
  return sent.toString()
}

/** People chosen from a list, as their bookings' ids are sent. */
export function choosing (ids: readonly string[], given: Record<string, string> = {}): string {
  const sent = new URLSearchParams(given)
  for (const id of ids) sent.append('booking', id)
  return sent.toString()
}

/** A form on a page: its target, and its fields as they are filled in, each once. */
export interface FoundForm {
  action: string
  fields: Array<[name: string, value: string]>
}

/** Every form of a page that changes something; where nothing is chosen yet, with the first choice. */
export function formsOn (body: string, address: string): FoundForm[] {
  return [...body.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].filter(([, tag = '']) => /method="post"/.test(tag))
    .map(([, tag = '', form = '']) => ({
      action: new URL(attribute(` ${tag}`, 'action') || address, `https://service.example${address}`).pathname,
      fields: fieldsIn(form)
    }))
}

function fieldsIn (form: string): FoundForm['fields'] {
  const fields = new Map<string, string>()
  for (const input of inputsIn(form)) {
    const name = attribute(input, 'name')
    const isChosen = /\schecked/.test(input)
    if (/type="radio"/.test(input) && !isChosen && fields.has(name)) continue
    if (/type="checkbox"/.test(input) && !isChosen) continue
    fields.set(name, attribute(input, 'value'))
  }
  for (const [, tag = '', text = ''] of form.matchAll(/<textarea([^>]*)>([\s\S]*?)<\/textarea>/g)) {
    fields.set(attribute(tag, 'name'), text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&'))
  }
  for (const [, tag = '', options = ''] of form.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
    const chosen = /<option value="([^"]+)" selected/.exec(options) ?? /<option value="([^"]+)"/.exec(options)
    fields.set(attribute(tag, 'name'), chosen?.[1] ?? '')
  }
  fields.delete('')
  return [...fields]
}

/** A field that is disabled is never sent. */
function inputsIn (form: string): string[] {
  return [...form.matchAll(/<input[^>]*>/g)].map(([input]) => input).filter(input => !/\sdisabled/.test(input))
}

function attribute (tag: string, name: string): string {
  return (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&quot;', '"')
}

/** The token of what a page says that something does, as its form sends it back. */
export function tokenOn (body: string): string {
  return /name="confirmed" value="([^"]*)"/.exec(body)?.[1] ?? ''
}
