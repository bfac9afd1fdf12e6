import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

/** The six groups and the files above them; each may import only from groups before it. */
const groups: Record<string, string[]> = {
  platform: [
    'memoised', 'in-turns', 'limit-concurrency', 'size-in-words', 'clock', 'working-days', 'errors', 'draft', 'config', 'log', 'seal', 'secret-key',
    'signed-id', 'named-id', 'database', 'backup', 'batched', 'owed-jobs', 'outbox', 'queue', 'templates', 'typed', 'marked-text', 'csv', 'zip', 'xlsx',
    'svg-chart', 'one-line', 'virus-scanner', 'slug', 'qr-code', 'http', 'pdf'
  ],
  identity: ['staff', 'second-factor', 'work-account', 'sign-in'],
  programme: [
    'booking-rules', 'support', 'campaigns', 'advice', 'resources', 'teams', 'activities', 'sharing', 'scenarios', 'evaluations',
    'entries', 'programme-file', 'public-pages', 'accessibility'
  ],
  booking: ['holds', 'bookings', 'attendees', 'waiting-list', 'joining', 'check-in', 'evaluations', 'certificates'],
  mail: ['invitations', 'agency-feeds', 'emails', 'reminders', 'later-questions', 'bulletins', 'bounces'],
  office: [
    'staff-accounts', 'campaign-basics', 'co-hosts', 'editor', 'cycle', 'approval', 'programme-import', 'meetings', 'requests', 'resource-requests',
    'entries', 'legal-holds', 'forgetting', 'invariants', 'metrics', 'doctor', 'exports', 'standing-lists', 'audit', 'on-behalf', 'people', 'expected-emails', 'rights',
    'on-the-day', 'attendance-reports', 'evaluation-results', 'reports', 'successions', 'home', 'clashes', 'board', 'outcomes', 'week-report', 'overview', 'restoring',
    'privacy'
  ]
}
const above = ['example-programme', 'keyed-parts', 'sealed-tables', 'app', 'worker', 'cli', 'server']
/** The same order for the parts: by group, then inside it. */
const order = [...Object.entries(groups).flatMap(([group, parts]) => parts.map(part => `${group}/${part}`)), ...above]
const roles = ['routes', 'staff-routes', 'schema', 'page', 'queries', 'commands', 'jobs', 'errors']
const banned = /^(index|utils?|helpers?|types|services?|repository|dto|constants|lib|common|shared)$/

interface Import { from: string, what: string, typeOnly: boolean }

const src = join(import.meta.dirname, '../src')
const files = (await readdir(src, { recursive: true })).filter(file =>
  file.endsWith('.ts') && !file.startsWith('platform/database/generated/'))

async function importsOf (file: string): Promise<Import[]> {
  const text = await readFile(join(src, file), 'utf8')
  return [...text.matchAll(/^import (type )?[^']*'([^']+)'/gm)].map(([, type, what = '']) => ({
    from: file,
    what: what.startsWith('.') ? relative(src, resolve(src, dirname(file), what)) : what,
    typeOnly: type !== undefined
  }))
}

const imports = (await Promise.all(files.map(importsOf))).flat()
/** What stands above the groups may have a folder of its own: `cli/` is of `cli.ts`. */
const partOf = (file: string) => {
  const [first = '', ...rest] = file.replace(/\.ts$/, '').split('/')
  return above.includes(first) ? first : [first, ...rest.slice(0, 1)].join('/')
}
const roleOf = (file: string) => basename(file, '.ts')
/** What every page shows and who asks for it, kept by Fastify plugins of the parts that know. */
const plugins = ['programme/support/helplines.ts', 'identity/staff/session.ts']
const isRule = (file: string) => file.includes('/') && !file.startsWith('platform/') &&
  !roles.includes(roleOf(file)) && !/routes$/.test(roleOf(file)) && !plugins.includes(file)
/** Commands, whatever their file is called: what announces facts takes an outbox. */
const hasCommands = (file: string) => roleOf(file) === 'commands' || (file.split('/').length > 2 &&
  !/(routes|jobs)$/.test(roleOf(file)) && imports.some(({ from, what }) => from === file && what === 'platform/outbox.ts'))

function offending (where: (file: string) => boolean, what: (found: Import) => boolean): string[] {
  return imports.filter(found => where(found.from) && what(found)).map(({ from, what }) => `${from} imports ${what}`)
}

t.test('every part has its place in the order, and every place its part', async t => {
  t.strictSame([...new Set(files.map(partOf))].sort(), [...order].sort())
})

t.test('imports between groups and between parts point one way', async t => {
  const backwards = imports.filter(({ from, what }) => what.endsWith('.ts') &&
    order.indexOf(partOf(what)) > order.indexOf(partOf(from)))

  t.strictSame(backwards.map(({ from, what }) => `${from} imports ${what}`), [])
})

/** What every page is made of stands beneath the groups; what says that something is wrong, above them. */
const storeys = ['parts', 'layout.njk', ...Object.keys(groups), 'error.njk', 'try-again.njk']
const storeyOf = (file: string) => storeys.indexOf(file.split('/')[0] ?? '')

const templates = join(import.meta.dirname, '../templates')
const templateFiles = (await readdir(templates, { recursive: true })).filter(file => /\.(njk|typ)$/.test(file))

/** The templates that a template names in what it extends, includes or imports from. */
async function templatesOf (file: string): Promise<Array<Pick<Import, 'from' | 'what'>>> {
  const text = await readFile(join(templates, file), 'utf8')
  return [...text.matchAll(/\{%-? *(?:extends|include|import|from) .*?%\}|^#(?:import|include) .*/gm)].flatMap(([tag]) =>
    [...tag.matchAll(/"\/?([^"]+\.(?:njk|typ))"/g)].map(([, what = '']) => ({ from: file, what })))
    .filter(({ what }) => !what.startsWith('govuk/'))
}

t.test('templates are made of those of their own group and of groups before it', async t => {
  const uses = (await Promise.all(templateFiles.map(templatesOf))).flat()
  const upwards = uses.filter(({ from, what }) => storeyOf(what) > storeyOf(from))

  t.strictSame(templateFiles.filter(file => storeyOf(file) === -1), [])
  t.ok(uses.length > 500)
  t.strictSame(upwards.map(({ from, what }) => `${from} uses ${what}`), [])
})

t.test('pages are drawn by the group of their template, or one above it', async t => {
  const group = Object.keys(groups).join('|')
  const draws = await Promise.all(files.map(async file =>
    [...(await readFile(join(src, file), 'utf8')).matchAll(new RegExp(`'((?:${group})/[a-z/-]+)(?:\\.[a-z.]+)?'`, 'g'))]
      .map(([, what = '']) => ({ from: file, what }))))
  const upwards = draws.flat().filter(({ from, what }) => storeyOf(from) !== -1 && storeyOf(what) > storeyOf(from))

  t.ok(draws.flat().length > 250)
  t.strictSame(upwards.map(({ from, what }) => `${from} draws ${what}`), [])
})

t.test('no file imports itself through others', async t => {
  const circling = new Set(files)
  const isBetween = (file: string) => imports.some(({ from, what }) => from === file && circling.has(what)) &&
    imports.some(({ from, what }) => what === file && circling.has(from))
  // What imports none of those that are left, or is imported by none, is in no circle.
  for (let before = 0; before !== circling.size;) {
    before = circling.size
    for (const file of circling) if (!isBetween(file)) circling.delete(file)
  }

  t.strictSame([...circling], [])
})

/**
 * What platform never speaks of, however the word goes on. The settings of a deployment, the facts that the parts
 * announce to each other and migrations that have run are named there all the same.
 */
const words = /staff|booking|activit|agenc|campaign|attendee|organiser|waiting.?list|workshop|bulletin|helpline|evening/i
const named = ['platform/config.ts', 'platform/outbox.ts', 'platform/database/unrecorded.ts']

t.test('platform knows no domain', async t => {
  const own = files.filter(file => file.startsWith('platform/') && !named.includes(file))
  const found = await Promise.all(own.map(async file =>
    (await readFile(join(src, file), 'utf8')).split('\n').filter(line => words.test(line)).map(line => `${file}: ${line}`)))

  t.strictSame(found.flat(), [])
})

t.test('files are named by what they decide or are', async t => {
  t.strictSame(files.filter(file => banned.test(roleOf(file)) && file !== 'platform/http/service.ts'), [])
})

t.test('rules and commands know no web server', async t => {
  t.strictSame(offending(file => isRule(file) || roleOf(file) === 'commands' || roleOf(file) === 'queries',
    ({ what, typeOnly }) => /^(fastify|@fastify)/.test(what) && !typeOnly), [])
})

/** Where emails are owed that time or an organiser calls for, by kind; they are written elsewhere. */
const owing = ['kinds', 'email-key', 'follow-up', 'lost', 'owing', 'unreachable'].map(file => `mail/emails/${file}.ts`)

t.test('commands announce emails and do not write them', async t => {
  t.strictSame(offending(file => hasCommands(file) && partOf(file) !== 'mail/emails',
    ({ what }) => (partOf(what) === 'mail/emails' && !owing.includes(what)) || what === 'platform/templates.ts'), [])
})

t.test('routes leave the database to queries and commands', async t => {
  t.strictSame(offending(file => /routes$/.test(roleOf(file)),
    ({ what, typeOnly }) => what.startsWith('platform/database/generated') && !typeOnly), [])
})

t.test('routes declare what they read with form and query', async t => {
  const routes = files.filter(file => /routes$/.test(roleOf(file)))
  const reading = await Promise.all(routes.map(async file =>
    /\bsafeParse\b/.test(await readFile(join(src, file), 'utf8')) ? [file] : []))

  t.strictSame(reading.flat(), [])
})

t.test('the environment is read in one place', async t => {
  const readers = await Promise.all(files.map(async file =>
    /process\.env\b/.test(await readFile(join(src, file), 'utf8')) ? [file] : []))

  t.strictSame(readers.flat().filter(file => !['cli.ts', 'server.ts', 'platform/config.ts'].includes(file)), [])
})
