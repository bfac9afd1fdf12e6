import { access, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { filesWith, tableIn, textOf } from './documents.ts'

/* What docs/security says of the code, beside the code. */

const connections = await textOf('docs/security/connections.md')
const logs = await textOf('docs/security/logs.md')
const signingIn = await textOf('docs/security/signing-in.md')

const column = (document: string, heading: string, n: number) => tableIn(document, heading).map(row => row[n] ?? '').sort()

t.test('every way to another machine is written down, and what names it', async t => {
  t.strictSame(column(connections, 'What goes out', 2), filesWith(
    /\bfetch\(|^import (?!type)[^']* from '(?:pg|@prisma\/adapter-pg|openid-client)'|^import \{ connect \} from 'node:net'|new PgBoss\(|(?:createTransport|new SMTPPool)\(\{\n? *\.\.\.connectionTo\(url\)/m
  ))
  t.strictSame(column(connections, 'On this machine', 1), filesWith(
    /^import (?!type)[^']* from 'node:child_process'|\bopen\(path\)/m
  ))
  const addresses = [...(await textOf('src/platform/config.ts')).matchAll(/^ {2}(\w+(?:_URL|_ISSUER|_MAILBOX)): /gm)]
  t.ok(addresses.length >= 8)
  for (const [, name = ''] of addresses) t.match(connections, `\`${name}\``)
})

t.test('every file that logs, and every one that writes to a disk, is in the inventory of logs', async t => {
  t.strictSame(column(logs, 'Where lines come from', 0), filesWith(/\blog\.(?:trace|debug|info|warn|error|fatal)\(/))
  t.strictSame(column(logs, 'What else is written to a disk', 0), filesWith(/\bwriteFile\(|appendFile\(|createWriteStream\(/))
})

t.test('links, codes and sessions are good for as long as it is written', async t => {
  const minutes = Object.fromEntries(tableIn(signingIn, 'How long things are good').map(([what = '', n]) => [what, Number(n)]))
  const inCode = async (file: string, name: string) => {
    const [, factors = ''] = new RegExp(`const ${name} = ([\\d *]+)$`, 'm').exec(await textOf(file)) ?? []
    return factors.split('*').map(Number).reduce((product, factor) => product * factor)
  }
  const life = 'src/identity/staff/session-life.ts'

  t.strictSame(minutes, {
    'link and code of an email': await inCode('src/identity/sign-in/email-limits.ts', 'emailMinutes'),
    'code of an app': (1 + await inCode('src/identity/second-factor/authenticator.ts', 'stepsBack')) / 2,
    'time to type the code of an app': await inCode(life, 'longestAwaitingMinutes'),
    'link from a terminal': await inCode('src/identity/sign-in/commands.ts', 'linkMinutes'),
    'session without a request': await inCode(life, 'longestIdleMinutes'),
    'session in all': await inCode(life, 'longestMinutes'),
    'proof of who one is, for what asks for it': await inCode(life, 'recentSignInMinutes')
  })
})

t.test('whatever these documents lead to is there', async t => {
  const project = join(import.meta.dirname, '../..')
  const security = (await readdir(join(project, 'docs/security'))).map(file => `docs/security/${file}`)
  const documents = [...security, 'docs/dpia.md', 'docs/childrens-code.md', 'docs/record-of-processing.md']
  for (const file of documents.filter(file => file.endsWith('.md'))) {
    const text = await textOf(file)
    const led = [...text.matchAll(/\]\(([^:)#]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => join(dirname(file), to))
    const named = [...text.matchAll(/`((?:src|test|docs|prisma|templates)\/[\w./-]+\.\w+)`/g)].map(([, to = '']) => to)
    for (const to of new Set([...led, ...named])) {
      t.ok(await access(join(project, to)).then(() => true, () => false), `${file}: ${to}`)
    }
  }
})
