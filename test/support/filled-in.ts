/** What a browser sends of the form on a page, where nobody touches it. */
export function filledIn (body: string): Record<string, string> {
  const form = /<form id="form"[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  const fields: Record<string, string> = {}
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
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

function attribute (tag: string, name: string): string {
  return (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&quot;', '"')
}
