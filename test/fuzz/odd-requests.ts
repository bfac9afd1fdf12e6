import fc from 'fast-check'
import { asBody, oddFiles, oddForms, oddTexts, oddities } from './fuzzing.ts'
import type { Pairs } from './fuzzing.ts'

/*
 * Requests that are nearly those of a browser, or of a program that knows the service, with everything in them that
 * whoever asks can choose.
 */

/** One request of someone. */
export interface Odd<Who extends string> {
  who: Who
  method: string
  url: string
  headers: Record<string, string>
  payload: Buffer | undefined
}

/** What is known of a route, by which requests to it get further than its door. */
export interface Known<Who extends string> {
  method: string
  /** Its pattern, and the same with what is there. */
  url: string
  address: string
  /** What it reads behind the question mark, as far as it is known by name, and what rightly stands there. */
  names: readonly string[]
  query: Pairs
  /** Headers by which it is asked rightly. */
  headers: Record<string, string>
  /** The form that it gets, and types of what it takes at all. */
  fields: Pairs
  takes: readonly BodyType[]
  /** Whom it is for, each as often as they are named. */
  people: readonly Who[]
}

/** The types of what people and programs send. */
export const bodyTypes = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  files: 'multipart/form-data',
  mail: 'message/rfc822'
}
export type BodyType = keyof typeof bodyTypes

/** What browsers and others say of themselves and of what they want, rightly and wrongly. */
const headerNames = [
  'accept', 'accept-encoding', 'accept-language', 'authorization', 'cache-control', 'connection', 'content-encoding', 'content-length', 'content-type', 'cookie', 'expect', 'forwarded', 'host',
  'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'origin', 'range', 'referer', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site', 'te', 'transfer-encoding', 'upgrade',
  'user-agent', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-http-method-override', 'x-real-ip', 'x-request-id'
] as const
const headerValues = [
  '', '*', '*/*;q=x', 'text/html', 'application/json', 'application/json; charset=utf-7', 'multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=cut',
  'application/x-www-form-urlencoded; charset=utf-16', 'message/rfc822', 'text/csv', 'null', 'session=', '__Host-session=%00; session=x', 'a=b; a=c; =;', 'evil.example', 'localhost:99999',
  '[::1', '192.0.2.7, unknown', '::ffff:192.0.2.7, fe80::1%eth0, ,', 'for="[2001:db8::1]"', 'https', 'cross-site', 'same-origin', '"x", W/"y"', 'bytes=0-0,99-', 'bytes=-1', 'bytes=9-1',
  'Thu, 99 Foo 2026', 'Bearer x', 'Basic Og==', 'gzip', 'gzip;q=0', 'identity', 'chunked', 'x'.repeat(4_000), 'caf\u00e9', '100-continue', 'de-DE-x-private,*;q=0', '0', '1', '-1', '99999999', '1e3'
] as const

const seldom = <T>(of: fc.Arbitrary<T>, otherwise: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: otherwise }, { weight: 1, arbitrary: of })

/** A header as it can come over a line: characters of one byte, and none that ends it. */
const overALine = (text: string) =>
  Buffer.from(text.toWellFormed()).toString('latin1').replaceAll(/[^\t -~\x80-\xff]/g, '')

const headers = fc.dictionary(fc.constantFrom(...headerNames), fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string[]>(...headerValues) },
  { weight: 1, arbitrary: oddTexts(headerValues, 4_000).map(overALine) }), { maxKeys: 3 })

/** Names and values as a browser puts them into an address or a form. */
export function encoded (pairs: Pairs): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()
}

/** A form with a file, cut where its type says, as a browser sends it (RFC 7578). */
function multipartOf (pairs: Pairs, file: Buffer): Buffer {
  const part = (name: string, of: string, value: Buffer) =>
    [Buffer.from(`--cut\r\ncontent-disposition: form-data; name="${name}"${of}\r\n\r\n`), value, Buffer.from('\r\n')]
  return Buffer.concat([
    ...pairs.flatMap(([name, value]) => part(name, '', Buffer.from(value))),
    ...part('file', '; filename="a.csv"\r\ncontent-type: text/csv', file),
    Buffer.from('--cut--\r\n')
  ])
}

/** The address of a route with other parameters in the places of its own. */
function withParameters (url: string, right: string, given: readonly string[]): string {
  const parts = right.split('/')
  const put = (n: number) => encodeURIComponent(given[n % given.length]?.toWellFormed() ?? '')
  return url.split('/').map((part, n) => part.includes(':') ? put(n) : parts[n] ?? '').join('/')
}

/** What can stand in the first line of a request: a path whose other characters are those of an address. */
function asAddress (text: string): string {
  const path = text.toWellFormed().replaceAll(/[^!-~]|[\\"<>^`{|}]/gu, character => encodeURIComponent(character))
  return path.startsWith('/') ? path : `/${path}`
}

/** The methods by which whoever likes may ask; `CONNECT` asks for no address. */
const methods = [
  'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'LOCK', 'PURGE'
] as const

/** What requests are made of, whichever route they go to; files and mails are examples of those that are read. */
export interface Around<Who extends string> {
  cookies: Record<Who, string>
  tokens: readonly string[]
  files: readonly Buffer[]
  mails: readonly Buffer[]
}

/** Requests to a route, some of which are as it wants them. */
export function requestsTo<Who extends string> (route: Known<Who>, around: Around<Who>): fc.Arbitrary<Odd<Who>> {
  const { cookies, tokens } = around
  const value = fc.oneof(fc.constantFrom<string[]>(...oddities), oddTexts(tokens, 2_000))
  const someones = Object.values<string>(cookies).filter(text => text !== '')
  return fc.record({
    who: seldom(fc.constantFrom(...Object.keys(cookies) as Who[]), fc.constantFrom(...route.people)),
    method: seldom(fc.constantFrom<string[]>(...methods), fc.constant(route.method)),
    path: pathsOf(route, value),
    query: queriesOf(route, value),
    odd: seldom(headers, fc.constant({})),
    cookie: seldom(oddTexts(someones, 4_000).map(overALine), fc.constant(undefined)),
    body: bodiesOf(route, around, value)
  }).map(({ who, method, path, query, odd, cookie = cookies[who], body: { type, payload } }) => ({
    who,
    method,
    url: query === '' ? path : `${path}?${query}`,
    headers: {
      ...cookie !== '' && { cookie },
      ...type !== undefined && { 'content-type': type === bodyTypes.files ? `${type}; boundary=cut` : type },
      'sec-fetch-site': 'same-origin',
      ...route.headers,
      ...odd
    },
    payload
  }))
}

function pathsOf ({ url, address }: Known<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const parameters = fc.array(value, { minLength: 1, maxLength: 2 })
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(address) },
    { weight: 3, arbitrary: parameters.map(given => withParameters(url, address, given)) },
    { weight: 1, arbitrary: oddTexts([address], 2_000).map(asAddress) })
}

function queriesOf ({ names, query }: Known<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const right = encoded(query)
  const named = fc.array(fc.tuple(fc.constantFrom(...names, 'page'), value), { maxLength: 3 }).map(encoded)
  return fc.oneof(
    { weight: 8, arbitrary: names.length === 0 ? fc.constant(right) : named },
    { weight: query.length === 0 ? 1 : 8, arbitrary: oddForms(fc.constant(query)).map(encoded) },
    { weight: 1, arbitrary: oddTexts([right], 500).map(text => asAddress(text).slice(1)) })
}

interface Body { type?: string, payload?: Buffer }

function bodiesOf (
  { method, fields, takes }: Known<string>, { files, mails }: Around<string>, value: fc.Arbitrary<string>
): fc.Arbitrary<Body> {
  const forms = oddForms(fc.constant(fields))
  const inForms = forms.map(pairs => Buffer.from(encoded(pairs)))
  if (method === 'GET') return seldom(inForms.map(payload => ({ type: bodyTypes.form, payload })), fc.constant({}))
  const bodies: Record<BodyType, fc.Arbitrary<Buffer>> = {
    form: seldom(value.map(text => Buffer.from(text)), inForms),
    json: forms.chain(pairs => oddTexts([JSON.stringify(asBody(pairs))])).map(text => Buffer.from(text)),
    files: fc.tuple(forms, oddFiles(files, 60_000)).map(([pairs, file]) => multipartOf(pairs, file))
      .chain(whole => seldom(oddFiles([whole]), fc.constant(whole))),
    mail: oddFiles(mails)
  }
  const kinds = Object.keys(bodies) as BodyType[]
  return seldom(fc.constantFrom(...kinds), fc.constantFrom(...takes))
    .chain(kind => bodies[kind].map(payload => ({ type: bodyTypes[kind], payload })))
}
