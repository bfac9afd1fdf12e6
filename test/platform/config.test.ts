import Fastify from 'fastify'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../../src/platform/config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const secret = 'a key of thirty-two characters, or more'

t.test('with nothing set, the service runs on this machine with its own database', async t => {
  t.match(loadConfig({}), {
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    dataDir: './data',
    mailFrom: { name: 'Online workshops', address: 'workshops@localhost' },
    role: 'all',
    rateLimits: true,
    logLevel: 'info'
  })
})

t.test('a variable set to nothing counts as not set', async t => {
  t.equal(loadConfig({ DATABASE_URL: '', PORT: '' }).databaseUrl, undefined)
})

t.test('the public address follows the port, and loses a slash at its end', async t => {
  t.equal(loadConfig({ PORT: '8080' }).publicUrl, 'http://localhost:8080')
  t.equal(loadConfig({ PUBLIC_URL: 'https://workshops.example.org/' }).publicUrl, 'https://workshops.example.org')
})

t.test('a sender may have a name', async t => {
  t.strictSame(loadConfig({ MAIL_FROM: '"Workshops, Cumbria" <w@example.org>' }).mailFrom,
    { name: 'Workshops, Cumbria', address: 'w@example.org' })
  t.strictSame(loadConfig({ MAIL_FROM: 'w@example.org' }).mailFrom, { name: '', address: 'w@example.org' })
})

const graph = {
  GRAPH_TENANT_ID: '0823831b-1f1b-424b-b90a-1caa345a742a',
  GRAPH_CLIENT_ID: 'ddb80e06-92f3-4978-bc22-a0eee85e6a9e',
  GRAPH_CLIENT_SECRET: 'a secret of the app',
  GRAPH_ORGANISER_ID: '748d2cbb-3b55-40ed-8c34-2eae5932b22a'
}
const guid = 'must be an id such as 748d2cbb-3b55-40ed-8c34-2eae5932b22a.'
const allOrNone = 'must be set: Teams meetings take all of GRAPH_TENANT_ID, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET, GRAPH_ORGANISER_ID, or none.'

t.test('Teams meetings are made by Microsoft’s own servers unless others are named, and by none without an account', async t => {
  t.equal(loadConfig({}).graph, undefined)
  t.strictSame(loadConfig(graph).graph, {
    tenantId: graph.GRAPH_TENANT_ID,
    clientId: graph.GRAPH_CLIENT_ID,
    clientSecret: graph.GRAPH_CLIENT_SECRET,
    organiserId: graph.GRAPH_ORGANISER_ID,
    url: 'https://graph.microsoft.com',
    loginUrl: 'https://login.microsoftonline.com'
  })
  t.match(loadConfig({ ...graph, GRAPH_URL: 'https://graph.microsoft.us/', GRAPH_LOGIN_URL: 'http://127.0.0.1:4000' }).graph,
    { url: 'https://graph.microsoft.us', loginUrl: 'http://127.0.0.1:4000' })
})

const openId = {
  OIDC_ISSUER: 'https://login.microsoftonline.com/0823831b-1f1b-424b-b90a-1caa345a742a/v2.0', OIDC_CLIENT_ID: 'an app', OIDC_CLIENT_SECRET: 'its secret'
}
const openIdAllOrNone = 'must be set: signing in with OpenID takes all of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, or none.'
const issuer = 'OIDC_ISSUER must be an https address such as ' +
  'https://login.microsoftonline.com/748d2cbb-3b55-40ed-8c34-2eae5932b22a/v2.0.'

t.test('staff sign in with a provider where all is there that it takes, and its name is kept byte for byte', async t => {
  t.equal(loadConfig({}).openId, undefined)
  t.strictSame(loadConfig(openId).openId, {
    issuer: openId.OIDC_ISSUER, clientId: 'an app', clientSecret: 'its secret', acr: [], alwaysAsksForTwo: false
  })
  t.match(loadConfig({ ...openId, OIDC_ISSUER: 'https://id.example/' }).openId, { issuer: 'https://id.example/' })
  t.match(loadConfig({ ...openId, OIDC_ACR: 'urn:two  c1', OIDC_SECOND_FACTOR: 'always' }).openId, { acr: ['urn:two', 'c1'], alwaysAsksForTwo: true })
})

t.test('emails come back to the sender, unless there is an address for what comes back', async t => {
  t.match(loadConfig({}), { bounceAddress: undefined, bounceMailbox: undefined, bouncesSecret: undefined })
  t.match(loadConfig({
    BOUNCE_ADDRESS: 'bounces@example.org', BOUNCE_MAILBOX: '/var/mail/bounces', BOUNCES_SECRET: secret
  }), { bounceAddress: 'bounces@example.org', bounceMailbox: '/var/mail/bounces', bouncesSecret: secret })
})

const bounceAddress = 'BOUNCE_ADDRESS must be an address with at most 18 characters before the @, such as bounces@example.org.'
const needed = 'needs BOUNCE_ADDRESS: nothing comes back to an address that emails do not carry.'

const proxies = 'TRUST_PROXY must name your proxies by address or network, such as 10.0.0.4 or 172.16.0.0/12, or be ' +
  'uniquelocal for all private networks: neither a number nor true says who to trust.'

t.test('proxies are trusted by address, by network or by the name of one, as Fastify takes them', async t => {
  for (const text of [
    '10.0.0.4', '10.0.0.4,10.0.0.5', '172.16.0.0/12, fd00::/8', 'uniquelocal', 'loopback, linklocal', '::1', '::1/128'
  ]) {
    const { trustProxy } = loadConfig({ TRUST_PROXY: text })
    t.equal(trustProxy, text)
    t.doesNotThrow(() => Fastify({ trustProxy: trustProxy ?? false }))
  }
})

const securityContact = 'SECURITY_CONTACT must be an address such as mailto:security@example.org or https://example.org/security.'

t.test('holes are reported by email or on a page, or nobody says where', async t => {
  t.equal(loadConfig({}).securityContact, undefined)
  for (const contact of ['mailto:security@example.org', 'https://example.org', 'https://example.org:8443/report?of=placekeeper']) {
    t.equal(loadConfig({ SECURITY_CONTACT: contact }).securityContact, contact)
  }
})

const scanner = 'CLAMD_URL must be like unix:///run/clamav/clamd.ctl, or tcp://clamav:3310 for this machine or a container beside it.'

t.test('files are looked into by a scanner on this machine or beside it, or by none', async t => {
  t.equal(loadConfig({}).scannerAddress, undefined)
  t.strictSame(loadConfig({ CLAMD_URL: 'unix:///run/clamav/clamd.ctl' }).scannerAddress, { path: '/run/clamav/clamd.ctl' })
  for (const [host, is] of [['127.0.0.1', '127.0.0.1'], ['[::1]', '::1'], ['localhost', 'localhost'], ['clamav', 'clamav']] as const) {
    t.strictSame(loadConfig({ CLAMD_URL: `tcp://${host}:3310` }).scannerAddress, { host: is, port: 3310 })
  }
})

const wrong = [
  [{ OIDC_ISSUER: openId.OIDC_ISSUER }, `OIDC_CLIENT_ID ${openIdAllOrNone}\nOIDC_CLIENT_SECRET ${openIdAllOrNone}`],
  [{ OIDC_CLIENT_SECRET: 'x' }, `OIDC_ISSUER ${openIdAllOrNone}\nOIDC_CLIENT_ID ${openIdAllOrNone}`],
  [{ ...openId, OIDC_ISSUER: 'http://id.example' }, issuer],
  [{ ...openId, OIDC_ISSUER: 'https://id.example?x' }, issuer],
  [{ ...openId, OIDC_SECOND_FACTOR: 'yes' }, 'OIDC_SECOND_FACTOR must be one of told, always.'],
  [{ PORT: 'eighty' }, 'PORT must be a whole number from 0 to 65535.'],
  [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535.'],
  [{ PUBLIC_URL: 'workshops.example.org' }, 'PUBLIC_URL must be an http or https address without a path.'],
  [{ PUBLIC_URL: 'https://example.org/workshops' }, 'PUBLIC_URL must be an http or https address without a path.'],
  [{ DATABASE_URL: 'mysql://x', SECRET_KEY: secret }, 'DATABASE_URL must start with postgres:// or postgresql://.'],
  [{ DATABASE_URL: 'postgres://x' }, 'SECRET_KEY must be set, to at least 32 characters, where DATABASE_URL is.'],
  [{ MIGRATE_DATABASE_URL: 'postgres://x', SECRET_KEY: secret }, 'DATABASE_URL must be set where MIGRATE_DATABASE_URL is: it names the role that serves.'],
  [{ SECRET_KEY: 'short' }, 'SECRET_KEY must have at least 32 characters.'],
  [{ SECRET_KEY: secret, SECRET_KEY_BEFORE: secret }, 'SECRET_KEY_BEFORE must be the key before SECRET_KEY, and not the same.'],
  [{ SMTP_URL: 'mail.example.org' }, 'SMTP_URL must start with smtp:// or smtps:// and name a server.'],
  [{ MAIL_FROM: 'nobody' }, 'MAIL_FROM must be an address, or a name and an address in angle brackets.'],
  [{ ROLE: 'boss' }, 'ROLE must be one of all, web, worker.'],
  [{ RATE_LIMITS: 'maybe' }, 'RATE_LIMITS must be one of on, off.'],
  ...['1', 'true', 'true, 10.0.0.1', '10.0.0', '10.0.0.0/33', '10.0.0.0/0', '::/129', '10.0.0.1/8/8', '10.0.0.1/x', 'proxy.example.org', ',']
    .map(text => [{ TRUST_PROXY: text }, proxies] as const),
  ...['security@example.org', 'mailto:security', 'http://example.org', 'https://', 'mailto:a@example.org\nExpires: x']
    .map(text => [{ SECURITY_CONTACT: text }, securityContact] as const),
  ...['clamav:3310', 'tcp://scanner.example.org:3310', 'tcp://10.0.0.4:3310', 'tcp://clamav', 'unix:clamd.ctl', 'http://clamav:3310']
    .map(text => [{ CLAMD_URL: text }, scanner] as const),
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.'],
  [{ ...graph, GRAPH_TENANT_ID: 'common' }, `GRAPH_TENANT_ID ${guid}`],
  [{ ...graph, GRAPH_CLIENT_ID: 'placekeeper' }, `GRAPH_CLIENT_ID ${guid}`],
  [{ ...graph, GRAPH_ORGANISER_ID: 'workshops@council.example' }, `GRAPH_ORGANISER_ID ${guid}`],
  [{ ...graph, GRAPH_CLIENT_SECRET: '' }, `GRAPH_CLIENT_SECRET ${allOrNone}`],
  [{ GRAPH_CLIENT_ID: graph.GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET: 'x' }, `GRAPH_TENANT_ID ${allOrNone}\nGRAPH_ORGANISER_ID ${allOrNone}`],
  [{ GRAPH_URL: 'http://graph.microsoft.com' }, 'GRAPH_URL must be an https address without a path.'],
  [{ GRAPH_URL: 'http://localhost.evil.example' }, 'GRAPH_URL must be an https address without a path.'],
  [{ GRAPH_URL: 'https://graph.microsoft.com/v1.0' }, 'GRAPH_URL must be an https address without a path.'],
  [{ GRAPH_LOGIN_URL: 'https://user@login.microsoftonline.com' }, 'GRAPH_LOGIN_URL must be an https address without a path.'],
  [{ BOUNCE_ADDRESS: 'bounces' }, bounceAddress],
  [{ BOUNCE_ADDRESS: `${'b'.repeat(19)}@example.org` }, bounceAddress],
  [{ BOUNCE_ADDRESS: 'Bounces <bounces@example.org>' }, bounceAddress],
  [{ BOUNCE_ADDRESS: 'bounces@exämple.org' }, bounceAddress],
  [{ BOUNCE_ADDRESS: 'bounces@example.org', BOUNCES_SECRET: 'short' }, 'BOUNCES_SECRET must have at least 32 characters.'],
  [{ BOUNCE_MAILBOX: '/var/mail/bounces', BOUNCES_SECRET: secret }, `BOUNCE_MAILBOX ${needed}\nBOUNCES_SECRET ${needed}`],
  [{ PORT: 'x', ROLE: 'y' }, 'PORT must be a whole number from 0 to 65535.\nROLE must be one of all, web, worker.']
] as const

for (const [environment, lines] of wrong) {
  t.test(`${JSON.stringify(environment).slice(0, 60)} is refused with a line for each variable`, async t => {
    t.throws(() => loadConfig(environment), new ConfigError(lines))
  })
}

t.test('a key that is easy to guess is refused in a sentence, and one made by chance is not', async t => {
  const refusal = new ConfigError('SECRET_KEY is too easy to guess: make one with “openssl rand -base64 32”.')
  for (const weak of [' '.repeat(32), 'x'.repeat(40), 'abc '.repeat(10), 'change-me-please'.repeat(2), '0123456701234567'.repeat(2) + '0']) {
    t.throws(() => loadConfig({ SECRET_KEY: weak }), refusal, weak)
  }
  for (let n = 0; n < 1000; n++) loadConfig({ SECRET_KEY: randomBytes(16).toString('hex') })
  t.equal(loadConfig({ SECRET_KEY: secret }).secretKey, secret)
})

t.test('every secret may stand in a file, and what is wrong with that is said in a line', async t => {
  const folder = temporaryFolder(t)
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const config = loadConfig({
    SECRET_KEY_FILE: file('key', `${secret}\n`),
    DATABASE_URL_FILE: file('database', 'postgres://localhost/x\r\n'),
    SMTP_URL_FILE: file('smtp', 'smtps://me:pass@mail.example.org'),
    BOUNCE_ADDRESS: 'bounces@example.org',
    BOUNCES_SECRET_FILE: file('bounces', secret),
    ...graph,
    GRAPH_CLIENT_SECRET: '',
    GRAPH_CLIENT_SECRET_FILE: file('graph', 'the secret of the app'),
    ...openId,
    OIDC_CLIENT_SECRET: '',
    OIDC_CLIENT_SECRET_FILE: file('openid', 'the secret of signing in')
  })

  t.match(config, {
    secretKey: secret,
    databaseUrl: 'postgres://localhost/x',
    smtpUrl: 'smtps://me:pass@mail.example.org',
    bouncesSecret: secret,
    graph: { clientSecret: 'the secret of the app' },
    openId: { clientSecret: 'the secret of signing in' }
  })
  t.throws(() => loadConfig({ SECRET_KEY: secret, SECRET_KEY_FILE: 'key' }),
    new ConfigError('SECRET_KEY and SECRET_KEY_FILE are both set: set one.'))
  t.throws(() => loadConfig({ SECRET_KEY_FILE: join(folder, 'nothing') }), /^SECRET_KEY_FILE cannot be read: ENOENT[^\n]*\.$/)
})

t.test('a database on another machine is reached encrypted, or its address says that it is not', async t => {
  const open = (address: string) => () => loadConfig({ DATABASE_URL: address, SECRET_KEY: secret }).databaseUrl
  for (const far of ['postgres://me:pass@db.example.org/x', 'postgresql://10.0.0.4:5432/x', 'postgres://[2001:db8::1]/x']) {
    t.throws(open(far), /^DATABASE_URL leads to another machine and must say how it is encrypted/)
    for (const mode of ['verify-full', 'require', 'disable']) t.equal(open(`${far}?sslmode=${mode}`)(), `${far}?sslmode=${mode}`)
  }
  for (const weak of ['sslmode=no-verify', 'sslmode=prefer', 'sslmode=allow', 'ssl=false', 'ssl=0', 'sslmode=require&uselibpqcompat=true']) {
    t.throws(open(`postgres://db.example.org/x?${weak}`), /^DATABASE_URL leads to another machine/, weak)
  }
  t.throws(open('postgres://localhost/x?host=db.example.org'), /^DATABASE_URL leads to another machine/, 'where it really leads')
  t.doesNotThrow(open('postgres://db.example.org/x?ssl=true'))
  for (const near of ['postgres://localhost/x', 'postgres://me@127.0.0.1:5433/x', 'postgres://[::1]/x', 'postgres://db:5432/x',
    'postgresql:///x?host=/var/run/postgresql']) t.equal(open(near)(), near)
})

t.test('everyone needs an authenticator where the service has a database of yours, unless you say otherwise', async t => {
  const own = { DATABASE_URL: 'postgres://localhost/x', SECRET_KEY: secret }

  t.equal(loadConfig(own).secondFactorRequired, true)
  t.equal(loadConfig({ ...own, SECOND_FACTOR: 'optional' }).secondFactorRequired, false)
  t.equal(loadConfig({}).secondFactorRequired, false)
  t.equal(loadConfig({ SECOND_FACTOR: 'required' }).secondFactorRequired, true)
})
