import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import t from 'tap'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import type { Change } from '../../../src/programme/programme-file/plan.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { exportedRowOf, rowOf } from '../../../src/programme/programme-file/row.ts'
import { programmeColumns } from '../../../src/programme/programme-file/schema.ts'
import { slugOf } from '../../../src/platform/slug.ts'
import { lockActivity } from '../../../src/programme/activities/queries.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { loadExampleProgramme } from '../../../src/example-programme.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { editProgramme } from '../../support/editing.ts'
import { eventually } from '../../support/running-service.ts'
import { anAgency } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, countWaitingForLocks, noon, secretKey, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const link = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const columns = [
  'campaign', 'title', 'slug', 'kind', 'starts', 'ends', 'venue', 'join_url', 'district', 'audiences', 'visibility',
  'booking', 'capacity', 'places_per_booking', 'waiting_list', 'lead_agency', 'partner_agencies', 'summary', 'status'
]

/** A complete row about a workshop of the campaign `its-not-ok`. */
const workshop = {
  campaign: 'its-not-ok',
  title: 'Keeping your child safe online',
  slug: 'workshop',
  kind: 'online-workshop',
  starts: '2026-12-01 18:00',
  ends: '2026-12-01 18:30',
  audiences: 'parents;carers',
  visibility: 'public',
  booking: 'places',
  capacity: '20',
  status: 'published'
}
type Row = Partial<Record<string, string>>

function fileOf (...rows: Row[]): Buffer {
  return Buffer.from(stringify(rows.map(row => columns.map(column => row[column] ?? '')), { header: true, columns }))
}

async function importFile ({ db, outbox }: World, file: Buffer, dryRun = false): Promise<Change[]> {
  return await importProgramme(db, outbox, seal, readProgrammeFile(file), { dryRun }, noon)
}

/** Imports a file of these rows at noon, and returns the result of each. */
async function load (its: World, file: Buffer, dryRun = false): Promise<string[]> {
  const changes = await importFile(its, file, dryRun)
  return changes.map(({ outcome, draft }) => `${outcome} ${draft.slug}`)
}

/** The errors of a file, line by line. */
async function problemsOf (its: World, file: Buffer): Promise<string[]> {
  try {
    await load(its, file)
    return []
  } catch (error) {
    return (error as Error).message.split('\n')
  }
}

async function exported (db: Db): Promise<string> {
  return programmeFileOf((await listProgramme(db, seal)).map(rowOf))
}

t.test('a programme file has the columns that others rely on', async t => {
  t.strictSame(programmeColumns, columns)
})

t.test('a row becomes an activity', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await anAgency(its.db, { slug: 'nspcc' })
  await anAgency(its.db, { slug: 'police' })

  const outcome = await load(its, fileOf({
    ...workshop,
    slug: '',
    title: 'Staying safe: “it’s not OK”',
    venue: '',
    join_url: link,
    district: 'Cumberland',
    audiences: 'Parents; young people ;parents',
    booking: 'none',
    capacity: '',
    lead_agency: 'nspcc',
    partner_agencies: 'police',
    summary: 'Half an hour.\r\n\r\nBring a cup of tea.'
  }))

  t.strictSame(outcome, ['created staying-safe-its-not-ok'])
  const activity = await its.db.activity.findFirst({
    include: { partners: { include: { agency: true } }, leadAgency: true }
  })
  t.match(activity, {
    slug: 'staying-safe-its-not-ok',
    title: 'Staying safe: “it’s not OK”',
    kind: 'online-workshop',
    startsAt: '2026-12-01T18:00:00Z',
    endsAt: '2026-12-01T18:30:00Z',
    allDay: false,
    isOnline: true,
    district: 'Cumberland',
    audiences: ['parents', 'young-people'],
    visibility: 'public',
    booking: 'none',
    capacity: null,
    placesPerBooking: 1,
    waitingList: 'automatic',
    leadAgency: { slug: 'nspcc' },
    partners: [{ agency: { slug: 'police' } }],
    summary: 'Half an hour.\n\nBring a cup of tea.',
    status: 'published'
  })
  t.equal(seal.open(activity?.joinUrlSealed ?? ''), link)
  t.notMatch(activity?.joinUrlSealed, 'teams')
})

t.test('fewer places than are taken drop nobody, and the line says how many are over', async t => {
  const its = await world(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  const { id } = await anActivity(its.db, { campaignId, slug: 'workshop', capacity: 4, overBookingPercent: 50 })
  for (let n = 0; n < 5; n++) await aBooking(its.db, id)
  await aBooking(its.db, id, { status: 'waiting', places: 2 })

  const [change] = await importFile(its, fileOf({ ...workshop, capacity: '2' }))

  t.strictSame(change?.notes, ['5 places are taken, 2 more than there are now; nobody loses theirs'])
  t.equal(await its.db.booking.count({ where: { status: 'confirmed' } }), 5)
  t.strictSame((await importFile(its, fileOf({ ...workshop, capacity: '4' })))[0]?.notes, ['free places go to those who wait, who ask for 2'])
  t.strictSame((await importFile(its, fileOf({ ...workshop, capacity: '4' })))[0]?.notes, [])
})

t.test('a file leaves it as it is who is told a place', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db, { slug: 'secret', kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true })

  await editProgramme(its, { venue: 'Lily House' })

  t.match(await its.db.activity.findUnique({ where: { id } }), { venue: 'Lily House', hasSecretPlace: true })
  await t.rejects(editProgramme(its, { summary: 'Come to Lily House.' }), { message: /must not name the venue/ })
  await t.rejects(editProgramme(its, { booking: 'drop-in', capacity: '' }), { message: /nobody books a drop-in/ })
})

t.test('a row copied from one with a secret place makes no public place of it, with its edition or by its venue', async t => {
  const its = await world(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  await anActivity(its.db, {
    campaignId, slug: 'secret', kind: 'training', isOnline: false, venue: 'Rose House, 1 Elm Road', hasSecretPlace: true
  })
  const [names = '', row = ''] = (await exportedFile(its.db)).split('\n')
  const copies = [
    row.replace(',secret,', ',moved,').replace('Rose House, 1 Elm Road', 'Lily House'),
    row.replace(',secret,', ',without,').replace(/,v[\da-f]+s$/, ','),
    row.replace(',secret,', ',elsewhere,').replace(/,v[\da-f]+s$/, ',').replace('Rose House, 1 Elm Road', 'Town Hall')
  ]

  const changes = await importFile(its, Buffer.from([names, row, ...copies].join('\n') + '\n'))

  const note = 'only people who have a place are told the venue, as in the activity it was copied from'
  t.strictSame(changes.map(({ outcome, draft, notes }) => [outcome, draft.slug, draft.hasSecretPlace, notes]), [
    ['unchanged', 'secret', true, []],
    ['created', 'moved', true, [note]],
    ['created', 'without', true, [note]],
    ['created', 'elsewhere', false, []]
  ])
  t.strictSame(await problemsOf(its, fileOf({ ...workshop, venue: 'ROSE HOUSE 1 Elm Road', kind: 'stall', booking: 'drop-in', capacity: '' })), [
    'row 2, booking: can be kept for people who have a place only where they book places and meet in person: nobody books a drop-in',
    'Nothing was imported.'
  ])
})

t.test('a copied row is under the embargo of the one it was copied from, and is police work as that is', async t => {
  const its = await world(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  const embargoUntil = noon.plus({ days: 3, seconds: 7 })
  const bare = { campaignId, startsAt: noon.plus({ days: 9 }).toJSDate(), endsAt: noon.plus({ days: 9, hours: 1 }).toJSDate(), isOnline: false, venue: 'Hall' }
  await anActivity(its.db, { ...bare, slug: 'first', title: 'First', visibility: 'public', embargoUntil: embargoUntil.toJSDate() })
  await anActivity(its.db, { ...bare, slug: 'second', title: 'Second', visibility: 'operational', wasPoliceWork: true })
  await anActivity(its.db, { ...bare, slug: 'third', title: 'Third', visibility: 'operational', kind: 'disruption' })
  const [names = '', ...rows] = (await exportedFile(its.db)).trimEnd().split('\n')
  const [first = '', second = '', third = ''] = rows
  const copies = [
    first.replace(',first,', ',a,'),
    first.replace(',first,', ',b,').replace(',public,', ',partners,'),
    second.replace(',second,', ',c,'),
    third.replace(',third,', ',d,').replace(',disruption,', ',training,')
  ]

  const changes = await importFile(its, Buffer.from([names, ...rows, ...copies].join('\n') + '\n'))

  t.strictSame(changes.map(({ outcome, draft: { slug }, notes }) => [outcome, slug, notes]), [
    ...['first', 'second', 'third'].map(slug => ['unchanged', slug, []]),
    ['created', 'a', ['is under embargo until 26 November 2026 at midday, as the activity it was copied from']],
    ['created', 'b', []],
    ['created', 'c', ['counts as police work, as the activity it was copied from']],
    ['created', 'd', ['counts as police work, as the activity it was copied from']]
  ])
  const made = await its.db.activity.findMany({
    where: { slug: { in: ['a', 'b', 'c', 'd'] } }, orderBy: { slug: 'asc' }, select: { embargoUntil: true, wasPoliceWork: true }
  })
  t.strictSame(made, [
    { embargoUntil: embargoUntil.toJSDate(), wasPoliceWork: false },
    { embargoUntil: null, wasPoliceWork: false },
    { embargoUntil: null, wasPoliceWork: true },
    { embargoUntil: null, wasPoliceWork: true }
  ])
  const shown = Buffer.from([names, second.replace(',second,', ',e,').replace(',operational,', ',public,')].join('\n') + '\n')
  t.match((await problemsOf(its, shown))[0], /^row 2, visibility: must not be public for .* what was one/)
})

t.test('an edition that nobody exported is refused', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await anActivity(its.db, { campaignId: (await its.db.campaign.findFirstOrThrow()).id, slug: 'one' })
  const [names, row = ''] = (await exportedFile(its.db)).trimEnd().split('\n')
  for (const end of ['x', 'ss', 'ps', 'e', 'e1234567890', 'pe1-']) {
    const file = Buffer.from(`${[names, `${row}${end}`].join('\n')}\n`)
    t.match((await problemsOf(its, file))[0], /edition: must be as it was exported, or empty/, end)
  }
})

t.test('an agency that a file names first is made with the activity, once, and the line says so', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const file = fileOf(
    { ...workshop, lead_agency: 'Greater Manchester Police', partner_agencies: 'NSPCC;nspcc;bolton-council' },
    { ...workshop, slug: 'b', lead_agency: 'nspcc' })

  const rehearsed = await importFile(its, file, true)
  t.equal(await its.db.agency.count(), 0, 'a dry run makes none')
  const changes = await importFile(its, file)

  t.strictSame(rehearsed.map(({ notes }) => notes), changes.map(({ notes }) => notes))
  t.match(changes[1]?.notes, ['the agency Nspcc is new'])
  t.strictSame((await its.db.agency.findMany({ orderBy: { slug: 'asc' } })).map(({ slug, name }) => [slug, name]), [
    ['bolton-council', 'Bolton council'],
    ['greater-manchester-police', 'Greater Manchester Police'],
    ['nspcc', 'NSPCC']
  ])
})

t.test('what a row leaves out is safe: a draft that only its agency knows of', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })

  await load(its, fileOf({ campaign: 'its-not-ok', title: 'Patrol', kind: 'stall', starts: '2026-12-01' }))

  t.match(await its.db.activity.findFirst(), {
    slug: 'patrol', visibility: 'agency', booking: 'none', status: 'draft', joinUrlSealed: null, leadAgencyId: null
  })
})

t.test('a day is all day, and a last day counts', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })

  await load(its, fileOf(
    { ...workshop, slug: 'a-day', booking: 'none', starts: '2026-07-01', ends: '' },
    { ...workshop, slug: 'a-week', booking: 'none', starts: '2026-10-19', ends: '2026-10-25' }
  ))

  const rows = await its.db.activity.findMany({ orderBy: { slug: 'asc' } })
  t.match(rows, [
    { allDay: true, startsAt: '2026-06-30T23:00:00Z', endsAt: '2026-07-01T23:00:00Z' },
    { allDay: true, startsAt: '2026-10-18T23:00:00Z', endsAt: '2026-10-26T00:00:00Z' }
  ])
})

t.test('times are those of the campaign’s zone', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok', zone: 'Europe/Paris' })

  await load(its, fileOf(workshop))

  t.match(await its.db.activity.findFirst(), { zone: 'Europe/Paris', startsAt: '2026-12-01T17:00:00Z' })
})

t.test('everything that is wrong with a file is told at once, by row and column, and nothing is imported', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })

  const problems = await problemsOf(its, fileOf(
    workshop,
    { ...workshop, slug: 'a', capacity: '0', starts: '2027-03-28 01:30' },
    {},
    { ...workshop, slug: 'b', campaign: 'nowhere', kind: 'webinar', lead_agency: '!', partner_agencies: 'police;—' },
    { ...workshop, slug: 'workshop' },
    { ...workshop, slug: 'c', ends: '2026-12-01 17:00' },
    { ...workshop, slug: 'd', kind: 'disruption' }
  ))

  t.strictSame(problems, [
    'row 3, capacity: must be a whole number from 1 to 100000',
    'row 3, starts: is 2027-03-28 01:30, a time that does not exist in Europe/London',
    'row 5, kind: must be one of awareness-session, street-surgery, school-session, business-engagement, training, ' +
      'compliance-visit, disruption, advertising, press, social-media, online-workshop, stall, launch, other',
    'row 5, lead_agency: must be the slug or the name of an agency',
    'row 5, partner_agencies: must be the slug or the name of an agency',
    'row 5, campaign: names the campaign nowhere, which does not exist',
    'row 6, slug: is workshop, as in row 2: give each row a slug of its own',
    'row 7, ends: must be after the start',
    'row 8, venue: must be given before this is published, or nobody who books knows where to go',
    'row 8, visibility: must not be public for a disruption or compliance visit, or for what was one: it would give police work away',
    'Nothing was imported.'
  ])
  t.equal(await its.db.activity.count(), 0)
})

const badCells: Array<[column: string, value: string, text: string | RegExp]> = [
  ['campaign', '', 'must be given'],
  ['campaign', '../etc', /must be made of small letters/],
  ['title', '', 'must be given'],
  ['title', 'x'.repeat(201), 'must have at most 200 characters'],
  ['title', 'two\nlines', 'must be one line'],
  ['slug', 'Not A Slug', /must be made of small letters/],
  ['slug', 'a--b', /must be made of small letters/],
  ['slug', 'x'.repeat(81), 'must have at most 80 characters'],
  ['slug', 'new', 'must not be new, which is the address of a form: give it another'],
  ['kind', '', /^must be one of awareness-session/],
  ['starts', '', 'must be given'],
  ['starts', 'tomorrow', 'must be a time like 2026-12-01 18:00, or a day like 2026-12-01 for all day'],
  ['starts', '01-12-26 18:00', 'must be a time like 2026-12-01 18:00, or a day like 2026-12-01 for all day'],
  ['starts', '12/31/2026 18:00', 'is 12/31/2026 18:00, which has no such month: the day goes before the month, like 31/12/2026'],
  ['starts', '30/02/2026 18:00', 'is 30/02/2026 18:00, a time that does not exist in Europe/London'],
  ['starts', '##########', 'is only # signs, which Excel writes for a time in a narrow column: make it wider and save the file again'],
  ['starts', '2026-02-30 18:00', 'is 2026-02-30 18:00, a time that does not exist in Europe/London'],
  ['ends', '', 'must be given where the start has a time'],
  ['ends', '2026-12-01', 'must have a time like 2026-12-01 18:30, as the start has'],
  ['ends', '2026-12-01 18:00', 'must be after the start'],
  ['join_url', 'https://zoom.us/j/1', /^must be the link of a Teams meeting/],
  ['join_url', 'http://teams.microsoft.com/meet/3912345678901?p=A', /^must be the link of a Teams meeting/],
  ['audiences', 'parents,carers', /^must be audiences/],
  ['visibility', 'secret', 'must be empty or one of public, partners, agency, operational'],
  ['booking', 'yes', 'must be empty or one of none, drop-in, places, invitation'],
  ['capacity', '', 'must be given where places are booked'],
  ['capacity', '0', 'must be a whole number from 1 to 100000'],
  ['capacity', '-1', 'must be a whole number from 1 to 100000'],
  ['capacity', '1.5', 'must be a whole number from 1 to 100000'],
  ['capacity', '1e9', 'must be a whole number from 1 to 100000'],
  ['capacity', '100001', 'must be a whole number from 1 to 100000'],
  ['capacity', '٢٠', 'must be a whole number from 1 to 100000'],
  ['places_per_booking', '101', 'must be a whole number from 1 to 100'],
  ['waiting_list', 'maybe', 'must be empty or one of off, automatic, offers, by-hand'],
  ['lead_agency', '…', 'must be the slug or the name of an agency'],
  ['lead_agency', 'x'.repeat(101), 'must have at most 100 characters'],
  ['summary', 'x'.repeat(5001), 'must have at most 5000 characters'],
  ['status', 'live', 'must be draft or published'],
  ['status', 'cancelled', /^must be draft or published/]
]

t.test('what is to be public names no mobile number and no mailbox at home, and the row says so', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const problems = await problemsOf(its, fileOf(
    { ...workshop, title: 'Ring 07700 900123' }, { ...workshop, slug: 'two', summary: 'pat@gmail.com', status: 'draft' },
    { ...workshop, slug: 'three', kind: 'training', venue: 'Pat’s, +44 7700 900123' },
    { ...workshop, slug: 'four', summary: 'Ring 07700 900123', visibility: 'agency' }
  ))
  t.match(problems, [
    /^row 2, title: must not have a mobile number in it/, /^row 3, summary: must not have someone’s own email address in it/,
    /^row 4, venue: must not have a mobile number in it/, 'Nothing was imported.'
  ])
  t.equal(problems.length, 4)
})

t.test('each bad cell is told by its row and column', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })

  for (const [column, value, text] of badCells) {
    const [line = '', end, ...others] = await problemsOf(its, fileOf({ ...workshop, [column]: value }))
    t.ok(line.startsWith(`row 2, ${column}: `), `${column} ${JSON.stringify(value).slice(0, 40)}: ${line}`)
    t.match(line.slice(`row 2, ${column}: `.length), text)
    t.strictSame([end, others], ['Nothing was imported.', []])
  }
  t.equal(await its.db.activity.count(), 0)
})

const header = columns.join(',')
const badFiles: Array<[what: string, bytes: Buffer, sentence: RegExp]> = [
  ['an empty file', Buffer.from(''), /^The file is empty\./],
  ['a blank file', Buffer.from(' \r\n\n'), /^The file is empty\./],
  ['only the names of columns', Buffer.from(`${header}\n`), /^The file has no rows/],
  ['only blank rows', Buffer.from(`${header}\n,,,,,,,,,,,,,,,,,,\n\n`), /^The file has no rows/],
  ['UTF-8 that is damaged', Buffer.concat([Buffer.from(`${header}\né`), Buffer.from('é', 'latin1')]), /^row 2: is not in UTF-8/],
  ['a mark of UTF-8 that is not', Buffer.concat([Buffer.from(`\uFEFF${header}\nx`), Buffer.from('é', 'latin1')]), /^row 2: is not in UTF-8/],
  ['a byte that no letter of Windows has', Buffer.concat([Buffer.from(`${header}\nx`), Buffer.of(0x8D)]), /^row 2: is not in UTF-8/],
  ['an unknown column', Buffer.from(`${header},colour\n`), /^row 1, colour: is not a column of a programme$/m],
  ['a column without a name', Buffer.from(`${header},\n\n${'x,'.repeat(19)}y\n`), /^row 1: has a column without a name, and row 3 has something in it$/m],
  ['a missing column', Buffer.from(`${header.replace(',capacity', '')}\n`), /^row 1, capacity: is missing$/m],
  ['a repeated column', Buffer.from(`${header},title\n`), /^row 1, title: is there more than once$/m],
  ['too many cells', Buffer.from(`${header}\n${'x,'.repeat(19)}y\n`), /^row 2: has 20 cells where there are 19 columns$/m],
  ['a last row that breaks off', Buffer.from(`${header}\na,b`), /^row 2: has only 2 of 19 cells, and the file ends there: is it whole\?$/m],
  ['a quotation mark left open', Buffer.from(`${header}\n,,\nx,"y\n`), /^row 3: has a quotation mark that is never closed$/m],
  ['a quotation mark in a cell', Buffer.from(`${header}\nx,a"b\n`), /^row 2: has a quotation mark in the middle of a cell/m],
  ['letters after a quotation mark', Buffer.from(`${header}\n"x"y\n`), /^row 2: has a quotation mark in the middle of a cell/m],
  ['NUL bytes', Buffer.alloc(1000), /^The file does not say which column is which\. One of its rows must be: campaign,title,/],
  ['too many rows', Buffer.from(`${header}\n${'x\n'.repeat(5001)}`), /^The file has more than 5000 rows\./],
  ['something else altogether', Buffer.from('<!doctype html>\n<p>'), /^The file does not say which column is which/]
]

for (const [what, bytes, sentence] of badFiles) {
  t.test(`a file with ${what} is refused with a sentence about it`, async t => {
    t.throws(() => readProgrammeFile(bytes), { message: sentence })
  })
}

t.test('no file makes the reader fail in a way it does not explain', async () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.string().map(text => Buffer.from(`${header}\n${text}`)))

  fc.assert(fc.property(bytes, file => {
    try {
      readProgrammeFile(file)
    } catch (error) {
      return (error as Error).message.endsWith('Nothing was imported.')
    }
    return true
  }))
})

t.test('a byte order mark, CRLF, capitals in names of columns and their order do not matter', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const names = [...columns].reverse()
  const csv = stringify([names.map(name => (workshop as Row)[name] ?? '')], {
    bom: true, record_delimiter: '\r\n', header: true, columns: names.map(name => name.toUpperCase())
  })

  t.strictSame(await load(its, Buffer.from(csv)), ['created workshop'])
})

interface AsSaved { delimiter?: string, above?: string, lineBreak?: string, more?: Row }

/** A file as spreadsheets save it: a workshop, a blank row, and an all-day activity. */
function saved ({ delimiter = ',', above = '', lineBreak = '\r\n', more = {} }: AsSaved): string {
  const rows: Row[] = [
    { ...workshop, kind: 'Online workshop', starts: '19/12/2026 18:00', ends: '19/12/2026 18:30:00', waiting_list: 'By hand', ...more },
    {},
    { ...workshop, slug: 'a-day', starts: '20/12/2026', ends: '', booking: 'None', capacity: '', status: 'Published' }
  ]
  const columnsOfExcel = [...columns, '', '']
  return above + stringify(rows.map(row => columnsOfExcel.map(column => row[column] ?? '')), {
    delimiter,
    record_delimiter: lineBreak,
    header: true,
    columns: columnsOfExcel.map((key, n) => ({ key: key || String(n), header: key }))
  })
}

const asSaved: Array<[what: string, file: Buffer]> = [
  ['commas', Buffer.from(saved({}))],
  ['semicolons', Buffer.from(saved({ delimiter: ';' }))],
  ['tabs, as “Unicode text” in UTF-16', Buffer.from(`\uFEFF${saved({ delimiter: '\t' })}`, 'utf16le')],
  ['tabs, in UTF-16 the other way round', Buffer.from(`\uFEFF${saved({ delimiter: '\t' })}`, 'utf16le').swap16()],
  ['a first row that names the semicolon', Buffer.from(saved({ delimiter: ';', above: 'sep=;\r\n' }))],
  ['a mark, and a row that names the comma', Buffer.from(`\uFEFFsep=,\r\n${saved({})}`)],
  ['a title above and a blank row', Buffer.from(saved({ above: `Week of action,,,\r\n${','.repeat(20)}\r\n` }))],
  ['a title above, and semicolons', Buffer.from(saved({ delimiter: ';', above: '"Week of action; draft"\r\n' }))],
  ['line breaks of an old Macintosh', Buffer.from(saved({ lineBreak: '\r' }))],
  ['a last line break of another kind', Buffer.from(saved({}).replace(/\r\n(?=[^\n]*\r\n$)/, '\n'))],
  ['times as Gnumeric writes them', Buffer.from(saved({ more: { starts: '2026/12/19 18:00:00', ends: '2026/12/19 18:30:00' } }))],
  ['times as LibreOffice writes them', Buffer.from(saved({ more: { starts: '19/12/26 18:00', ends: '2026-12-19 18:30:00' } }))],
  ['names of columns in words', Buffer.from(saved({}).replace('places_per_booking', 'Places per booking').replace('join_url', 'Join-URL'))],
  ['spaces that do not break, and marks that nobody sees', Buffer.from(saved({
    more: { starts: '\u200E19/12/2026\u00A018:00', capacity: '\u00A020', kind: 'Online\u00A0workshop', slug: 'workshop\u200B', title: '\u202AKeeping your child safe online\u202C' }
  }))],
  ['rows without their empty ends', Buffer.from(saved({}).replaceAll(/,+(?=\r\n)/g, ''))]
]

for (const [what, file] of asSaved) {
  t.test(`a file with ${what} is read`, async t => {
    const its = await world(t)
    await aCampaign(its.db, { slug: 'its-not-ok' })

    t.strictSame(await load(its, file), ['created workshop', 'created a-day'])

    t.match(await its.db.activity.findMany({ orderBy: { slug: 'desc' } }), [
      {
        slug: 'workshop',
        title: workshop.title,
        kind: 'online-workshop',
        startsAt: '2026-12-19T18:00:00Z',
        endsAt: '2026-12-19T18:30:00Z',
        capacity: 20,
        waitingList: 'by-hand',
        audiences: ['parents', 'carers']
      },
      { slug: 'a-day', allDay: true, startsAt: '2026-12-20T00:00:00Z', endsAt: '2026-12-21T00:00:00Z', booking: 'none', status: 'published' }
    ])
  })
}

/** A text as Windows stores it where it is neither Unicode nor a code page of DOS. */
function inWindows1252 (text: string): Buffer {
  return Buffer.from(text.replaceAll('’', '\x92').replaceAll('€', '\x80'), 'latin1')
}

t.test('a file as Excel in the UK saves it, in Windows-1252, is read, and says which words to check', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const file = inWindows1252(saved({ more: { title: 'It’s safe at Café Zoë', summary: '£5 or €6' } }))
  const read = async (dryRun: boolean) => (await importFile(its, file, dryRun)).map(({ notes }) => notes)

  const [before, after] = [await read(true), await read(false)]

  const words = '“It’s”, “Café”, “Zoë”, “£5”, “€6”'
  t.strictSame(before, [[`read as Windows-1252, because it is not in UTF-8: check ${words}`], []])
  t.strictSame(after, before)
  t.match(await its.db.activity.findFirst({ where: { slug: 'workshop' } }), {
    title: 'It’s safe at Café Zoë', summary: '£5 or €6'
  })
})

t.test('below a title the rows have the numbers that the spreadsheet shows', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const problems = async (above: string) => (await problemsOf(its, Buffer.from(saved({ above, more: { capacity: '-' } }))))[0]

  t.equal(await problems('Week of action\r\n\r\n'), 'row 4, capacity: must be a whole number from 1 to 100000')
  t.equal(await problems('sep=,\r\n'), 'row 2, capacity: must be a whole number from 1 to 100000', 'which Excel does not show')
})

/** The content of an export, with the state of each row. */
async function exportedFile (db: Db): Promise<string> {
  return programmeFileOf((await listProgramme(db, seal)).map(activity => exportedRowOf(activity)))
}

t.test('a file does not put back what was changed after it was exported, unless it is told to', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf({ ...workshop, join_url: link }, { ...workshop, slug: 'other' }))
  const file = Buffer.from((await exportedFile(its.db)).replaceAll('Keeping your child safe online', 'Safe online'))
  const { id } = await its.db.activity.update({
    where: { slug: 'workshop' },
    data: { venue: 'The library', capacity: 30, joinUrlSealed: seal.close(`${link}2`), startsAt: new Date('2026-12-01T17:45:00Z') }
  })
  await its.db.activity.update({ where: { slug: 'other' }, data: { title: 'Safe online', capacity: 25 } })
  await its.db.activity.update({ where: { slug: 'other' }, data: { capacity: 20 } })
  const refused = [
    'row 3, starts: was changed after this file was exported. Now: “2026-12-01 17:45”. By this file: “2026-12-01 18:00”',
    'row 3, venue: was changed after this file was exported. Now: “The library”. By this file: nothing',
    'row 3, capacity: was changed after this file was exported. Now: “30”. By this file: “20”',
    'Export the programme again and make your changes there, or import with --overwrite to have it as this file says.',
    'Nothing was imported.'
  ]

  t.strictSame(await problemsOf(its, file), refused)
  const rehearsed = await importFile(its, file, true)
  t.strictSame(rehearsed.map(({ outcome, cells }) => [outcome, cells.map(({ column, isStale }) => isStale ? `${column}!` : column)]), [
    ['unchanged', []],
    ['updated', ['title', 'starts!', 'venue!', 'capacity!']]
  ])
  t.match(await its.db.activity.findUnique({ where: { id } }), { title: workshop.title, capacity: 30 })

  await importProgramme(its.db, its.outbox, seal, readProgrammeFile(file), { dryRun: false, overwrite: true }, noon)
  const after = await its.db.activity.findUniqueOrThrow({ where: { id } })
  t.match(after, { title: 'Safe online', venue: null, capacity: 20, startsAt: '2026-12-01T18:00:00Z' })
  t.equal(seal.open(after.joinUrlSealed ?? ''), `${link}2`, 'an export does not show it, and so does not put it back')
})

t.test('what an older file says of cells that nobody changed since is done, and a row that was copied is another activity', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const file = await exportedFile(its.db)
  await its.db.activity.updateMany({ data: { joinUrlSealed: seal.close(link), district: 'Cumberland' } })
  const [names = '', row = ''] = file.split('\n')
  const later = row.replace(',,,parents', ',,Cumberland,parents').replace(',20,', ',25,')
  const copied = row.replace(',workshop,', ',copy,')
  t.not(later, row)

  t.strictSame(await load(its, Buffer.from(`${names}\n${later}\n${copied}\n`)), ['updated workshop', 'created copy'])
  t.strictSame(await problemsOf(its, Buffer.from(`${names}\n${row}x\n`)), [
    'row 2, edition: must be as it was exported, or empty', 'Nothing was imported.'
  ])
})

t.test('what a file writes otherwise than it stands does not count as a change', async t => {
  const its = await world(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  const second = { startsAt: new Date('2026-10-25T01:30:00Z'), endsAt: new Date('2026-10-25T01:45:00Z') }
  await anActivity(its.db, { campaignId, slug: 'odd', title: "'t Hooft\u00A0speaks\uFFFE", venue: "'=1", summary: 'a\u200Bb\tc', ...second })
  const before = await its.db.activity.findMany()

  t.strictSame(await load(its, Buffer.from(await exportedFile(its.db))), ['unchanged odd'])
  t.strictSame(await load(its, Buffer.from((await exportedFile(its.db)).replace(',20,', ',21,'))), ['updated odd'])

  t.match(await its.db.activity.findMany(), before.map(activity => ({ ...activity, capacity: 21 })))
  t.strictSame(await announced(its.db, 'booking.changed'), [])
})

t.test('a dry run tells the same and changes nothing', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const file = fileOf({ ...workshop, capacity: '30' }, { ...workshop, slug: 'another' })
  const before = await exported(its.db)

  const tried = await load(its, file, true)
  const after = await exported(its.db)

  t.strictSame(tried, ['updated workshop', 'created another'])
  t.equal(after, before)
  t.strictSame(await announced(its.db, 'place.freed'), [])
  t.equal(await its.db.auditEntry.count({ where: { action: 'programme.imported' } }), 1)
  t.strictSame(await load(its, file), tried)
})

t.test('the same file once more changes nothing', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const file = fileOf({ ...workshop, join_url: link }, { ...workshop, slug: 'b', starts: '2026-10-25 01:30', ends: '2026-10-25 03:00' })
  await load(its, file)
  const before = await its.db.activity.findMany()

  t.strictSame(await load(its, file), ['unchanged workshop', 'unchanged b'])
  t.strictSame(await its.db.activity.findMany(), before)
})

t.test('what was exported is imported as unchanged, for every activity of the example programme', async t => {
  const its = await world(t)
  await loadExampleProgramme(its.db, seal, noon)
  const { id: campaignId } = await aCampaign(its.db)
  await anActivity(its.db, { campaignId, title: '=1+1', summary: '-1\n"quoted", and so on', venue: "'=2" })
  await anActivity(its.db, { campaignId, status: 'cancelled', visibility: 'partners', joinUrlSealed: seal.close(link) })
  const before = await its.db.activity.findMany({ orderBy: { id: 'asc' }, include: { partners: true } })

  const csv = await exported(its.db)
  const outcomes = await load(its, Buffer.from(csv))

  t.equal(outcomes.length, before.length)
  t.strictSame(outcomes.filter(outcome => !outcome.startsWith('unchanged ')), [])
  t.strictSame(await its.db.activity.findMany({ orderBy: { id: 'asc' }, include: { partners: true } }), before)
})

t.test('an empty join link leaves the one that is there alone', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf({ ...workshop, join_url: link }))

  t.strictSame(await load(its, fileOf(workshop)), ['unchanged workshop'])
  t.strictSame(await load(its, fileOf({ ...workshop, title: 'Another title' })), ['updated workshop'])

  t.equal(seal.open((await its.db.activity.findFirst())?.joinUrlSealed ?? ''), link)
})

t.test('when booking opens and closes is not for a file to say, and stays', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const window = { bookingOpensAt: new Date('2026-11-20T09:00Z'), bookingClosesAt: new Date('2026-11-30T09:00Z') }
  await its.db.activity.updateMany({ data: window })

  t.strictSame(await load(its, fileOf(workshop)), ['unchanged workshop'])
  t.strictSame(await load(its, fileOf({ ...workshop, title: 'Another title' })), ['updated workshop'])

  t.match(await its.db.activity.findFirst(), window)
})

t.test('a link that Outlook wrapped is kept as Teams gave it', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })

  await load(its, fileOf({
    ...workshop, join_url: `https://eur03.safelinks.protection.outlook.com/?url=${encodeURIComponent(link)}&data=x`
  }))

  t.equal(seal.open((await its.db.activity.findFirst())?.joinUrlSealed ?? ''), link)
})

t.test('more places go to those who wait; fewer drop nobody', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const { id } = await its.db.activity.findFirstOrThrow()
  for (let n = 0; n < 3; n++) await aBooking(its.db, id)

  await load(its, fileOf({ ...workshop, capacity: '2' }))
  t.strictSame(await announced(its.db, 'place.freed'), [])
  t.equal(await its.db.booking.count({ where: { status: 'confirmed' } }), 3)

  await load(its, fileOf({ ...workshop, capacity: '4' }))
  t.strictSame(await announced(its.db, 'place.freed'), [{ activityId: id }])
})

t.test('a workshop that moves takes those who have a place along, and tells those who wait', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const { id } = await its.db.activity.findFirstOrThrow()
  const { id: bookingId } = await aBooking(its.db, id, { icalSequence: 3 })
  const { id: waitingId } = await aBooking(its.db, id, { status: 'waiting' })

  await load(its, fileOf({ ...workshop, starts: '2026-12-01 18:15', ends: '2026-12-01 18:45' }))

  t.same(new Set(await announced(its.db, 'booking.changed')), new Set([
    { bookingId, sequence: 4 }, { bookingId: waitingId, sequence: 1 }
  ]))
  t.match(await its.db.booking.findUnique({ where: { id: bookingId } }), { icalSequence: 4 })
  t.match(await its.db.activity.findFirst(), { icalSequence: 1 })
})

t.test('a change that no calendar shows emails nobody', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  await aBooking(its.db, (await its.db.activity.findFirstOrThrow()).id)

  await load(its, fileOf({ ...workshop, summary: 'Half an hour', capacity: '19', audiences: 'parents' }))

  t.strictSame(await announced(its.db, 'booking.changed'), [])
  t.match(await its.db.activity.findFirst(), { icalSequence: 0, summary: 'Half an hour' })
})

t.test('an import that fails at its last row leaves no activity, no fact and no entry', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop, { ...workshop, slug: 'zzz' }))
  await its.asOwner("ALTER TABLE activities ADD CONSTRAINT fails CHECK (slug <> 'zzz' OR capacity < 25)")

  await t.rejects(load(its, fileOf({ ...workshop, slug: 'new' }, { ...workshop, capacity: '30' }, { ...workshop, slug: 'zzz', capacity: '30' })))

  t.strictSame((await its.db.activity.findMany()).map(({ capacity }) => capacity), [20, 20])
  t.strictSame(await announced(its.db, 'place.freed'), [])
  t.equal(await its.db.auditEntry.count({ where: { action: 'programme.imported' } }), 1)
})

t.test('an activity of another campaign is not taken over', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await anActivity(its.db, { slug: 'workshop' })

  t.strictSame(await problemsOf(its, fileOf(workshop)), [
    'row 2, slug: belongs to an activity of another campaign', 'Nothing was imported.'
  ])
})

t.test('of two imports of one new activity at once, one makes it and the other finds it', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await warm(its.db)

  const outcomes = await Promise.all([load(its, fileOf(workshop)), load(its, fileOf(workshop))])

  t.strictSame(outcomes.flat().sort(), ['created workshop', 'unchanged workshop'])
})

t.test('someone who books while a programme is imported is booked before it decides', async t => {
  const its = await world(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  await load(its, fileOf(workshop))
  const { id } = await its.db.activity.findFirstOrThrow()

  const problems = await its.db.$transaction(async tx => {
    await lockActivity(tx, id)
    const importing = problemsOf(its, fileOf({ ...workshop, status: 'draft' }))
    await eventually(async () => await countWaitingForLocks(its.db) > 0)
    await aBooking(tx as Db, id)
    return { importing }
  })

  t.strictSame(await problems.importing, [
    'row 2, status: must not go back to draft while people have booked', 'Nothing was imported.'
  ])
})

t.test('a title makes an address of letters and digits', async t => {
  const cases = [
    ['Keeping your child safe online', 'keeping-your-child-safe-online'],
    ['It’s Not OK: Łódź & Ó’Brien!', 'its-not-ok-odz-obrien'],
    ['  --  ', ''],
    ['Бесплатно', ''],
    ['x'.repeat(200), 'x'.repeat(80)]
  ] as const

  for (const [title, slug] of cases) t.equal(slugOf(title), slug, title)
})
