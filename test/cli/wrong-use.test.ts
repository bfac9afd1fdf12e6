import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { placekeeper, placekeeperAlone, programmeHeader as header } from '../support/command.ts'
import type { Ended } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { aCampaign, world } from '../support/world.ts'

/** The output is for people: one sentence or more, without a stack. */
function sentence (t: Test, { said }: Ended, what: string): void {
  t.match(said, /^\S[^\n]+[^\s]\n$/, what)
  t.notMatch(said, /\n\s+at |node:internal|Error:/, what)
}

const wrongUses: string[][] = [
  ['staff', 'remove', 'x'],
  ['toString'],
  ['staff', 'add'],
  ['staff', 'link', 'a@b.example', 'c'],
  ['staff', 'add', 'a@b.example', '--name'],
  ['staff', 'add', 'a@b.example', '--name', 'A', '--name', 'B', '--role', 'staff'],
  ['staff', 'add', 'not-an-address', '--name', 'A', '--role', 'god'],
  ['staff', 'link', 'x'],
  ['staff', 'disable'],
  ['staff', 'disable', 'x'],
  ['staff', 'enable', 'x', '--all'],
  ['migrate', '--now'],
  ['campaign', 'add', 'Not A Slug', '--title', 'X', '--first-day', '2027-02-29']
]

t.test('a command that cannot be meant exits with 2 and says why, and nothing has changed', async t => {
  const { db, url: DATABASE_URL } = await world(t)

  for (const words of wrongUses) {
    const ended = await placekeeper({ DATABASE_URL }, ...words)
    t.equal(ended.code, 2, words.join(' ').slice(0, 80))
    t.equal(ended.out, '')
    sentence(t, ended, words.join(' ').slice(0, 80))
  }
  t.strictSame([await db.staffMember.count(), await db.campaign.count(), await db.agency.count()], [0, 0, 0])
})

t.test('a process of its own ends with that code, and without a stack', async t => {
  t.match(await placekeeperAlone({}, 'staff', 'add', '--help'), { code: 0, out: /^Usage: /, said: '' })
  t.match(await placekeeperAlone({}, 'staff', 'remove', 'x'), { code: 2, out: '', said: /^There is no command staff remove\..*\n$/ })
  const failed = await placekeeperAlone({ LOG_LEVEL: 'loud' }, 'migrate')
  t.equal(failed.code, 1)
  sentence(t, failed, 'a wrong setting')
})

t.test('without a command, or asked for help, it says what there is', async t => {
  t.match(await placekeeper({}), { code: 2, out: '', said: /^Usage: .*programme import FILE\.csv/s })
  t.match(await placekeeper({}, 'staff', 'add', '--help'), { code: 0, out: /^Usage: /, said: '' })
})

t.test('a command that does not work exits with 1 and says why', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const folder = temporaryFolder(t)
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  await mkdir(join(folder, 'folder'))
  await truncate(await file('large.csv', header), 20_000_000)
  await aCampaign(db, { slug: 'its-not-ok' })
  await placekeeper({ DATABASE_URL }, 'staff', 'add', 'anne@council.example', '--name', 'Anne', '--role', 'admin')
  const failures: Array<[string[], RegExp]> = [
    [['staff', 'add', 'ANNE@council.example', '--name', 'Anne', '--role', 'admin'], /^anne@council\.example is a member of staff already\./],
    [['staff', 'add', 'b@council.example', '--name', 'B', '--role', 'staff', '--agency', 'none'], /^There is no agency none\./],
    [['staff', 'link', 'nobody@council.example'], /^Nobody with the address nobody@council\.example works here\./],
    [['staff', 'disable', 'nobody@council.example'], /^Nobody with the address nobody@council\.example works here\./],
    [['staff', 'enable', 'nobody@council.example'], /^Nobody with the address nobody@council\.example works here\./],
    [['staff', 'disable', 'anne@council.example'], /^This is the only admin who can sign in.* Add another admin first\./],
    [['campaign', 'add', 'its-not-ok', '--title', 'X'], /^There is a campaign its-not-ok already\./],
    [['programme', 'export', '--campaign', 'none'], /^There is no such campaign\./],
    [['programme', 'export', '--output', join(folder, 'none', 'x.csv')], /no such file or directory/],
    [['programme', 'import', join(folder, 'none.csv')], /^There is no file .*none\.csv\./],
    [['programme', 'import', join(folder, 'folder')], /^.*folder is not a file\./],

    [['programme', 'import', join(folder, 'large.csv')], /^The file .*large\.csv is larger than 10 MB\./]
  ]

  for (const [words, said] of failures) {
    const ended = await placekeeper({ DATABASE_URL }, ...words)
    t.match(ended, { code: 1, out: '', said }, words.join(' '))
    sentence(t, ended, words.join(' '))
  }
  const bad = await placekeeper({ DATABASE_URL }, 'programme', 'import', await file('bad.csv', `${header}\n,x,,,,,,,,,,,0,,,,,,\n`))
  t.match(bad, { code: 1, out: '', said: /^row 2, campaign: must be given\n(row 2, \w+: .*\n)+Nothing was imported\.\n$/ })
})

t.test('what is wrong with the database or the environment is said in a sentence too', async t => {
  const { url } = await world(t)
  const elsewhere = new URL(url)
  elsewhere.pathname = '/placekeeper_nonesuch'
  const nobody = new URL(url)
  nobody.port = '9'
  const failures: Array<[string, RegExp]> = [
    [elsewhere.href, /placekeeper_nonesuch.* does not exist/],
    [nobody.href, /reach/],
    ['mysql://localhost/x', /^DATABASE_URL must start with postgres:\/\/ or postgresql:\/\/\./]
  ]

  for (const [DATABASE_URL, said] of failures) {
    const ended = await placekeeper({ DATABASE_URL }, 'staff', 'link', 'anne@council.example')
    t.match(ended, { code: 1, out: '', said }, DATABASE_URL)
    sentence(t, ended, DATABASE_URL)
  }
})

t.test('a database that was never migrated is told how to become one', async t => {
  const { asOwner, url } = await world(t)
  await asOwner('DROP SCHEMA pgboss CASCADE')
  const folder = temporaryFolder(t)
  await writeFile(join(folder, 'x.csv'), `${header}\nx,x,,other,2026-12-01,,,,,,,,,,,,,,\n`)
  const before = await placekeeper({ DATABASE_URL: url }, 'programme', 'import', join(folder, 'x.csv'))
  await asOwner('DROP TABLE sign_in_tokens, staff_sessions, staff_members CASCADE')

  const ended = await placekeeper({ DATABASE_URL: url }, 'staff', 'link', 'anne@council.example')

  t.match(before, { code: 1, said: 'The database has not been brought up to date. Run: npm run migrate\n' })
  t.match(ended, { code: 1, said: 'The database has not been brought up to date. Run: npm run migrate\n' })
})
