import { randomUUID } from 'node:crypto'
import pg from 'pg'
import t from 'tap'
import { everyone } from '../../../src/booking/attendees/filter.ts'
import type { AttendeeFilter, Sorting } from '../../../src/booking/attendees/filter.ts'
import { attendeesOf, inOrderOf, namesApart } from '../../../src/booking/attendees/matching.ts'
import { countMatching, listAttendees, listIdsMatching } from '../../../src/booking/attendees/queries.ts'
import { marksIn } from '../../../src/booking/bookings/sealed-answers.ts'
import { countReached } from '../../../src/booking/bookings/recipients.ts'
import { countOpen } from '../../../src/office/overview/queries.ts'
import { live } from '../../../src/programme/booking-rules.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

/** Names of the attendees that a filter lets through, in its order. */
async function namesOf (db: Db, activityId: string, filter: Partial<AttendeeFilter> = {}): Promise<string[]> {
  const ids = await listIdsMatching(db, activityId, { ...everyone, ...filter }, { skip: 0, take: 1000 })
  return (await listAttendees(db, ids)).map(({ name }) => name)
}

/** Each name with its given names and surname, as the database tells them apart. */
async function apart (db: Db, names: readonly string[]): Promise<Array<[string, string | null, string | null]>> {
  const rows = await db.$queryRaw<Array<{ name: string, parts: [string | null, string | null] }>>`
    SELECT b.name, ${namesApart} AS parts FROM unnest(${names}::text[]) WITH ORDINALITY AS b (name, place) ORDER BY place`
  return rows.map(({ name, parts: [given, surname] }) => [name, given, surname])
}

t.test('given names and surname are told apart, each as it was typed', async t => {
  const { db } = await world(t)
  const cases: Array<[name: string, given: string | null, surname: string | null]> = [
    ['Anne Kirkbride', 'Anne', 'Kirkbride'], ['anne kirkbride', 'anne', 'kirkbride'], ['ANNE MARIE KIRKBRIDE', 'ANNE MARIE', 'KIRKBRIDE'],
    ['  Anne \u00A0 Kirkbride ', 'Anne', 'Kirkbride'], ['J. Smith', 'J.', 'Smith'], ['Siân O’Neil', 'Siân', 'O’Neil'], ['Łucja Łukasik', 'Łucja', 'Łukasik'],
    ['Mary Smith-Jones', 'Mary', 'Smith-Jones'], ['Anna-Maria D\'Angelo', 'Anna-Maria', 'D\'Angelo'], ['أحمد محمد', 'أحمد', 'محمد'],

    ['Jan van der Berg', 'Jan', 'van der Berg'], ['JAN VAN DER BERG', 'JAN', 'VAN DER BERG'], ['Jan Van Den Berg', 'Jan', 'Van Den Berg'],
    ['Maria de la Cruz', 'Maria', 'de la Cruz'], ['Ana da Silva', 'Ana', 'da Silva'], ['José dos Santos', 'José', 'dos Santos'],
    ['Ludwig von Beethoven', 'Ludwig', 'von Beethoven'], ['Ali bin Hassan', 'Ali', 'bin Hassan'], ['Fatima bint Ali', 'Fatima', 'bint Ali'],
    ['Khalid ibn Walid', 'Khalid', 'ibn Walid'], ['Nour El Sayed', 'Nour', 'El Sayed'], ['Yusuf al-Hassan', 'Yusuf', 'al-Hassan'], ['محمد بن سلمان', 'محمد', 'بن سلمان'],
    ['Mohammed Abdul Rahman', 'Mohammed', 'Abdul Rahman'], ['Rhys ap Llywelyn', 'Rhys', 'ap Llywelyn'], ['Nína Ní Bhriain', 'Nína', 'Ní Bhriain'],
    ['Jane O Brien', 'Jane', 'O Brien'], ['Jane O’ Brien', 'Jane', 'O’ Brien'], ['Anna Mac Donald', 'Anna', 'Mac Donald'], ['Jane St. John', 'Jane', 'St. John'],
    ['van der Berg', null, 'van der Berg'], ['Van Der Berg', null, 'Van Der Berg'], ['de Souza', null, 'de Souza'], ['al Hassan', null, 'al Hassan'],
    ['Van Morrison', 'Van', 'Morrison'], ['Al Pacino', 'Al', 'Pacino'], ['Abdul Rahman', 'Abdul', 'Rahman'], ['Mac Jones', 'Mac', 'Jones'],

    ['Smith, Jane', 'Jane', 'Smith'], ['Smith ,Jane Ann', 'Jane Ann', 'Smith'], ['van der Berg, Jan', 'Jan', 'van der Berg'], ['SMITH، Jane', 'Jane', 'SMITH'],
    ['Smith, Dr Jane', 'Jane', 'Smith'], ['Smith, Jane, MBE', 'Jane', 'Smith'], ['Smith, Mrs', null, 'Smith'],

    ['Dr Jane Smith', 'Jane', 'Smith'], ['Prof. Dr. Jane Smith', 'Jane', 'Smith'], ['Mrs Smith', null, 'Smith'], ['mr smith', null, 'smith'],
    ['Mr & Mrs Smith', null, 'Smith'], ['Mr/Mrs J Smith', 'J', 'Smith'], ['Sir John Major', 'John', 'Major'], ['Jane Lord', 'Jane', 'Lord'], ['Lord, Jane', 'Jane', 'Lord'],
    ['Prof van Gogh', null, 'van Gogh'],

    ['John Smith Jr.', 'John', 'Smith'], ['John Smith Jnr', 'John', 'Smith'], ['John Smith III', 'John', 'Smith'], ['Jane Smith MBE', 'Jane', 'Smith'],
    ['Jane Smith, OBE', 'Jane', 'Smith'], ['Dr Jane Smith Ph.D. BSc', 'Jane', 'Smith'], ['Jane Smith OBE MA', 'Jane', 'Smith'],
    ['Jack Ma', 'Jack', 'Ma'], ['YO-YO MA', 'YO-YO', 'MA'], ['Jane Ann Senior', 'Jane Ann', 'Senior'],
    ['Jane Smith (mum of A)', 'Jane', 'Smith'], ['Jane (Janie) Smith [she/her]', 'Jane', 'Smith'], ['Jane Smith (mum', 'Jane', 'Smith'],
    ['Jane Smith née Jones', 'Jane', 'Smith'], ['Jane Smith NEE Jones', 'Jane', 'Smith'],

    ['王小明', '小明', '王'], ['欧阳娜娜', '娜娜', '欧阳'], ['諸葛亮', '亮', '諸葛'], ['王 小明', '小明', '王'], ['王\u3000小明', '小明', '王'], ['김민수', '민수', '김'],
    ['王', null, null], ['阿卜杜拉哈桑', null, null],

    ['Jane', null, null], ['Sir John', null, null], ['Smith,', null, null], ['Jane Smith, Kendal', null, null], ['Dr', null, null], ['', null, null],
    [',', null, null], ['()', null, null], ['07700 900982', null, null], ['jane smith@example.org', null, null]
  ]

  t.strictSame(await apart(db, cases.map(([name]) => name)), cases)
})

t.test('names stand in the order in which people look for them, on every server', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)
  const expected = [
    'Aaliyah', 'Ada Adams', 'Siân Evans', 'Łucja Łukasik', 'Anna Lund', 'Ann Oakley', 'Siân O’Brien', 'Tom O\'Brien', 'Tim Odell', 'Ömer Öztürk', 'Ann Smith',
    'Smith, Bella', 'Carl smith', 'Dr DAVE SMITH', 'Mrs Ann Smith-Ames', 'Ann Smithers', 'Jan van der Berg', 'Ann Young', 'Zoë Zola'
  ]
  for (const name of expected.toReversed()) await aBooking(db, id, { name })

  t.strictSame(await namesOf(db, id, { sort: 'name' }), expected)
  t.strictSame(await namesOf(db, id, { sort: 'name', isDescending: true }), expected.toReversed())
})

/** Someone of each kind; in order of arrival. */
async function people (db: Db): Promise<string> {
  const { id } = await anActivity(db)
  const later = noon.plus({ hours: 1 }).toJSDate()
  await aBooking(db, id, { name: 'Cara', status: 'cancelled', role: 'other' })
  await aBooking(db, id, { name: 'Wanda', status: 'waiting', district: 'Eden', places: 3 })
  await aBooking(db, id, { name: 'Ada', attended: true, accessNeeds: 'Captions', role: 'carer', district: 'Allerdale', createdAt: later })
  await aBooking(db, id, { name: 'Otto', status: 'offered', question: 'Is it recorded?', role: 'professional' })
  await aBooking(db, id, { name: 'Lena', status: 'lapsed', district: 'Ärmel' })
  await aBooking(db, id, { name: 'Will', status: 'waiting', priority: 1, question: 'Why?', questionOutcome: 'answered', questionSettledAt: later, questionSettledById: randomUUID() })
  await aBooking(db, id, { name: 'Bea', attended: false, places: 2, phone: '07700 900 982', email: 'bea@example.org' })
  return id
}

t.test('each filter lets through whom it names, and several those whom all of them name', async t => {
  const { db } = await world(t)
  const id = await people(db)
  await aBooking(db, (await anActivity(db)).id, { name: 'Ada', accessNeeds: 'Captions', attended: true })
  const cases: Array<[filter: Partial<AttendeeFilter>, names: string[]]> = [
    [{}, ['Ada', 'Bea', 'Otto', 'Will', 'Wanda', 'Cara', 'Lena']],
    [{ statuses: ['waiting', 'offered'] }, ['Otto', 'Will', 'Wanda']],
    [{ roles: ['carer', 'other'] }, ['Ada', 'Cara']],
    [{ districts: ['Eden', 'Allerdale'] }, ['Ada', 'Wanda']],
    [{ need: 'yes' }, ['Ada']],
    [{ question: 'asked' }, ['Otto', 'Will']],
    [{ question: 'open' }, ['Otto']],
    [{ attendances: ['yes'] }, ['Ada']],
    [{ attendances: ['no'] }, ['Bea']],
    [{ attendances: ['unknown'], statuses: ['waiting'] }, ['Will', 'Wanda']],
    [{ attendances: ['yes', 'no'] }, ['Ada', 'Bea']],
    [{ search: 'wan' }, ['Wanda']],
    [{ search: 'Bea@Exam' }, ['Bea']],
    [{ search: '+44 7700 900982' }, ['Bea']],
    [{ search: 'ada', statuses: ['waiting'] }, []],
    [{ search: 'nobody' }, []]
  ]
  for (const [filter, names] of cases) t.strictSame(await namesOf(db, id, filter), names, JSON.stringify(filter))

  const { reference } = await db.booking.findFirstOrThrow({ where: { activityId: id, name: 'Otto' } })
  t.strictSame(await namesOf(db, id, { search: reference.toLowerCase() }), ['Otto'])
  t.strictSame((await countMatching(db, id, { ...everyone, statuses: ['waiting', 'confirmed'] })).sort((a, b) => a.people - b.people || a.places - b.places), [
    { status: 'confirmed', people: 2, places: 3 }, { status: 'waiting', people: 2, places: 4 }
  ])
})

t.test('the filters that counts lead to let through exactly those who are counted', async t => {
  const { db } = await world(t)
  const { id } = await anActivity(db)
  const at = noon.toJSDate()
  const need = { accessNeeds: 'Captions' }
  const copy = { status: 'waiting', copiedFromBookingId: randomUUID() }
  await aBooking(db, id, { ...need, name: 'Ada' })
  await aBooking(db, id, { ...need, name: 'Bea', accessAnswer: 'Yes', accessAnsweredAt: at })
  await aBooking(db, id, { ...need, name: 'Cal', ...copy, offers: 1, unreachableAt: at })
  await aBooking(db, id, { ...need, name: 'Dan', ...copy, unreachableAt: at })
  await aBooking(db, id, { ...need, name: 'Eve', status: 'cancelled', unreachableAt: at })
  await aBooking(db, id, { name: 'Fay', unreachableAt: at })
  const { id: phoned } = await aBooking(db, id, { name: 'Gus', phone: '01539 722 722' })
  await db.booking.update({ where: { id: phoned }, data: { email: null, canonicalEmail: null } })
  const statuses = live.statuses

  t.strictSame(await namesOf(db, id, { need: 'open', statuses }), ['Ada'])
  t.equal((await countOpen(db, id)).unanswered, 1)
  t.strictSame(await namesOf(db, id, { isUnreached: true, statuses }), ['Fay', 'Gus', 'Cal'])
  t.equal((await countReached(db, id)).toCall, 3)
  t.strictSame(await namesOf(db, id, { need: 'open' }), ['Ada', 'Eve'])
  t.strictSame(await namesOf(db, id, { need: 'yes' }), ['Ada', 'Bea', 'Cal', 'Dan', 'Eve'])
})

t.test('a list is sorted by each of its columns, and those who no longer come stand at its end', async t => {
  const { db } = await world(t)
  const id = await people(db)
  const cases: Array<[sort: Sorting, up: string, down: string]> = [
    ['status', 'Ada Bea Otto Will Wanda / Cara Lena', 'Wanda Will Otto Ada Bea / Cara Lena'],
    ['name', 'Ada Bea Otto Wanda Will / Cara Lena', 'Will Wanda Otto Bea Ada / Lena Cara'],
    ['places', 'Ada Otto Will Bea Wanda / Cara Lena', 'Wanda Bea Ada Otto Will / Cara Lena'],
    ['role', 'Wanda Will Bea Ada Otto / Lena Cara', 'Otto Ada Wanda Will Bea / Cara Lena'],
    ['district', 'Ada Wanda Otto Will Bea / Lena Cara', 'Wanda Ada Otto Will Bea / Lena Cara'],
    ['attendance', 'Ada Bea Wanda Otto Will / Cara Lena', 'Bea Ada Wanda Otto Will / Cara Lena'],
    ['booked', 'Wanda Otto Will Bea Ada / Cara Lena', 'Ada Wanda Otto Will Bea / Cara Lena'],
    ['turn', 'Will Wanda Ada Otto Bea / Cara Lena', 'Bea Otto Ada Wanda Will / Lena Cara']
  ]
  for (const [sort, up, down] of cases) {
    t.strictSame(await namesOf(db, id, { sort }), up.replace(' /', '').split(' '), sort)
    t.strictSame(await namesOf(db, id, { sort, isDescending: true }), down.replace(' /', '').split(' '), `${sort}, down`)
  }
})

t.test('a list of several activities is read through a cursor of the driver with the same words', async t => {
  const { db, url } = await world(t)
  const [first, second, third] = [(await anActivity(db)).id, (await anActivity(db)).id, (await anActivity(db)).id]
  for (const [activityId, name] of [[first, 'Zoë Adams'], [second, 'Ömer Boon'], [third, 'Ada Cole'], [second, 'Łucja Dale']] as const) {
    await aBooking(db, activityId, { name, district: 'Eden' })
  }
  const filter = { ...everyone, districts: ['Eden'], search: 'o', sort: 'name' } as const
  const client = new pg.Client(url)
  await client.connect()
  t.teardown(async () => { await client.end() })

  const { text, values } = Prisma.sql`
    SELECT b.name, ${namesApart} FROM bookings b WHERE ${attendeesOf([first, second], { ...filter, search: undefined }, marksIn(db))}
    ORDER BY ${inOrderOf(filter)}`
  const { rows } = await client.query({ text, values: values as unknown[], rowMode: 'array' })

  t.strictSame(rows, [['Zoë Adams', ['Zoë', 'Adams']], ['Ömer Boon', ['Ömer', 'Boon']], ['Łucja Dale', ['Łucja', 'Dale']]])

  const sought = Prisma.sql`SELECT b.name FROM bookings b WHERE ${attendeesOf([first, second, third], filter, marksIn(db))}`
  t.strictSame((await client.query({ text: sought.text, values: sought.values as unknown[], rowMode: 'array' })).rows, [['Ömer Boon']])

  t.strictSame(await listIdsMatching(db, randomUUID(), everyone, { skip: 0, take: 10 }), [], 'nor of an activity that there is not')
  const nobody = Prisma.sql`SELECT FROM bookings b WHERE ${attendeesOf([], everyone, marksIn(db))}`
  t.equal((await client.query({ text: nobody.text, values: nobody.values as unknown[] })).rowCount, 0, 'of no activity, nobody')
})

t.test('surnames are told apart where the database takes words and capitals from no locale', async t => {
  const { db } = await world(t)
  const names = ['Łucja Łukasik', 'Siân O’Neil', 'ÓSCAR NÍ BHRIAIN', 'Jane Smith née Jones', 'MRS JANE SMITH', '王小明']
  const seen: unknown[] = []
  for (const collation of ['C', 'en-GB-x-icu']) {
    seen.push(await db.$queryRawUnsafe(
      `SELECT name_in_parts(name COLLATE "${collation}") AS parts FROM unnest($1::text[]) WITH ORDINALITY AS given (name, place) ORDER BY place`, names))
  }

  t.strictSame(seen[0], seen[1])
})
