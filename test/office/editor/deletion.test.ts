import t from 'tap'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { removeMeetings } from '../../../src/office/meetings/jobs.ts'
import type { MeetingContext } from '../../../src/office/meetings/jobs.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aHold, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, secretKey } from '../../support/world.ts'

t.test('deleting drafts', async t => {
  const its = await service(t)
  const { app, db } = its
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const aDraft = async (given: Partial<Activity> = {}) => {
    const activity = await anActivity(db, { status: 'draft', ...given })
    return { ...activity, url: `/staff/activities/${activity.slug}` }
  }
  const isThere = async ({ id }: { id: string }) => await db.activity.count({ where: { id } }) === 1

  await t.test('a draft goes with what was prepared for it, and the trail says so', async t => {
    const draft = await aDraft()
    const { id: waitsElsewhere } = await aBooking(db, (await anActivity(db)).id, { status: 'waiting' })
    await aBooking(db, draft.id, { status: 'waiting', copiedFromBookingId: waitsElsewhere })
    await aHold(db, draft.id, { returnedAt: noon.toJSDate() })
    await db.bulletin.create({
      data: { activityId: draft.id, number: 1, audience: 'confirmed', heading: 'x', body: 'y', madeById: member.id, createdAt: noon.toJSDate() }
    })
    t.match((await app.inject({ url: `${draft.url}/settings`, headers })).body, `${draft.url}/deletion`)

    const question = await app.inject({ url: `${draft.url}/deletion`, headers })
    t.equal(perceived(question).h1, 'Do you want to delete this draft?')
    t.ok(await isThere(draft), 'to look changes nothing')
    const answer = await post(app, `${draft.url}/deletion`, {}, headers)

    t.equal(answer.headers.location, '/staff/activities?done=deleted', perceived(answer).text)
    t.match(perceived(await app.inject({ url: answer.headers.location ?? '', headers })).text, 'The draft is deleted.')
    t.notOk(await isThere(draft))
    t.match(await db.auditEntry.findFirst({ where: { action: 'activity.deleted' } }), {
      staffMemberId: member.id, subject: draft.slug, details: { title: draft.title }
    })
    t.equal((await post(app, `${draft.url}/deletion`, {}, headers)).statusCode, 404, 'pressed twice')
  })

  await t.test('what someone relies on stays, and a sentence says why', async t => {
    const [booked, held, published, first] = [await aDraft(), await aDraft(), await aDraft({ status: 'published' }), await aDraft()]
    await aBooking(db, booked.id, { status: 'cancelled' })
    await aHold(db, held.id)
    await aDraft({ anotherDateOfId: first.id })
    for (const [draft, why] of [
      [booked, '1 booking was made for it.'], [held, 'Places are kept for an agency.'],
      [published, 'Only a draft can be deleted.'], [first, 'Another date was made of it.']
    ] as const) {
      t.match(perceived(await app.inject({ url: `${draft.url}/deletion`, headers })).text, why)
      const answer = await post(app, `${draft.url}/deletion`, {}, headers)
      t.equal(answer.statusCode, 409)
      t.match(perceived(answer).text, why)
      t.ok(await isThere(draft))
    }
    t.notMatch((await app.inject({ url: published.url, headers })).body, '/deletion')
  })

  await t.test('the Teams meeting that we made for it is taken away', async t => {
    const seal = joinLinkSeal(secretKey)
    const draft = await aDraft()
    await db.teamsMeeting.create({
      data: {
        activityId: draft.id,
        status: 'asked',
        meetingIdSealed: seal.close('meeting-1'),
        madeAs: { leftovers: [seal.close('meeting-0')] },
        askedAt: noon.toJSDate()
      }
    })
    t.match(perceived(await app.inject({ url: `${draft.url}/deletion`, headers })).text, 'with the Teams meeting that we made for it')

    await post(app, `${draft.url}/deletion`, {}, headers)

    const removed: string[] = []
    const meetings = { async remove (id: string) { removed.push(id) } }
    const ends = await removeMeetings({ ...its, seal, meetings } as unknown as MeetingContext, await announced(db, 'meeting.left'))
    t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'fulfilled'])
    t.strictSame(removed.sort(), ['meeting-0', 'meeting-1'])
  })
})
