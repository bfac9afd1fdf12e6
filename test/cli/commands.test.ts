import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../src/platform/clock.ts'
import { signIn } from '../../src/identity/sign-in/commands.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { withAuthenticator } from '../support/authenticator.ts'
import { placekeeper, programmeHeader as header } from '../support/command.ts'
import { aStaffMember } from '../support/staff.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { aBooking, aCampaign, anActivity, announced, secretKey, world } from '../support/world.ts'

const link = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'

t.test('from an empty database to a programme and someone who signs in', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const run = async (...words: string[]) => await placekeeper({ DATABASE_URL, PUBLIC_URL: 'https://workshops.example.org' }, ...words)
  const file = join(temporaryFolder(t), 'programme.csv')
  await writeFile(file, `${header}\nits-not-ok,Safe online,,online-workshop,2026-12-01 18:00,2026-12-01 18:30,,${link},,` +
    'parents;carers,public,places,20,,,nspcc,,Half an hour,published\n')

  t.match(await run('migrate'), { code: 0, out: 'The database is up to date.\n', said: '' })
  t.match(await run('agency', 'add', 'nspcc', '--name', 'NSPCC'), { code: 0 })
  t.match(await run('agency', 'add', 'nspcc', '--name', 'Another'), { code: 1, said: 'There is an agency nspcc already.\n' })
  t.match(await run('campaign', 'add', 'its-not-ok', '--title', 'It’s Not OK', '--kind', 'week-of-action',
    '--first-day', '2026-12-01', '--last-day', '2026-12-07', '--districts', 'Cumberland; Westmorland and Furness'), { code: 0 })
  t.match(await run('staff', 'add', 'Anne@Council.example', '--name', 'Anne', '--role', 'organiser', '--agency', 'nspcc'), { code: 0 })
  t.match(await run('programme', 'import', file, '--dry-run'), { code: 0, out: 'created safe-online\n' })
  t.match(await run('programme', 'import', file), { code: 0, out: 'created safe-online\n' })
  t.match(await run('programme', 'import', file), { code: 0, out: 'unchanged safe-online\n', said: '' })
  const made = await run('staff', 'link', 'anne@council.example')

  t.match(made, { code: 0, out: /^https:\/\/workshops\.example\.org\/staff\/sign-in\/[\w-]{43}\n$/, said: '' })
  await signIn(db, made.out.trim().split('/').at(-1) ?? '', {}, systemClock())
  t.match(await db.campaign.findFirst(), {
    slug: 'its-not-ok',
    title: 'It’s Not OK',
    kind: 'week-of-action',
    firstDay: '2026-12-01',
    lastDay: '2026-12-07',
    districts: ['Cumberland', 'Westmorland and Furness']
  })
  t.match(await db.staffMember.findFirst({ include: { agency: true } }), {
    email: 'anne@council.example', role: 'organiser', agency: { slug: 'nspcc' }
  })
})

t.test('an export is the same columns, without the links that let anyone in', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const joinUrlSealed = joinLinkSeal(secretKey).close(link)
  const { id: campaignId } = await aCampaign(db, { slug: 'its-not-ok' })
  await anActivity(db, { campaignId, slug: 'ours', joinUrlSealed, title: 'Ó’Brien' })
  await anActivity(db, { slug: 'theirs' })
  const output = join(temporaryFolder(t), 'programme.csv')

  const all = await placekeeper({ DATABASE_URL }, 'programme', 'export')
  const ours = await placekeeper({ DATABASE_URL }, 'programme', 'export', '--campaign', 'its-not-ok', '--with-join-links')
  const written = await placekeeper({ DATABASE_URL }, 'programme', 'export', '--output', output)

  t.match(all, { code: 0, said: '' })
  t.ok(all.out.startsWith(`${header},edition\n`))
  t.match(all.out, /^its-not-ok,Ó’Brien,ours,online-workshop,2026-12-01 18:00,2026-12-01 18:30,,,/m)
  t.match(all.out, ',theirs,')
  t.notMatch(all.out, 'teams')
  t.match(ours.out, link)
  t.notMatch(ours.out, ',theirs,')
  t.match(written, { code: 0, out: '' })
  t.equal(await readFile(output, 'utf8'), `\uFEFF${all.out}`)
  t.match(await placekeeper({ DATABASE_URL }, 'programme', 'import', output), { code: 0, out: /^unchanged theirs\nunchanged ours\n$/ })
})

t.test('an import says what becomes of each cell and who that reaches, and keeps what was changed since', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const run = async (...words: string[]) => await placekeeper({ DATABASE_URL }, 'programme', ...words)
  const { id: campaignId } = await aCampaign(db, { slug: 'its-not-ok' })
  const { id } = await anActivity(db, {
    campaignId, slug: 'ours', title: 'Ours', startsAt: new Date('2100-12-01T18:00:00Z'), endsAt: new Date('2100-12-01T18:30:00Z'), summary: 'Half an hour'
  })
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting' })
  const file = join(temporaryFolder(t), 'programme.csv')
  await run('export', '--output', file)
  await db.activity.update({ where: { id }, data: { summary: 'An hour' } })
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('2100-12-01 18:', '02/12/2100 19:'))
  const cells = [
    'updated ours',
    '  starts: Now: “2100-12-01 18:00”. By this file: “2100-12-02 19:00”',
    '  ends: Now: “2100-12-01 18:30”. By this file: “2100-12-02 19:30”',
    '  summary: Now: “An hour”. By this file: “Half an hour”',
    '  1 person gets an updated invitation.'
  ]
  const refused = 'row 2, summary: was changed after this file was exported. Now: “An hour”. By this file: “Half an hour”\n'

  const rehearsed = await run('import', file, '--dry-run')
  t.ok(rehearsed.out.startsWith(cells.join('\n')), rehearsed.out)
  t.match(rehearsed, { code: 1, said: refused, out: /^ {2}1 person who is waiting is told by email\.$/m })
  t.match(await run('import', file), { code: 1, out: '', said: refused })
  t.match(await db.activity.findFirst(), { summary: 'An hour', startsAt: '2100-12-01T18:00:00Z' })
  t.match(await run('import', file, '--dry-run', '--overwrite'), { code: 0, out: rehearsed.out, said: '' })
  t.match(await run('import', file, '--overwrite'), { code: 0, out: rehearsed.out, said: '' })
  t.match(await db.activity.findFirst(), { summary: 'Half an hour', startsAt: '2100-12-02T19:00:00Z' })
})

t.test('someone is disabled and enabled at a terminal', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const run = async (...words: string[]) => await placekeeper({ DATABASE_URL }, 'staff', ...words)
  await run('add', 'anne@council.example', '--name', 'Anne', '--role', 'organiser')
  await run('link', 'anne@council.example')

  t.match(await run('disable', 'Anne@Council.example'), { code: 0, out: /^anne@council\.example is signed out everywhere and cannot sign in\./, said: '' })
  t.match(await run('disable', 'anne@council.example'), { code: 0, said: '' }, 'twice does no harm')
  t.match(await run('link', 'anne@council.example'), { code: 1, said: 'anne@council.example may no longer sign in. Enable them with: placekeeper staff enable anne@council.example\n' })
  t.equal(await db.signInToken.count(), 0)
  t.match(await run('enable', 'anne@council.example'), { code: 0, out: /^anne@council\.example can sign in\./, said: '' })
  t.match(await run('link', 'anne@council.example'), { code: 0, said: '' })

  const { id } = await db.staffMember.findFirstOrThrow()
  t.strictSame((await announced(db, 'sign-in.granted')).map(({ staffMemberId }) => staffMemberId), [id])
  t.match(await db.auditEntry.findMany({ where: { action: { in: ['staff.disabled', 'staff.enabled'] } }, orderBy: { id: 'asc' } }), [
    { action: 'staff.disabled', staffMemberId: null, subject: id }, { action: 'staff.enabled', staffMemberId: null, subject: id }
  ])
})

t.test('an authenticator that someone has lost is forgotten at a terminal, and they are told', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const run = async (email: string) => await placekeeper({ DATABASE_URL }, 'staff', 'forget-factor', email)
  const member = await aStaffMember(db, { email: 'anne@council.example' })
  await withAuthenticator(db, member)

  t.match(await run('Anne@Council.example'), { code: 0, out: /^anne@council\.example signs in without an authenticator/, said: '' })
  t.match(await run('anne@council.example'), { code: 1, said: 'anne@council.example has no authenticator to forget.\n' })

  t.equal((await db.staffMember.findFirstOrThrow()).factorSealed, null)
  t.strictSame((await announced(db, 'factor.removed')).map(({ staffMemberId }) => staffMemberId), [member.id])
})

t.test('without DATABASE_URL commands work on the embedded database, and leave it as they found it', async t => {
  const DATA_DIR = join(temporaryFolder(t), 'data')
  const own = { DATA_DIR, SECRET_KEY: '', PORT: '4321' }

  t.match(await placekeeper(own, 'migrate'), { code: 0, out: /^Applied 0001_the_first_tables, / })
  t.match(await placekeeper(own, 'staff', 'add', 'a@b.example', '--name', 'A', '--role', 'admin'), { code: 0, said: '' })
  t.match(await placekeeper(own, 'staff', 'link', 'a@b.example'), { code: 0, out: /^http:\/\/localhost:4321\/staff\/sign-in\// })
  t.match(await placekeeper(own, 'programme', 'export'), { code: 0, out: `${header},edition\n` })

  await t.rejects(access(join(DATA_DIR, 'postgres', 'postmaster.pid')), 'no server is left running')
})
