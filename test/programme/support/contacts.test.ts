import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { SupportContact } from '../../../src/platform/database/generated/client.ts'
import { addContact, changeContact, removeContact } from '../../../src/programme/support/commands.ts'
import { contactDraft } from '../../../src/programme/support/kept-contact.ts'
import { listKeptContacts, listSupportContacts } from '../../../src/programme/support/queries.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, noon, warm, world } from '../../support/world.ts'

const url = '/staff/support'

async function aContact (db: Db, given: Partial<SupportContact> = {}): Promise<SupportContact> {
  return await db.supportContact.create({
    data: {
      name: 'Cumberland hub',
      purpose: 'To report a concern about a child in Cumberland',
      number: '0333 240 1727',
      lastCheckedOn: noon.minus({ days: 10 }).toJSDate(),
      owner: 'Safeguarding partnership',
      position: 30,
      ...given
    }
  })
}

/** A valid form. */
function aForm (given: Record<string, string> = {}): Record<string, string> {
  return {
    name: 'Westmorland hub',
    purpose: 'To report a concern about a child in Westmorland and Furness',
    audience: 'everyone',
    number: '0300 373 2724',
    url: '',
    address: '',
    hours: 'Monday to Friday, 9am to 5pm',
    owner: 'Olu Organiser',
    position: '35',
    ...given
  }
}

async function editionIn (app: FastifyInstance, url: string, headers: Record<string, string>): Promise<string> {
  const { body } = await app.inject({ url, headers })
  return /name="edition" value="(\w+)"/.exec(body)?.[1] ?? ''
}

async function context (t: Test) {
  const its = await service(t)
  return { ...its, ...await signedIn(its.app, its.db, { role: 'organiser' }) }
}

t.test('a new contact stands on every public page a second later, at its place', async t => {
  const { app, db, headers, member } = await context(t)
  await aCampaign(db, { districts: ['Eden', 'Allerdale'] })

  const form = perceived(await app.inject({ url: `${url}/new`, headers }))
  const answer = await post(app, `${url}/new`,
    `${new URLSearchParams({ ...aForm(), submission: randomUUID() }).toString()}&area=Eden`, headers)

  t.match(form.text, /Allerdale Eden/)
  t.equal(answer.statusCode, 303)
  t.match(perceived(await app.inject({ url: String(answer.headers.location), headers })).text,
    /The contact is added.*Westmorland hub.*Number 0300 373 2724 Hours Monday to Friday, 9am to 5pm For Everyone, Eden Kept up to date by Olu Organiser Checked today Position 35/)
  for (let page = ''; !page.includes('Westmorland hub'); await sleep(50)) page = (await app.inject('/help')).body
  t.match(perceived(await app.inject('/help')).text, /Police.*Westmorland hub Phone: 0300 373 2724.*\(Eden\).*Childline/)
  t.ok((await listSupportContacts(db)).some(({ name, area }) => name === 'Westmorland hub' && area[0] === 'Eden'), 'emails read the same')
  t.match(await db.auditEntry.findMany({ where: { action: 'contact.added' } }), [{
    staffMemberId: member.id, subject: 'Westmorland hub', details: { number: '0300 373 2724', area: 'Eden', owner: 'Olu Organiser' }
  }])
})

t.test('a form that is sent twice adds one contact, also at once', async t => {
  const { db } = await world(t)
  const before = await db.supportContact.count()
  const id = randomUUID()
  const draft = {
    name: 'A hub',
    purpose: 'To talk',
    audience: 'everyone',
    number: '101',
    url: undefined,
    address: undefined,
    hours: undefined,
    area: [],
    owner: 'Us',
    position: 1
  } as const
  await warm(db)

  await Promise.all(Array.from({ length: 5 }, async () =>
    await addContact(db, { ...draft, area: [], id }, organiser, noon)))

  t.equal(await db.supportContact.count(), before + 1)
  t.equal(await db.auditEntry.count({ where: { action: 'contact.added' } }), 1)
})

t.test('what reaches nobody cannot be saved, and every sentence stands at its field with what was typed', async t => {
  const { app, db, headers } = await context(t)
  await aCampaign(db, { districts: ['Eden'] })
  await aContact(db)
  const before = await db.supportContact.count()
  const number = 'Number must be a whole UK number with its area code, like 01228 526690, or a short one like 999 or 116 123'
  const mobile = 'must not have a mobile number in it: it may be one person’s own. Give the number of a team or an office'
  const web = 'Web address must be a whole one that begins with https://, like https://www.childline.org.uk/'
  const address = 'Address must be a postal address with its postcode, or an email address'
  const nothing = 'Enter a phone number, a web address or a postal address'
  const cases: Array<[string, Record<string, string>, string, string, number?]> = [
    ['no area code', { number: '337195' }, 'number', number],
    ['words', { number: 'call us' }, 'number', number],
    ['a mobile', { number: '07700 900123' }, 'number',
      'Number must not be a mobile number: it may be one person’s own. Give the number of a team or an office'],
    ['a mobile from abroad', { number: '+44 7700 900123' }, 'number',
      'Number must not be a mobile number: it may be one person’s own. Give the number of a team or an office'],
    ['premium rate', { number: '0909 879 0000' }, 'number', 'Number must not be one that costs callers extra'],
    ['a number of two lines', { number: '01228\n526690' }, 'number', 'Number must be on one line'],
    ['a mobile in the hours', { hours: 'At night: 07700 900123' }, 'hours', `Hours ${mobile}`],
    ['a mobile in the purpose', { purpose: 'Ring 07700900123' }, 'purpose', `What to call it for ${mobile}`],
    ['http', { url: 'http://www.childline.org.uk' }, 'url', web],
    ['no address', { url: 'www.childline.org.uk' }, 'url', web],
    ['a script', { url: 'javascript:alert(1)' }, 'url', web],
    ['no postcode', { address: 'Civic Centre, Carlisle' }, 'address', address],
    ['half an address', { address: 'help@' }, 'address', address],
    ['nothing at all', { number: '' }, 'number', nothing],
    ['a mailbox alone', { number: '', address: 'hub@cumberland.gov.uk' }, 'number', nothing],
    ['no name', { name: ' ' }, 'name', 'Enter a name'],
    ['a long name', { name: 'x'.repeat(101) }, 'name', 'Name must be 100 characters or fewer'],
    ['a name of two lines', { name: 'A\nB' }, 'name', 'Name must be on one line'],
    ['a name that there is', { name: 'Cumberland hub' }, 'name',
      'There is another contact with this name. Change that one, or choose another name.', 409],
    ['no purpose', { purpose: '' }, 'purpose', 'Enter what to call it for'],
    ['nobody', { audience: 'dogs' }, 'audience', 'Select who it is for'],
    ['a district that there is not', { area: 'Mordor' }, 'area', 'Select districts from those on the page'],
    ['no owner', { owner: '' }, 'owner', 'Enter who keeps it up to date'],
    ['no position', { position: '' }, 'position', 'Position must be a whole number from 0 to 9,999'],
    ['an unknown field', { last_checked_on: '2030-01-01' }, 'form',
      'This form has no field “last_checked_on”. Load the page again and fill it in once more.']
  ]

  for (const [what, given, field, sentence, status = 400] of cases) {
    const answer = await post(app, `${url}/new`, aForm({ submission: randomUUID(), ...given }), headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, status, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
    t.match(answer.body, `value="${given.hours ?? 'Monday to Friday, 9am to 5pm'}"`, `${what}: what was typed is there`)
  }
  t.equal(await db.supportContact.count(), before)
})

t.test('a change is on the page and in the trail, with what from and to, and another number counts as checked', async t => {
  const { app, db, headers, member } = await context(t)
  const { id } = await aContact(db, { lastCheckedOn: noon.minus({ days: 100 }).toJSDate() })
  const edition = await editionIn(app, `${url}/${id}`, headers)
  const form = aForm({ name: 'Cumberland hub', purpose: 'To report a concern about a child in Cumberland', hours: '', owner: 'Safeguarding partnership', position: '30', number: '+44 333 240 1728', edition })

  const answer = await post(app, `${url}/${id}`, form, headers)
  const again = await post(app, `${url}/${id}`, form, headers)

  t.equal(answer.statusCode, 303)
  t.equal(again.statusCode, 303, 'a second press finds its work done')
  t.match(await db.supportContact.findUnique({ where: { id } }), { number: '0333 240 1728', lastCheckedOn: '2026-11-23' })
  t.strictSame((await db.auditEntry.findMany({ where: { action: 'contact.changed' } })).map(({ staffMemberId, subject, details }) =>
    ({ staffMemberId, subject, details })), [
    { staffMemberId: member.id, subject: 'Cumberland hub', details: { number: ['0333 240 1727', '0333 240 1728'] } }
  ])
})

t.test('of two who change one contact at once the second compares, loses nothing typed and can have theirs', async t => {
  const { app, db, headers } = await context(t)
  const { id } = await aContact(db)
  const edition = await editionIn(app, `${url}/${id}`, headers)

  await post(app, `${url}/${id}`, aForm({ name: 'Cumberland hub', hours: 'Day and night', edition }), headers)
  const second = await post(app, `${url}/${id}`, aForm({ name: 'Cumberland hub', hours: 'Weekdays only', edition }), headers)
  const page = perceived(second)

  t.equal(second.statusCode, 409)
  t.match(page.errors, [{ field: 'form', sentence: /Someone has changed this contact since you opened it/ }])
  t.match(page.text, 'What is different Hours There now Day and night Yours Weekdays only')
  t.match(second.body, /name="hours"[^>]*value="Weekdays only"/)
  const kept = /name="edition" value="(\w+)"/.exec(second.body)?.[1] ?? ''
  const third = await post(app, `${url}/${id}`, aForm({ name: 'Cumberland hub', hours: 'Weekdays only', edition: kept }), headers)
  t.equal(third.statusCode, 303)
  t.match(await db.supportContact.findUnique({ where: { id } }), { hours: 'Weekdays only' })
})

t.test('a mistake in the form does not make one overlook what a colleague has changed', async t => {
  const { app, db, headers } = await context(t)
  const { id } = await aContact(db)
  const edition = await editionIn(app, `${url}/${id}`, headers)
  await db.supportContact.update({ where: { id }, data: { number: '101' } })

  const wrong = await post(app, `${url}/${id}`, aForm({ url: 'www', edition }), headers)
  const right = await post(app, `${url}/${id}`, aForm({ edition: /name="edition" value="(\w+)"/.exec(wrong.body)?.[1] ?? '' }), headers)

  t.equal(wrong.statusCode, 400)
  t.equal(right.statusCode, 409)
  t.match(await db.supportContact.findUnique({ where: { id } }), { number: '101' })
})

t.test('ten changes at once from the same page are one change, and nine are told', async t => {
  const { db } = await world(t)
  const { id } = await aContact(db)
  const contact = (await listKeptContacts(db)).find(contact => contact.id === id)
  if (contact === undefined) throw new Error('It has just been made.')
  await warm(db)

  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) =>
    await changeContact(db, { id, versionHash: contactDraft.versionHash(contact) }, { ...contact, hours: `From ${n}` }, organiser, noon)))

  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await db.auditEntry.count({ where: { action: 'contact.changed' } }), 1)
})

t.test('someone who finds a contact removed while they type keeps what they typed and can add it again', async t => {
  const { app, db, headers } = await context(t)
  const { id } = await aContact(db)
  const edition = await editionIn(app, `${url}/${id}`, headers)
  await db.supportContact.delete({ where: { id } })

  const answer = await post(app, `${url}/${id}`, aForm({ edition }), headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).errors, [{ field: 'form', sentence: /removed this contact since you opened it/ }])
  t.match(answer.body, /name="hours"[^>]*value="Monday to Friday, 9am to 5pm"/)
  t.match(answer.body, 'action="/staff/support/new"')
  const submission = /name="submission" value="([\w-]+)"/.exec(answer.body)?.[1] ?? ''
  t.equal((await post(app, `${url}/new`, aForm({ submission }), headers)).statusCode, 303)
  t.equal(await db.supportContact.count({ where: { name: 'Westmorland hub' } }), 1)
})

t.test('removing asks first, says what goes, and a second press that it is not there any more', async t => {
  const { app, db, headers, member } = await context(t)
  const { id } = await aContact(db)

  const question = await app.inject({ url: `${url}/${id}/removal`, headers })
  t.equal(await db.supportContact.count({ where: { id } }), 1, 'looking removes nothing')
  const edition = /name="edition" value="(\w+)"/.exec(question.body)?.[1] ?? ''
  const first = await post(app, `${url}/${id}/removal`, { edition }, headers)
  const second = await post(app, `${url}/${id}/removal`, { edition }, headers)

  t.equal(perceived(question).h1, 'Do you want to remove Cumberland hub?')
  t.strictSame([first.statusCode, second.statusCode], [303, 404])
  t.match(perceived(second).text, 'There is no such contact, or it has been removed.')
  t.equal(await db.supportContact.count({ where: { id } }), 0)
  t.match(await db.auditEntry.findMany({ where: { action: 'contact.removed' } }), [{
    staffMemberId: member.id, subject: 'Cumberland hub', details: { number: '0333 240 1727' }
  }])
})

t.test('a contact that has changed is not removed or marked as checked by someone who read the old one', async t => {
  const { app, db, headers } = await context(t)
  const { id } = await aContact(db)
  const edition = await editionIn(app, `${url}/${id}`, headers)
  await db.supportContact.update({ where: { id }, data: { number: '101' } })

  for (const deed of ['check', 'removal']) {
    const answer = await post(app, `${url}/${id}/${deed}`, { edition }, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 409, deed)
    t.match(page.errors, [{ sentence: /Someone has changed this contact/ }])
    t.ok(page.has(page.errors[0]?.field ?? ''), 'the link leads somewhere')
  }
  t.match(await db.supportContact.findUnique({ where: { id } }), { lastCheckedOn: '2026-11-13' })
})

t.test('of two who remove the last two contacts at once one is told that one must stay', async t => {
  const { db } = await world(t)
  await db.supportContact.deleteMany()
  await aContact(db)
  await aContact(db, { name: 'Another hub' })
  const contacts = await listKeptContacts(db)
  await warm(db)

  const outcomes = await Promise.allSettled(contacts.map(async contact =>
    await removeContact(db, { id: contact.id, versionHash: contactDraft.versionHash(contact) }, organiser, noon)))

  t.strictSame(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.equal(await db.supportContact.count(), 1)
})

t.test('after 90 days a contact is marked until someone has checked it, which is noted once a day', async t => {
  const { app, db, headers, member } = await context(t)
  await db.supportContact.updateMany({ data: { lastCheckedOn: noon.toJSDate() } })
  const { id } = await aContact(db, { lastCheckedOn: new Date('2026-08-25') })
  await aContact(db, { name: 'Another hub', lastCheckedOn: new Date('2026-08-26') })

  const before = perceived(await app.inject({ url, headers }))
  const edition = await editionIn(app, `${url}/${id}`, headers)
  const presses = [await post(app, `${url}/${id}/check`, { edition }, headers), await post(app, `${url}/${id}/check`, { edition }, headers)]
  const after = perceived(await app.inject({ url, headers }))

  t.match(before.text, '1 contact has not been checked for 90 days.')
  t.match(before.text, 'Cumberland hub Not checked for 90 days')
  t.strictSame(presses.map(({ statusCode }) => statusCode), [303, 303])
  t.notMatch(after.text, 'Not checked')
  t.match(await db.auditEntry.findMany({ where: { action: 'contact.checked' } }), [
    { staffMemberId: member.id, subject: 'Cumberland hub', details: { lastCheckedOn: ['2026-08-25', '2026-11-23'] } }
  ])
  t.equal(await db.auditEntry.count({ where: { action: 'contact.checked' } }), 1)
})

t.test('admins and the partnership’s organisers keep contacts, and nobody else', async t => {
  const { app, db } = await service(t)
  const { id: agencyId } = await anAgency(db)
  const { id } = await aContact(db)
  const may: Array<[string, string | null, boolean]> = [
    ['admin', null, true], ['organiser', null, true], ['organiser', agencyId, false], ['staff', null, false], ['host', null, false]
  ]

  for (const [role, agencyId, allowed] of may) {
    const { headers } = await signedIn(app, db, { role, agencyId })
    const form = aForm({ submission: randomUUID() })
    const asked = [
      await app.inject({ url, headers }), await app.inject({ url: `${url}/new`, headers }), await app.inject({ url: `${url}/${id}`, headers }),
      await app.inject({ url: `${url}/${id}/removal`, headers }), ...allowed
        ? []
        : [
            await post(app, `${url}/new`, form, headers), await post(app, `${url}/${id}`, form, headers),
            await post(app, `${url}/${id}/check`, {}, headers), await post(app, `${url}/${id}/removal`, {}, headers)
          ]
    ]
    t.strictSame([...new Set(asked.map(({ statusCode }) => statusCode))], [allowed ? 200 : 403], `${role} ${agencyId ?? ''}`)
    const home = await app.inject({ url: '/staff', headers })
    t.equal(home.body.includes('href="/staff/support"'), allowed, `${role}: the link is there for those who may`)
  }
  t.equal(await db.supportContact.count({ where: { id } }), 1)
})

t.test('an address that names no contact is not found', async t => {
  const { app, headers } = await context(t)

  for (const id of [randomUUID(), 'x', '%00', `${'a'.repeat(36)}`, `${randomUUID()}'`]) {
    t.equal((await app.inject({ url: `${url}/${id}`, headers })).statusCode, 404, id)
    t.equal((await app.inject({ url: `${url}/${id}/removal`, headers })).statusCode, 404, id)
    t.equal((await post(app, `${url}/${id}/check`, { edition: 'x' }, headers)).statusCode, 404, id)
  }
})
