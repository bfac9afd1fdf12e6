import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'

const mailbox = z.string().transform((text, context) => {
  const [, name, bracketed] = /^\s*"?([^"<>]*?)"?\s*<([^<>\s]+)>\s*$/.exec(text) ?? []
  const address = bracketed ?? text.trim()
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address)) {
    context.addIssue({ code: 'custom', message: 'must be an address, or a name and an address in angle brackets' })
    return z.NEVER
  }
  return { name: name ?? '', address }
})

const integer = (low: number, high: number) => z.string()
  .regex(/^\d+$/, `must be a whole number from ${low} to ${high}`)
  .transform(Number)
  .refine(n => n >= low && n <= high, `must be a whole number from ${low} to ${high}`)

const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const guid = z.string().regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, 'must be an id such as 748d2cbb-3b55-40ed-8c34-2eae5932b22a')

/** Microsoft's addresses, where secrets are sent: encrypted, or no further than this machine. */
const microsoft = z.string()
  .regex(/^(?:https:\/\/[^/?#@\s]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)\/?$/, 'must be an https address without a path')
  .transform(url => url.replace(/\/$/, ''))

/** All of these are set, or Microsoft Graph is not used. */
const graphAccess = ['GRAPH_TENANT_ID', 'GRAPH_CLIENT_ID', 'GRAPH_CLIENT_SECRET', 'GRAPH_ORGANISER_ID'] as const

/** Like `graphAccess`, for signing in. */
const openIdAccess = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const

/** Like `graphAccess`, for speaking TLS ourselves. */
const tlsParts = ['TLS_CERT', 'TLS_KEY'] as const

/** Whether a key belongs to a certificate, both as PEM. */
function isPair (cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}

/** The provider's own name for itself, byte for byte; an encrypted address, or on this machine. */
const issuer = z.string().regex(
  /^(?:https:\/\/[^/?#@\s]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)(?:\/[^?#\s]*)?$/,
  'must be an https address such as https://login.microsoftonline.com/748d2cbb-3b55-40ed-8c34-2eae5932b22a/v2.0'
)

/** Networks that can be trusted by name, as Fastify knows them. */
const namedNetworks = ['loopback', 'linklocal', 'uniquelocal']

/**
 * Checked here before Fastify reads it: Fastify takes `1` for the address 0.0.0.1 and would trust no proxy. A number of
 * proxies does not identify them: a client that reaches the service past them could write what it likes.
 */
const proxies = z.string().refine(text => text.split(',').map(one => one.trim()).every(one => {
  if (namedNetworks.includes(one)) return true
  const [address = '', bits, ...more] = one.split('/')
  const longest = isIP(address) === 4 ? 32 : 128
  return isIP(address) !== 0 && more.length === 0 &&
    (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= longest))
}), 'must name your proxies by address or network, such as 10.0.0.4 or 172.16.0.0/12, or be uniquelocal for all ' +
  'private networks: neither a number nor true says who to trust')

/**
 * Variables that hold a secret, and what is as long: each may be a file, named by the variable with `_FILE`, as vaults
 * give them.
 */
const secrets = [
  'SECRET_KEY', 'SECRET_KEY_BEFORE', 'DATABASE_URL', 'MIGRATE_DATABASE_URL', 'SMTP_URL', 'BOUNCES_SECRET',
  'GRAPH_CLIENT_SECRET', 'OIDC_CLIENT_SECRET', 'METRICS_TOKEN', 'TLS_CERT', 'TLS_KEY'
] as const

/** So many different characters have 32 hexadecimal digits at least, if chance has chosen them. */
const fewestCharacters = 8

/** A key that someone typed to have one: spaces, one character, or a few again and again. */
const key = z.string().min(32, 'must have at least 32 characters').refine(
  text => new Set(text.replace(/\s/g, '')).size >= fewestCharacters && !/^(.{1,16}?)\1+.{0,15}$/.test(text),
  'is too easy to guess: make one with “openssl rand -base64 32”'
)

/** With each of these pg checks the certificate, which libpq does for the first two alone. */
const encryptedModes = ['verify-full', 'verify-ca', 'require']

/**
 * The database's address. To another machine the connection is encrypted and its certificate is checked, unless the
 * address says what it is: a name without a dot is of a container beside this one, and a path is a socket. A `host`
 * behind the question mark counts and not the one before it, as for pg.
 */
const databaseUrl = z.string().regex(
  /^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'
).refine(text => {
  const url = URL.parse(text)
  if (url === null) return true
  const { hostname, searchParams } = url
  const isBeside = /^(?:\/.*|[^.:]*|127(?:\.\d+){3}|\[?::1\]?)$/.test(searchParams.get('host') ?? hostname)
  const mode = searchParams.get('sslmode') ?? (/^(?:true|1)$/.test(searchParams.get('ssl') ?? '') ? 'verify-full' : '')
  const isChecked = encryptedModes.includes(mode) && searchParams.get('uselibpqcompat') !== 'true'
  return isBeside || isChecked || mode === 'disable'
}, 'leads to another machine and must say how it is encrypted: add ?sslmode=verify-full, or ?sslmode=disable if the ' +
  'network between them is your own')

/**
 * Where ClamAV listens: a socket of this machine, or a port of it or of a container beside it, whose name has no dot.
 * It speaks no TLS, so no file that people send goes further.
 */
const scanner = z.string().transform((text, context) => {
  const [, path] = /^unix:\/\/(\/\S+)$/.exec(text) ?? []
  const [, host = '', port] = /^tcp:\/\/([\w-]+|127(?:\.\d{1,3}){3}|\[::1\]):(\d{1,5})$/.exec(text) ?? []
  if (path !== undefined) return { path }
  if (port !== undefined) return { host: host.replace(/[[\]]/g, ''), port: Number(port) }
  context.addIssue({
    code: 'custom', message: 'must be like unix:///run/clamav/clamd.ctl, or tcp://clamav:3310 for this machine or a container beside it'
  })
  return z.NEVER
})

const defaultPort = 3000

const Environment = z.object({
  PORT: integer(0, 65_535).optional(),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: z.string().regex(/^https?:\/\/[^/?#\s]+\/?$/, 'must be an http or https address without a path')
    .transform(url => url.replace(/\/$/, '')).optional(),
  DATABASE_URL: databaseUrl.optional(),
  MIGRATE_DATABASE_URL: databaseUrl.optional(),
  DATA_DIR: z.string().default('./data'),
  SMTP_URL: z.string().regex(/^smtps?:\/\/[^/\s]+/, 'must start with smtp:// or smtps:// and name a server').optional(),
  MAIL_FROM: mailbox.prefault('Online workshops <workshops@localhost>'),
  DKIM_SELECTOR: z.string().regex(/^[a-z\d](?:[a-z\d._-]*[a-z\d])?$/i, 'must be the name before ._domainkey in the DNS').optional(),
  // With a token of 45 characters and a plus, the part before the @ stays within 64 octets (RFC 5321 §4.5.3.1.1).
  BOUNCE_ADDRESS: z.string().regex(
    /^[\w!#$%&'*/=?^`{|}~+-][\w!#$%&'*/=?^`{|}~.+-]{0,17}@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i,
    'must be an address with at most 18 characters before the @, such as bounces@example.org'
  ).optional(),
  BOUNCE_MAILBOX: z.string().optional(),
  BOUNCES_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  SECRET_KEY: key.optional(),
  SECRET_KEY_BEFORE: key.optional(),
  GRAPH_TENANT_ID: guid.optional(),
  GRAPH_CLIENT_ID: guid.optional(),
  GRAPH_CLIENT_SECRET: z.string().optional(),
  GRAPH_ORGANISER_ID: guid.optional(),
  GRAPH_URL: microsoft.prefault('https://graph.microsoft.com'),
  GRAPH_LOGIN_URL: microsoft.prefault('https://login.microsoftonline.com'),
  OIDC_ISSUER: issuer.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_ACR: z.string().transform(text => text.split(/\s+/).filter(name => name !== '')).optional(),
  OIDC_SECOND_FACTOR: choice(['told', 'always']).default('told'),
  SECOND_FACTOR: choice(['optional', 'required']).optional(),
  CLAMD_URL: scanner.optional(),
  BACKUP_RECIPIENT: z.string().optional(),
  ROLE: choice(['all', 'web', 'worker']).default('all'),
  RATE_LIMITS: choice(['on', 'off']).default('on'),
  STRANGERS_AN_HOUR: integer(1, 1_000_000).default(1000),
  TRUST_PROXY: proxies.optional(),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  METRICS_TOKEN: z.string().regex(/^\S{16,}$/, 'must have at least 16 characters, and no spaces').optional(),
  SECURITY_CONTACT: z.string().regex(
    /^(?:mailto:[\w.%+-]+@[\w.-]+|https:\/\/[\w.-]+(?::\d+)?(?:\/[!-~]*)?)$/,
    'must be an address such as mailto:security@example.org or https://example.org/security'
  ).optional(),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')
}).superRefine((environment, context) => {
  if (environment.DATABASE_URL !== undefined && environment.SECRET_KEY === undefined) {
    context.addIssue({
      code: 'custom', path: ['SECRET_KEY'], message: 'must be set, to at least 32 characters, where DATABASE_URL is'
    })
  }
  if (environment.SECRET_KEY_BEFORE !== undefined && environment.SECRET_KEY_BEFORE === environment.SECRET_KEY) {
    context.addIssue({ code: 'custom', path: ['SECRET_KEY_BEFORE'], message: 'must be the key before SECRET_KEY, and not the same' })
  }
  if (environment.MIGRATE_DATABASE_URL !== undefined && environment.DATABASE_URL === undefined) {
    context.addIssue({
      code: 'custom', path: ['DATABASE_URL'], message: 'must be set where MIGRATE_DATABASE_URL is: it names the role that serves'
    })
  }
  for (const name of ['BOUNCE_MAILBOX', 'BOUNCES_SECRET'] as const) {
    if (environment[name] === undefined || environment.BOUNCE_ADDRESS !== undefined) continue
    context.addIssue({
      code: 'custom', path: [name], message: 'needs BOUNCE_ADDRESS: nothing comes back to an address that emails do not carry'
    })
  }
  for (const [what, names] of [['Teams meetings take', graphAccess], ['signing in with OpenID takes', openIdAccess], ['TLS takes', tlsParts]] as const) {
    const missing = names.filter(name => environment[name as keyof typeof environment] === undefined)
    if (missing.length === names.length) continue
    for (const name of missing) {
      context.addIssue({ code: 'custom', path: [name], message: `must be set: ${what} all of ${names.join(', ')}, or none` })
    }
  }
  const { TLS_CERT: cert, TLS_KEY: tlsKey } = environment
  if (cert !== undefined && tlsKey !== undefined && !isPair(cert, tlsKey)) {
    context.addIssue({ code: 'custom', path: ['TLS_KEY'], message: 'is not the key of TLS_CERT, as PEM' })
  }
}).transform(environment => ({
  port: environment.PORT ?? defaultPort,
  /** Port of a worker's health page; undefined: none, because a web process beside it may have the usual port. */
  workerPort: environment.PORT,
  host: environment.HOST,
  /** Base address in emails, links and feeds, without a trailing slash. */
  publicUrl: environment.PUBLIC_URL ?? `http://localhost:${environment.PORT ?? defaultPort}`,
  databaseUrl: environment.DATABASE_URL,
  /** Address of the role that owns the tables, for `migrate` alone; undefined: the one that serves owns them. */
  migrateDatabaseUrl: environment.MIGRATE_DATABASE_URL,
  dataDir: environment.DATA_DIR,
  smtpUrl: environment.SMTP_URL,
  mailFrom: environment.MAIL_FROM,
  /** Under which the key is published with which the mail server signs; undefined: not known. */
  dkimSelector: environment.DKIM_SELECTOR,
  /** Address for bounces, with a token for each email; undefined: they go to mailFrom. */
  bounceAddress: environment.BOUNCE_ADDRESS,
  /** The mbox file into which the mail system writes bounces. */
  bounceMailbox: environment.BOUNCE_MAILBOX,
  /** Secret with which the mail system may post bounces; undefined: it may not. */
  bouncesSecret: environment.BOUNCES_SECRET,
  /** Undefined only beside the embedded database: then a key is made and kept in dataDir. */
  secretKey: environment.SECRET_KEY,
  /** The key before that one: it still opens and verifies what was made with it; undefined: there is none. */
  secretKeyBefore: environment.SECRET_KEY_BEFORE,
  /** Access for making Teams meetings; undefined: organisers paste links. */
  graph: environment.GRAPH_TENANT_ID === undefined
    ? undefined
    : {
        tenantId: environment.GRAPH_TENANT_ID,
        clientId: environment.GRAPH_CLIENT_ID as string,
        clientSecret: environment.GRAPH_CLIENT_SECRET as string,
        /** Entra object id of the account that owns the meetings. */
        organiserId: environment.GRAPH_ORGANISER_ID as string,
        url: environment.GRAPH_URL,
        loginUrl: environment.GRAPH_LOGIN_URL
      },
  /** The provider with which staff may sign in; undefined: only by email. */
  openId: environment.OIDC_ISSUER === undefined
    ? undefined
    : {
        issuer: environment.OIDC_ISSUER,
        clientId: environment.OIDC_CLIENT_ID as string,
        clientSecret: environment.OIDC_CLIENT_SECRET as string,
        /** What the provider calls signing in with two factors (`acr`): it is asked for one of them. */
        acr: environment.OIDC_ACR ?? [],
        /** Whether it asks everyone for two factors, whatever it says of it. */
        alwaysAsksForTwo: environment.OIDC_SECOND_FACTOR === 'always'
      },
  /** Whether staff who sign in by email or link must have an authenticator. */
  secondFactorRequired: environment.SECOND_FACTOR === undefined
    ? environment.DATABASE_URL !== undefined
    : environment.SECOND_FACTOR === 'required',
  /** Where files that people send are looked into; undefined: nowhere. */
  scannerAddress: environment.CLAMD_URL,
  /** Public keys of age to which backups are encrypted. */
  backupRecipients: environment.BACKUP_RECIPIENT?.split(',').map(one => one.trim()) ?? [],
  role: environment.ROLE,
  rateLimits: environment.RATE_LIMITS === 'on',
  /** How many addresses may have their first email from us in an hour; undefined: any number. */
  strangersAnHour: environment.RATE_LIMITS === 'on' ? environment.STRANGERS_AN_HOUR : undefined,
  trustProxy: environment.TRUST_PROXY,
  /** By which the service speaks TLS itself, as PEM; undefined: it speaks plain HTTP, to a proxy beside it. */
  tls: environment.TLS_CERT === undefined
    ? undefined
    : { cert: environment.TLS_CERT, key: environment.TLS_KEY as string },
  /** Secret with which figures may be read from other machines; undefined: they may not. */
  metricsToken: environment.METRICS_TOKEN,
  /** Where holes in the service are reported; undefined: security.txt is not there. */
  securityContact: environment.SECURITY_CONTACT,
  logLevel: environment.LOG_LEVEL
}))

export type Config = Readonly<z.output<typeof Environment>>
export type Mailbox = Config['mailFrom']
export type GraphAccess = NonNullable<Config['graph']>
export type ScannerAddress = NonNullable<Config['scannerAddress']>
export type Tls = NonNullable<Config['tls']>
export type OpenIdAccess = NonNullable<Config['openId']>

/** The environment is invalid: one line per variable, for the person who set it. */
export class ConfigError extends Error {}

/**
 * Reads the environment once and reports every malformed or missing variable at once. An empty variable counts as not
 * set. Nothing else in src/ reads process.env.
 */
export function loadConfig (environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = Environment.safeParse({ ...set, ...secretsInFiles(set) })
  if (!read.success) {
    throw new ConfigError(read.error.issues.map(issue => `${issue.path.join('..')} ${issue.message}.`).join('\n'))
  }
  return Object.freeze(read.data)
}

/** What stands in the files that name a secret, without the end of its line. */
function secretsInFiles (set: NodeJS.ProcessEnv): Partial<Record<typeof secrets[number], string>> {
  const named = secrets.flatMap(name => {
    const file = set[`${name}_FILE`]
    return file === undefined ? [] : { name, file }
  })
  return Object.fromEntries(named.map(({ name, file }) => {
    if (set[name] !== undefined) throw new ConfigError(`${name} and ${name}_FILE are both set: set one.`)
    try {
      return [name, readFileSync(file, 'utf8').replace(/\r?\n$/, '')]
    } catch (error) {
      throw new ConfigError(`${name}_FILE cannot be read: ${(error as Error).message}.`)
    }
  }))
}
