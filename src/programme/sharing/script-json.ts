/**
 * JSON as the content of a `script` element. `<` could end the element or begin a comment, so it is written as an
 * escape; what is not ASCII too, because pages that many people see are sent with numeric references, which mean
 * nothing inside a script.
 */
export function scriptJson (data: object): string {
  return JSON.stringify(data).replaceAll(/[<>&\x7F]|[^\p{ASCII}]/gu, found =>
    Array.from({ length: found.length }, (_, n) => `\\u${found.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''))
}
