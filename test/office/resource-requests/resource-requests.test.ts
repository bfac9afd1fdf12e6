import t from 'tap'
import type { Test } from 'tap'
import { askForResources, eraseResourceRequests, forgetResourceRequests, moveRequest } from '../../../src/office/resource-requests/commands.ts'
import { NotEnoughLeft } from '../../../src/office/resource-requests/errors.ts'
import { getResourceRequest } from '../../../src/office/resource-requests/queries.ts'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import { confirming } from '../../support/confirming.ts'
import { contextWith, keeping } from '../../support/email-context.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aLegalHold } from '../../support/requests.ts'
import { aResource, aResourceRequest, anAsking, tellAskers } from '../../support/resources.ts'
import { linksToResources, perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, anActivity, noon, warm, world } from '../../support/world.ts'

/** The service, an organiser of the partnership, and the emails that were sent. */
async function office (t: Test) {
  const its = await service(t)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser' })
  return {
    ...its,
    headers,
    mail: async () => {
      t.strictSame(await tellAskers(its, context), [])
      return mailer.kept.splice(0)
    }
  }
}

const anne = {
  name: 'Anne Kirkbride',
  organisation: 'Kendal School',
  email: 'anne@school.example',
  phone: '01539 722 722',
  getting: 'collect',
  needed_by: '2026-12-07',
  purpose: 'A stall at our open day',
  for_work: 'yes'
}

t.test('someone asks, it is approved, packed and collected, and each email says where it stands', async t => {
  const { app, db, headers, mail } = await office(t)
  const bands = await aResource(db, { name: 'Wristbands' })
  const pens = await aResource(db, { name: 'Pens', stock: 20 })
  await aResource(db, { name: 'USB sticks', stock: 0 })
  t.match(perceived(await app.inject('/resources')).text, /None left at the moment Wristbands .* 100 left\. You can ask for up to 50\./)

  const form = { ...filledIn((await app.inject('/resources/ask')).body), ...anne, [`quantity_${bands.id}`]: '40', [`quantity_${pens.id}`]: '5' }
  for (const again of ['once', 'twice']) {
    t.match(await post(app, '/resources/ask', form), { statusCode: 303, headers: { location: '/resources/asked' } }, again)
  }
  t.equal((await app.inject('/resources/asked')).statusCode, 200)
  const [receipt, ...more] = await mail()
  t.strictSame(more, [], 'a double click is one request')
  t.match(receipt, { to: 'anne@school.example', subject: 'We have your request for resources' })
  t.match(receipt?.text, /Wristbands: 40[^]*We delete your request on Sunday 7 March 2027/)
  const own = new URL(/https:\S+\/resources\/requests\/\S+/.exec(receipt?.text ?? '')?.[0] ?? '').pathname
  t.match(perceived(await app.inject(own)).text, 'We have your request. Someone looks at it and emails you.')
  t.match(perceived(await app.inject('/resources')).text, '60 left', 'what was asked for is kept for them')

  const { id } = await db.resourceRequest.findFirstOrThrow()
  const href = `/staff/resources/requests/${id}`
  t.match(perceived(await app.inject({ url: '/staff/resources', headers })).text, /Kendal School .*Pens: 5, Wristbands: 40/)
  const unexplained = await post(app, `${href}/approval`, { [`quantity_${bands.id}`]: '30', [`quantity_${pens.id}`]: '5' }, headers)
  t.match(perceived(unexplained).errors, [{ field: 'message', sentence: /^Say why they get less/ }])
  const less = { [`quantity_${bands.id}`]: '30', [`quantity_${pens.id}`]: '5', message: 'Others need some too.' }
  const read = await post(app, `${href}/approval`, less, headers)
  t.match(perceived(read).text, /Anne Kirkbride gets an email that we have approved it.* They get 30 of 40: Wristbands\./)
  t.strictSame(await mail(), [], 'nothing is sent before that was read')
  t.equal((await post(app, `${href}/approval`, filledIn(read.body), headers)).statusCode, 303)
  const [approved] = await mail()
  t.match(approved?.subject, 'Your request for resources is approved')
  t.match(approved?.text, /Others need some too\.[^]*Wristbands: 30 of 40/)
  t.match(await db.resource.findUnique({ where: { id: bands.id } }), { stock: 100, promised: 30 }, 'what they do not get is free')

  t.match(perceived(await app.inject({ url: `${href}/packing-list`, headers })).text, /Pens 5 .*Wristbands 30/)
  const packed = await post(app, `${href}/packing`, { message: 'The town hall, on Friday.' }, headers)
  t.equal((await post(app, `${href}/packing`, filledIn(packed.body), headers)).statusCode, 303)
  t.match((await mail())[0]?.text, /You can collect what you asked for\.[^]*The town hall, on Friday\./)
  t.equal((await post(app, `${href}/handing-over`, {}, headers)).statusCode, 303)
  t.strictSame(await mail(), [], 'who collects it knows')
  t.match(await db.resource.findUnique({ where: { id: bands.id } }), { stock: 70, promised: 0 })
  t.match(perceived(await app.inject(own)).text, 'You have collected it.')
  t.equal((await post(app, `${href}/refusal`, { reason: 'Too late' }, headers)).statusCode, 409)
  const trail = JSON.stringify(await db.auditEntry.findMany({ select: { action: true, subject: true, details: true } }))
  t.match(trail, /resources\.approved.*resources\.packed.*resources\.handed-over/)
  t.notMatch(trail, /Kirkbride|Kendal|anne@/, 'the trail names nobody')
})

t.test('what is asked for and not there is refused with how many are left, and nothing typed is lost', async t => {
  const { app, db, mail } = await office(t)
  const bands = await aResource(db, { name: 'Wristbands', stock: 10 })
  const field = `quantity_${bands.id}`
  const form = { ...filledIn((await app.inject('/resources/ask')).body), ...anne }

  const tooMany = await post(app, '/resources/ask', { ...form, [field]: '51' })
  t.match(perceived(tooMany).errors, [{ field, sentence: 'Wristbands: must be a whole number from 0 to 50' }])
  const short = await post(app, '/resources/ask', { ...form, [field]: '11' })
  t.equal(short.statusCode, 409)
  t.match(perceived(short).errors, [{ field, sentence: 'Wristbands: only 10 are left' }])
  t.match(filledIn(short.body), { ...anne, [field]: '11' })
  t.match(perceived(await post(app, '/resources/ask', form)).errors, [{ field, sentence: /at least one/ }])
  const home = await post(app, '/resources/ask', { ...form, [field]: '1', getting: 'deliver' })
  t.match(perceived(home).errors, [{ field: 'address', sentence: /work address/ }])
  const late = await post(app, '/resources/ask', { ...form, [field]: '1', needed_by: '2026-11-22' })
  t.match(perceived(late).errors, [{ field: 'needed_by' }])
  t.match(perceived(await post(app, '/resources/ask', { ...form, [field]: '1', remark: 'x' })).errors, [{ field: 'form', sentence: /nothing is sent yet/ }])
  const slip = await post(app, '/resources/ask', { ...form, [field]: '1', email: 'anne@gmial.com' })
  t.match(perceived(slip).h1, 'Did you mean anne@gmail.com ?')
  t.equal(await db.resourceRequest.count(), 0)
  t.strictSame(await mail(), [])
  await db.resource.update({ where: { id: bands.id }, data: { retiredAt: noon.toJSDate() } })
  const retired = await post(app, '/resources/ask', { ...form, [field]: '1' })
  t.match(perceived(retired).errors, [{ field, sentence: /do not give these out any more/ }])
})

t.test('of fifty who ask at once for the last ten, ten are promised one', async t => {
  const { db, outbox } = await world(t)
  const { id } = await aResource(db, { stock: 10 })
  const { id: other } = await aResource(db, { stock: 1000 })
  await warm(db)

  const ends = await Promise.allSettled(Array.from({ length: 50 }, async (_, n) => {
    const items = [{ resourceId: id, quantity: 1 }, { resourceId: other, quantity: 1 }]
    await askForResources(db, outbox, anAsking(n % 2 === 0 ? items : items.reverse(), { email: `anne${n}@school.example` }), noon)
  }))

  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 10)
  t.ok(ends.every(end => end.status === 'fulfilled' || end.reason instanceof NotEnoughLeft), 'the others read how many are left')
  t.match(await db.resource.findUnique({ where: { id } }), { stock: 10, promised: 10 })
  t.match(await db.resource.findUnique({ where: { id: other } }), { promised: 10 }, 'of a refused request nothing is kept')
})

t.test('the database promises nobody what is not there', async t => {
  const { db } = await world(t)
  const { id } = await aResource(db, { stock: 15 })
  await aResourceRequest(db, id)

  await t.rejects(aResourceRequest(db, id), /resources_promised_are_there/)
  await t.rejects(db.resource.update({ where: { id }, data: { stock: 9 } }), /resources_promised_are_there/)
  await db.resourceRequest.deleteMany({ where: { items: { some: {} } } })
  t.match(await db.resource.findUnique({ where: { id } }), { promised: 0 }, 'a request that is deleted gives back what was kept')
})

t.test('a request that is cancelled by the person who asked is free for others', async t => {
  const { app, db, headers } = await office(t)
  const { id } = await aResource(db)
  const request = await aResourceRequest(db, id)
  const own = `/resources/requests/${linksToResources.tokenOf({ id: request.id, version: 0 })}`

  t.equal((await post(app, `${own}/cancellation`, {})).statusCode, 303)
  t.equal((await post(app, `${own}/cancellation`, {})).statusCode, 303)

  t.match(perceived(await app.inject(own)).text, 'You have cancelled this request.')
  t.match(await db.resource.findUnique({ where: { id } }), { promised: 0 })
  const late = await post(app, `/staff/resources/requests/${request.id}/refusal`, { reason: 'None left' }, headers)
  t.equal(late.statusCode, 409, 'staff read that it has changed')
  t.match(perceived(late).text, /This request has changed/)
  t.equal((await app.inject(`${own}x`)).statusCode, 410)
})

t.test('what was sent is counted for its campaign and its partner, and outlives the request', async t => {
  const { db, outbox } = await world(t)
  const { id } = await aResource(db, { name: 'Leaflets' })
  const { id: campaignId } = await aCampaign(db)
  const { id: agencyId } = await anAgency(db, { name: 'Cumbria Police' })
  const requests = [
    await aResourceRequest(db, id, { status: 'packed', granted: 4, campaignId, organisation: 'cumbria police' }),
    await aResourceRequest(db, id, { status: 'packed', granted: 3, campaignId, organisation: 'Cumbria Police' }),
    await aResourceRequest(db, id, { status: 'packed', granted: 2 })
  ]
  for (const { id: requestId } of requests) {
    await confirming(async confirmed => {
      await moveRequest(db, outbox, { requestId, to: 'handed-over', confirmed }, organiser, noon)
    })
  }

  t.match(await db.resource.findUnique({ where: { id } }), { stock: 91, promised: 0 })
  await forgetResourceRequests(db, noon.plus({ years: 1 }))
  t.equal(await db.resourceRequest.count(), 0)
  const totals = await db.resourceTotal.findMany({ orderBy: { given: 'asc' } })
  t.match(totals, [{ given: 2, campaignId: null, agencyId: null }, { given: 7, campaignId, agencyId }])
})

t.test('a request is deleted on the day that was named, unless a legal hold keeps it', async t => {
  const { db } = await world(t)
  const { id } = await aResource(db)
  const gone = await aResourceRequest(db, id)
  const kept = await aResourceRequest(db, id)
  await aLegalHold(db, { canonicalEmail: kept.canonicalEmail })

  t.strictSame(await forgetResourceRequests(db, noon.set({ year: 2027, month: 3, day: 6 })), [])
  t.strictSame(await forgetResourceRequests(db, noon.set({ year: 2027, month: 3, day: 7 })), [gone.id])
  t.match(await db.resource.findUnique({ where: { id } }), { promised: 10 })
  await db.$transaction(async tx => await eraseResourceRequests(tx, kept.canonicalEmail, noon.toJSDate(), noon))
  t.match(await db.resource.findUnique({ where: { id } }), { promised: 0 })
  t.equal(await db.forgottenBooking.count(), 2, 'no backup brings them back')
})

t.test('an address that refuses our email is marked, and who is told of nothing is not', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await aResource(db)
  const mailer = {
    ...keeping(),
    async send (): Promise<string> { throw new MailRefused({ code: '550', isFinal: true, answer: '550 No such user' }) }
  }
  const ask = anAsking([{ resourceId: id, quantity: 1 }])
  await askForResources(db, outbox, ask, noon)

  t.strictSame(await tellAskers(its, contextWith(its, mailer)), [])

  t.match(await getResourceRequest(db, ask.id), { told: undefined, unreachableAt: noon })
})

t.test('nobody is promised anything where the announcement fails', async t => {
  const { db, outbox } = await world(t)
  const { id } = await aResource(db)
  const failing = { ...outbox, async announce () { throw new Error('no queue') } }

  await t.rejects(askForResources(db, failing, anAsking([{ resourceId: id, quantity: 1 }]), noon), /no queue/)

  t.match(await db.resource.findUnique({ where: { id } }), { promised: 0 })
  t.equal(await db.resourceRequest.count(), 0)
})

t.test('who approves is warned of an address that someone has at home, and of no other', async t => {
  const { app, db, headers } = await office(t)
  const item = await aResource(db)
  for (const [email, warned] of [['anne@gmail.com', true], ['anne@Hotmail.co.uk', true], ['anne@school.example', false]] as const) {
    const { id } = await aResourceRequest(db, item.id, { email })
    const { text } = perceived(await app.inject({ url: `/staff/resources/requests/${id}`, headers }))
    t.equal(text.includes('This is a personal address, not one at work.'), warned, email)
    t.equal(/Approve it (?:! )?Warning They gave a personal email address, not one at work\. Before you approve it, check that they work for/.test(text), warned, email)
  }
})

t.test('only the partnership’s own people see requests, and only organisers decide', async t => {
  const { app, db } = await service(t)
  const { id } = await aResource(db)
  const request = await aResourceRequest(db, id)
  const href = `/staff/resources/requests/${request.id}`
  const { id: agencyId } = await anAgency(db)
  const police = await signedIn(app, db, { role: 'organiser', agencyId })
  const staff = await signedIn(app, db, { role: 'staff' })

  t.equal((await app.inject({ url: href, headers: police.headers })).statusCode, 403)
  const page = await app.inject({ url: href, headers: staff.headers })
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, /approval|refusal/)
  t.equal((await post(app, `${href}/approval`, { [`quantity_${id}`]: '10' }, staff.headers)).statusCode, 403)
})

t.test('a campaign that is not public cannot be chosen or guessed', async t => {
  const { app, db } = await service(t)
  const { id } = await aResource(db)
  const secret = await aCampaign(db, { title: 'Operation Marker' })
  const open = await aCampaign(db, { title: 'Open to all' })
  await anActivity(db, { campaignId: open.id })
  const page = await app.inject('/resources/ask')

  t.match(page.body, 'Open to all')
  t.notMatch(page.body, 'Marker')
  const answer = await post(app, '/resources/ask', { ...filledIn(page.body), ...anne, [`quantity_${id}`]: '1', campaign: secret.id })
  t.match(perceived(answer).errors, [{ field: 'campaign' }])
})
