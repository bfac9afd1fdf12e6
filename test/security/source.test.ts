import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

/*
 * What the code may use, and where: each of these is safe in the files that are named and was read there. A new place
 * is read too before it is added.
 */

const project = join(import.meta.dirname, '../..')

async function filesIn (folder: string, kind: RegExp): Promise<string[]> {
  return (await readdir(join(project, folder), { recursive: true }))
    .filter(file => kind.test(file) && !file.startsWith('platform/database/generated/')).map(file => `${folder}/${file}`)
}

const code = await textsOf([...await filesIn('src', /\.ts$/), ...await filesIn('templates/assets', /\.js$/)])
const scripts = code.filter(([file]) => file.endsWith('.js'))
const templates = await textsOf(await filesIn('templates', /\.njk$/))

async function textsOf (files: string[]): Promise<Array<[file: string, text: string]>> {
  return await Promise.all(files.map(async (file): Promise<[string, string]> =>
    [file, await readFile(join(project, file), 'utf8')]))
}

/** The files in which something stands. */
const where = (what: RegExp, texts = code) => texts.filter(([, text]) => what.test(text)).map(([file]) => file).sort()

/** Everything that stands somewhere, each once. */
const found = (what: RegExp) => [...new Set(code.flatMap(([, text]) => text.match(what) ?? []))].sort()

t.test('no text is ever run: not as code, not as a template, not as a command', async t => {
  t.strictSame(where(/\beval\(|new Function\b|node:vm|renderString|set(?:Timeout|Interval)\(['"`]/), [])
  t.strictSame(where(/child_process/), ['src/platform/database/programs.ts', 'src/platform/pdf/printer.ts'])
  t.strictSame(where(/\bexec\(['"`]|execSync|shell: /), [], 'and none goes through a shell')
  t.strictSame(where(/from 'nunjucks'/), ['src/platform/http/pages.ts', 'src/platform/templates.ts'])
})

t.test('nothing in a page is left unescaped but what we have drawn or escaped ourselves', async t => {
  t.strictSame(where(/\|\s*safe\b|autoescape false/, templates), [
    'templates/office/reports/report.njk', 'templates/office/resource-requests/totals.njk',
    'templates/office/week-report/week-report.njk', 'templates/programme/sharing/head.njk'
  ])
  t.strictSame(where(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment/, scripts), [])
})

t.test('scripts in pages keep nothing in the browser and take no messages', async t => {
  t.strictSame(where(/localStorage|sessionStorage|indexedDB|document\.cookie|serviceWorker|postMessage|'message'/, scripts), [])
})

t.test('no statement for the database is made of a text that is not our own', async t => {
  t.strictSame(where(/\$(?:query|execute)RawUnsafe/), [])
  // Names of columns and tables, which stand in the same file or in `sealed-tables.ts`.
  t.strictSame(where(/Prisma\.raw\(/), [
    'src/booking/attendees/matching.ts', 'src/booking/bookings/answer-columns.ts',
    'src/booking/bookings/request-places.ts', 'src/office/invariants/invariant.ts', 'src/office/invariants/keeping.ts',
    'src/office/invariants/sealed.ts', 'src/platform/database/seal-again.ts', 'src/programme/activities/commands.ts',
    'src/programme/activities/many-rows.ts', 'src/programme/booking-rules.ts'
  ])
})

t.test('patterns are made of our own texts alone', async t => {
  t.strictSame(where(/new RegExp\(/), [
    'src/booking/bookings/schema.ts', 'src/identity/staff/return-to.ts', 'src/mail/emails/kept-emails.ts',
    'src/platform/database/errors.ts', 'src/platform/http/form-answers.ts', 'src/platform/one-line.ts',
    'src/programme/support/public-text.ts', 'src/programme/support/reachable.ts'
  ])
})

t.test('keys, hashes and chance are Node’s own, and of what is still approved', async t => {
  t.strictSame(found(/createHash\([^)]*\)/g), ["createHash('sha256')"])
  t.strictSame(found(/createHmac\('[^']*'/g), ["createHmac('sha256'"])
  t.strictSame(found(/create(?:C|Dec)ipheriv\('[^']*'/g), ["createCipheriv('aes-256-gcm'", "createDecipheriv('aes-256-gcm'"])
  t.strictSame(found(/hkdfSync\('[^']*'/g), ["hkdfSync('sha256'"])
  t.strictSame(where(/createSign\(|createVerify\(|publicEncrypt|pbkdf2|scrypt|\bsubtle\b|md5|sha1\b/i), [])
  t.strictSame(where(/Math\.random/), ['src/programme/teams/graph-client.ts'], 'for how long to wait, and nothing else')
})

t.test('other machines are spoken to in these files alone, at addresses that the configuration names', async t => {
  t.strictSame(where(/\bfetch\(/).filter(file => file.startsWith('src/')), [
    'src/office/doctor/reached.ts', 'src/programme/teams/graph-client.ts'
  ])
  t.strictSame(where(/from 'openid-client'/), ['src/identity/work-account/openid.ts'])
  t.strictSame(where(/^import (?!type)[^']* from 'nodemailer(?:\/lib\/smtp[^']*)?'/m), ['src/mail/emails/smtp-mailer.ts'])
  t.strictSame(where(/^import (?!type)[^']* from '(?:node:(?:https?|net|tls|dgram|http2|dns)|undici|axios|ws)'/m)
    .filter(file => !ownNetwork.includes(file)), ['src/office/doctor/reached.ts', 'src/platform/virus-scanner.ts'])
})

t.test('nothing takes a certificate without a look, but a mail server of this machine', async t => {
  t.strictSame(where(/rejectUnauthorized|NODE_TLS_REJECT|NODE_EXTRA_CA|checkServerIdentity/), ['src/mail/emails/smtp-mailer.ts', 'src/office/doctor/reached.ts'])
  t.strictSame(where(/allowInsecureRequests/), ['src/identity/work-account/openid.ts'], 'to this machine alone')
})

/** Of `node:net` these read addresses, and the last finds a port that is free on this machine. */
const ownNetwork = [
  'src/platform/config.ts', 'src/platform/http/forwarded.ts', 'src/platform/http/network.ts',
  'src/platform/database/launch.ts'
]

t.test('nothing reads XML, YAML or objects of another program', async t => {
  t.strictSame(where(/from '(?:xml2js|fast-xml-parser|libxmljs2?|sax|js-yaml|yaml|node:v8|node-serialize|jszip|unzipper|node:zlib)'/)
    .filter(file => !['src/platform/zip.ts', 'src/platform/backup/encrypted-file.ts'].includes(file)), [])
  t.strictSame(where(/inflate|gunzip|unzip/i), [], 'nor what is compressed')
})

t.test('nothing of another machine is in a log but what openLog writes', async t => {
  t.strictSame(where(/\bpino\(/), ['src/platform/log.ts'])
  t.strictSame(where(/console\.\w+\(/), [])
})

t.test('every package comes from npm’s registry, as it was when we chose it', async t => {
  const read = async (file: string) => JSON.parse(await readFile(join(project, file), 'utf8')) as unknown
  const { packages } = await read('package-lock.json') as { packages: Record<string, Locked> }
  const own = await read('package.json') as Record<string, Record<string, string>>
  const locked = Object.entries(packages).filter(([path]) => path !== '')

  t.ok(locked.length > 300, `${locked.length} packages`)
  t.strictSame(locked.filter(([, { resolved = registry, integrity = '' }]) =>
    !resolved.startsWith(registry) || !integrity.startsWith('sha512-')).map(([path]) => path), [])
  for (const kind of ['dependencies', 'optionalDependencies', 'devDependencies']) {
    for (const [name, version] of Object.entries(own[kind] ?? {})) t.match(version, /^[~^]?\d[\w.-]*$/, name)
  }
})

interface Locked { resolved?: string, integrity?: string }
const registry = 'https://registry.npmjs.org/'

t.test('no secret stands in the code', async t => {
  t.strictSame(where(/-----BEGIN [A-Z ]*PRIVATE KEY|(?:secret|password|token)\w*\s*[:=]\s*['"](?!has_)[\w+/=-]{16,}['"]/i), [])
})

t.test('the image has what the service needs, not the tests, the history or what they bring', async t => {
  const docker = await readFile(join(project, 'Dockerfile'), 'utf8')
  const shipped = docker.slice(docker.lastIndexOf('FROM '))

  t.match(shipped, 'NODE_ENV=production')
  t.match(shipped, 'npm ci --omit=dev --ignore-scripts')
  t.match(shipped, 'USER 1000:1000')
  t.strictSame([...shipped.matchAll(/^COPY (.*)$/gm)].map(([, what]) => what), [
    'package.json package-lock.json ./', 'prisma prisma', 'templates templates', '--from=build /app/src src'
  ])
  t.match(await readFile(join(project, '.dockerignore'), 'utf8'), /^\.git$/m)
})
