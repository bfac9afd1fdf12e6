import { randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Db } from '../src/platform/database/connect.ts'
import { answerAs, askingActivity, linksToAnswer } from './support/evaluations.ts'
import { filledIn } from './support/filled-in.ts'
import { aSchool, anEntryForm } from './support/entries.ts'
import { aResource } from './support/resources.ts'
import { perceived, post, service } from './support/service.ts'
import { signedIn } from './support/staff.ts'
import { aBooking, anActivity } from './support/world.ts'

const root = join(import.meta.dirname, '../templates')

/** A form that takes the address of someone we write to. */
interface AddressForm {
  template: string
  url: string
  fields: Record<string, string>
  /** The addresses that it has kept. */
  kept: (db: Db) => Promise<Array<string | null>>
}

/** The forms of the public, and the one on which staff write down what someone asked. */
async function addressForms (db: Db): Promise<AddressForm[]> {
  const activity = await anActivity(db)
  const asking = await askingActivity(db)
  const booking = await aBooking(db, asking.id, { attended: true })
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  const token = linksToAnswer.tokenOf(linksToAnswer.linkOf(booking, 'after'))
  const { id: resourceId } = await aResource(db)
  const { slug: entryCampaign } = await anEntryForm(db)
  const requests = async (db: Db) => (await db.request.findMany()).map(({ email }) => email)
  return [
    {
      template: 'booking/bookings/book-a-place',
      url: `/activities/${activity.slug}/book`,
      fields: { name: 'Anne', role: 'parent', submission: randomUUID() },
      kept: async db => (await db.booking.findMany({ where: { activityId: activity.id } })).map(({ email }) => email)
    },
    {
      template: 'booking/bookings/find-my-booking',
      url: '/find-my-booking',
      fields: {},
      kept: async () => []
    },
    {
      template: 'office/requests/complain',
      url: '/complaints',
      fields: { name: 'Anne', what_happened: 'Nobody let me in.\n"Twice" & again.', submission: randomUUID() },
      kept: requests
    },
    {
      template: 'office/requests/request-new',
      url: '/staff/requests/new',
      fields: { kind: 'copy', name: 'Bob', received: '2026-11-20', submission: randomUUID() },
      kept: requests
    },
    {
      template: 'office/entries/enter',
      url: `/campaigns/${entryCampaign}/take-part`,
      fields: { ...aSchool, submission: randomUUID() },
      kept: async db => (await db.entry.findMany()).map(({ email }) => email)
    },
    {
      template: 'office/entries/links',
      url: `/campaigns/${entryCampaign}/take-part/links`,
      fields: {},
      kept: async () => []
    },
    {
      template: 'office/resource-requests/ask',
      url: '/resources/ask',
      fields: {
        name: 'Anne',
        organisation: 'Kendal School',
        [`quantity_${resourceId}`]: '1',
        purpose: 'A stall',
        needed_by: '2026-12-07',
        getting: 'collect',
        for_work: 'yes',
        submission: randomUUID()
      },
      kept: async db => (await db.resourceRequest.findMany()).map(({ email }) => email)
    },
    {
      template: 'booking/evaluations/answered',
      url: `/evaluations/${token}/later`,
      fields: {},
      kept: async db => (await db.laterContact.findMany()).map(({ email }) => email)
    }
  ]
}

const [slip, meant] = ['anne@gmial.com', 'anne@gmail.com']

t.test('wherever people type the address that we write to, a slip in it is asked about once, and nothing is lost', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  for (const { template, url, fields, kept } of await addressForms(db)) {
    const before = (await kept(db)).length
    const asked = await post(app, url, { ...fields, email: slip }, headers)
    const action = /<form id="form"[^>]*action="([^"]*)"/.exec(asked.body)?.[1] ?? ''
    const sent = filledIn(asked.body)
    const between = (await kept(db)).length
    const other = await post(app, action, { ...sent, email_is: 'other' }, headers)
    const done = await post(app, action, { ...sent, email_is: 'suggested' }, headers)

    t.equal(asked.statusCode, 200, template)
    t.match(perceived(asked).h1, `mean ${meant} ?`, template)
    t.match(perceived(asked).text, `You typed ${slip}`, template)
    t.match(sent, { email: slip, email_asked: slip }, template)
    t.equal(between, before, `${template}: nothing is kept yet`)
    t.equal(other.statusCode, 200, template)
    t.match(filledIn(other.body), { ...textsOf(fields), email: slip }, `${template}: what was typed comes back`)
    t.equal(perceived(other).errors.length, 0, template)
    t.equal(done.statusCode, 303, `${template}: ${perceived(done).text}`)
    if (template !== nothingKept) t.ok((await kept(db)).includes(meant), template)
    const right = await post(app, action, { ...sent, ...(sent.submission !== undefined && { submission: randomUUID() }), email_is: 'typed' }, headers)
    t.equal(right.statusCode, 303, `${template}: or it is right as it is`)
  }
})

t.test('every page of the public that takes an address is one of these', async t => {
  const { db } = await service(t)
  const known = (await addressForms(db)).map(({ template }) => template)
  const taking = globSync('**/*.njk', { cwd: root }).filter(name => {
    const text = readFileSync(join(root, name), 'utf8')
    return text.includes('extends "layout.njk"') && text.includes('type: "email"')
  }).map(name => name.replace(/\.njk$/, ''))

  t.ok(taking.length >= 4)
  t.strictSame(taking.filter(name => !known.includes(name)), [])
})

/** Finding one's booking keeps nothing. */
const nothingKept = 'booking/bookings/find-my-booking'

/** The fields that come back as they were typed: a form may have its number renewed. */
function textsOf ({ submission, ...fields }: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) =>
    [name, text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')]))
}
