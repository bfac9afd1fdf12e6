import t from 'tap'
import { askDueLeads } from '../../../src/office/outcomes/asking.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post } from '../../support/service.ts'
import { announced } from '../../support/world.ts'
import { aStaffMember } from '../../support/staff.ts'
import { aWeekOfAction, at, doOutcomeJobs, linksIn } from './week.ts'

const outcomes = '/staff/campaigns/week/outcomes'

t.test('who leads something is asked by email, says by the link what it came to, and is not asked again', async t => {
  const its = await aWeekOfAction(t)
  const { app, db, outbox, mailbox, turnClock, context, aStall, confirmed } = its
  const stall = await aStall('Stall at the market')

  const { asked, sent } = await confirmed(`${outcomes}/asking`, { asking: 'with-reminders' })
  t.match(perceived(asked).text, 'Asha Lead gets an email within minutes, because the activity is over already: “Stall at the market”.')
  t.match(perceived(asked).text, 'Please tell us in two minutes what came of it.', 'the words of the email')
  t.equal(sent.statusCode, 303)
  t.equal(mailbox.taken.length, 0)

  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  await askDueLeads(db, outbox, at('2027-03-08T12:02'))
  await doOutcomeJobs(its, context)
  t.strictSame(mailbox.taken.map(({ to }) => to), [['asha@school.example']])
  const { subject, text } = mailbox.taken[0]?.mail ?? {}
  t.equal(subject, 'How did it go?')
  t.match(text, 'Stall at the market: Thursday 4 March 2027, 10am to midday')
  const [path = ''] = linksIn(text)

  const page = await app.inject({ url: path })
  t.equal(page.statusCode, 200)
  t.match(page.headers, { 'x-robots-tag': /noindex/ })
  t.match(perceived(page).text, 'Stall at the market')
  t.equal(await db.outcomeReport.count(), 0, 'opening the link changes nothing')

  const refused = await post(app, path, { ...filledIn(page.body), took_place: 'yes', peopleReached: 'lots', learnt: 'Go earlier.' })
  t.strictSame(perceived(refused).errors, [
    { field: 'peopleReached', sentence: 'People reached must be a whole number, like 120. Leave it empty if you do not know' }
  ])
  t.match(refused.body, 'Go earlier.', 'nothing typed is lost')

  const saved = await post(app, path, { ...filledIn(page.body), took_place: 'yes', peopleReached: '120', leafletsGiven: '0', learnt: 'Go earlier.' })
  t.equal(saved.statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: stall.id } }), {
    peopleReached: 120, leafletsGiven: 0, premisesVisited: null, conversations: null
  }, 'not said is never 0')
  t.match(await db.activityPlan.findUnique({ where: { activityId: stall.id } }), { stage: 'done' }, 'the board knows')
  const shown = perceived(await app.inject({ url: saved.headers.location as string }))
  t.match(shown.text, 'Thank you. We have what you said.')
  t.match(shown.text, /People reached 120 Premises visited Not said Leaflets given out 0/)

  turnClock(at('2027-04-01T09:00'))
  await askDueLeads(db, outbox, at('2027-04-01T09:00'))
  t.equal((await announced(db, 'outcomes.due')).length, 1, 'who has answered is not reminded')

  const [entry] = await db.auditEntry.findMany({ where: { action: 'outcome.told' } })
  t.match(entry, { staffMemberId: null, subject: stall.slug, details: { peopleReached: ['', '120'], changed: ['learnt'] } })
  t.notMatch(JSON.stringify(entry?.details), /Go earlier/, 'what somebody wrote is not in the trail')
})

t.test('one person gets one email for all they led on a day, at nine, and each reminder once', async t => {
  const its = await aWeekOfAction(t, at('2027-03-04T18:00'))
  const { db, outbox, mailbox, turnClock, context, aStall, confirmed } = its
  const [one, two] = [await aStall('Stall at the market'), await aStall('Talk at the college')]
  await aStall('Visit by the council', {}, { ownerName: 'Team', ownerEmail: 'team@council.example' })
  await aStall('Nobody looks after it', {}, {})
  await confirmed(`${outcomes}/asking`, { asking: 'with-reminders' })

  const sweep = async (time: string) => {
    turnClock(at(time))
    // Two processes at once, and one that was started again.
    await Promise.all([askDueLeads(db, outbox, at(time)), askDueLeads(db, outbox, at(time))])
    await askDueLeads(db, outbox, at(time).plus({ minutes: 1 }))
    await doOutcomeJobs(its, context)
    return mailbox.taken.splice(0).map(({ to, mail }) => `${to.join()} ${linksIn(mail.text).length}`).sort()
  }
  t.strictSame(await sweep('2027-03-05T08:58'), [])
  t.strictSame(await sweep('2027-03-05T09:00'), ['asha@school.example 2', 'team@council.example 1'])
  t.strictSame(await sweep('2027-03-06T09:00'), [])
  await db.outcomeReport.create({ data: { activityId: two.id, tookPlace: false, givenAt: at('2027-03-06T10:00').toJSDate() } })
  t.strictSame(await sweep('2027-03-07T09:00'), ['asha@school.example 1', 'team@council.example 1'])
  t.strictSame(await sweep('2027-03-14T09:00'), ['asha@school.example 1', 'team@council.example 1'])
  // Clocks went forward meanwhile: nine is an hour earlier.
  t.strictSame(await sweep('2027-04-01T08:58'), [])
  t.strictSame(await sweep('2027-04-01T09:00'), ['asha@school.example 1', 'team@council.example 1'])
  t.strictSame(await sweep('2027-04-03T09:00'), [], 'three reminders are all')
  t.strictSame((await db.outcomeAsk.findMany({ where: { activityId: one.id }, orderBy: { askedAt: 'asc' } })).map(({ occasion }) => occasion),
    ['first', 'after-3-days', 'after-10-days', 'before-due'])
  t.equal(await db.outcomeAsk.count({ where: { sentAt: null } }), 0)

  const page = perceived(await its.read(outcomes))
  t.match(page.text, 'We have no address of these')
  t.match(page.text, /Nobody looks after it Thursday 4 March 2027, 10am to midday Nobody looks after it/)
})

t.test('an email that a mail server did not take is tried again, and one that went is not sent twice', async t => {
  const its = await aWeekOfAction(t)
  const { db, outbox, mailbox, context, aStall, confirmed } = its
  await aStall('Stall at the market')
  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  const [due] = await announced(db, 'outcomes.due')
  const { askLeads } = await import('../../../src/office/outcomes/jobs.ts')
  const run = async () => await askLeads(context, due === undefined ? [] : [due])

  mailbox.refuse = () => ({ code: 451, text: 'Later' })
  t.match(await run(), [{ status: 'rejected' }])
  mailbox.refuse = () => undefined
  t.match(await run(), [{ status: 'fulfilled' }])
  t.match(await run(), [{ status: 'fulfilled' }])
  t.equal(mailbox.taken.length, 1)

  await db.outcomeAsk.updateMany({ data: { sentAt: null } })
  await db.standaloneEmail.deleteMany()
  mailbox.refuse = () => ({ code: 550, text: 'No such person' })
  t.match(await run(), [{ status: 'fulfilled' }])
  t.match(perceived(await its.read(outcomes)).text, 'The email was refused')
})

t.test('what nobody outside may know of has no title in the email or behind the link, and operational work is not asked about', async t => {
  const its = await aWeekOfAction(t)
  const { app, db, outbox, mailbox, context, aStall, confirmed } = its
  await aStall('SECRETAGENCY', { visibility: 'agency' })
  await aStall('SECRETEMBARGO', { embargoUntil: at('2027-05-01T06:00').toJSDate() })
  await aStall('SECRETDRAFT', { status: 'draft' })
  const patrol = await aStall('SECRETPATROL', { visibility: 'operational', kind: 'disruption' })
  await aStall('SECRETIDEA', { status: 'draft' }, { stage: 'idea', ownerName: 'Idea', ownerEmail: 'idea@school.example' })

  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  await doOutcomeJobs(its, context)

  t.equal(mailbox.taken.length, 1)
  const { subject, text, html } = mailbox.taken[0]?.mail ?? {}
  t.notMatch(`${subject} ${text} ${html}`, /SECRET|Know who your friends/)
  t.match(text, 'Your activity: Thursday 4 March 2027, 10am to midday')
  t.equal(linksIn(text).length, 3)
  for (const path of linksIn(text)) t.notMatch((await app.inject({ url: path })).body, /SECRET/)
  t.equal(await db.outcomeAsk.count({ where: { activityId: patrol.id } }), 0)

  const link = context.outcomeLinks.tokenFor(patrol.id, 'asha@school.example')
  const [hidden, none] = [await app.inject({ url: `/outcomes/${link}` }), await app.inject({ url: '/outcomes/abc' })]
  t.strictSame([hidden.statusCode, none.statusCode], [410, 410])
  t.equal(perceived(hidden).text, perceived(none).text, 'hidden work answers as what never was')
})

t.test('a link is of whoever leads the activity, and ends 14 days after numbers are due', async t => {
  const { app, db, turnClock, context, aStall, lead } = await aWeekOfAction(t)
  const stall = await aStall('Stall at the market')
  const url = `/outcomes/${context.outcomeLinks.tokenFor(stall.id, lead.email)}`
  const other = `/outcomes/${context.outcomeLinks.tokenFor(stall.id, 'team@council.example')}`
  const status = async (url: string) => (await app.inject({ url })).statusCode
  const page = (await app.inject({ url })).body

  t.strictSame([await status(url), await status(other)], [200, 410])
  t.equal(await status(url.replace(/.$/, end => end === 'A' ? 'B' : 'A')), 410, 'guessed')
  turnClock(at('2027-04-18T23:59'))
  t.equal(await status(url), 200)
  turnClock(at('2027-04-19T00:00'))
  t.equal(await status(url), 410)
  t.equal((await post(app, url, { ...filledIn(page), took_place: 'yes' })).statusCode, 410)
  t.equal(await db.outcomeReport.count(), 0)

  turnClock(at('2027-03-09T12:00'))
  await db.activityPlan.update({ where: { activityId: stall.id }, data: { ownerId: null, ownerName: 'Team', ownerEmail: 'team@council.example' } })
  t.strictSame([await status(url), await status(other)], [410, 200])
})

t.test('a number that is unusually high is asked about, not refused, and exactly that number is believed', async t => {
  const { app, db, context, aStall, lead } = await aWeekOfAction(t)
  const stall = await aStall('Stall at the market')
  const url = `/outcomes/${context.outcomeLinks.tokenFor(stall.id, lead.email)}`
  const form = { ...filledIn((await app.inject({ url })).body), took_place: 'yes', leafletsGiven: '12,000' }

  const asked = await post(app, url, form)
  t.strictSame(perceived(asked).errors, [{ field: 'leafletsGiven', sentence: '12,000 leaflets: is that right?' }])
  t.equal(await db.outcomeReport.count(), 0)
  const sure = /name="sure" type="checkbox" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
  t.match(perceived(await post(app, url, { ...form, leafletsGiven: '120000', sure })).errors, [{ sentence: '120,000 leaflets: is that right?' }])
  t.equal((await post(app, url, { ...form, sure })).statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: stall.id } }), { leafletsGiven: 12_000 })
})

t.test('where places are booked the people are not asked for', async t => {
  const { app, db, context, aStall, lead } = await aWeekOfAction(t)
  const workshop = await aStall('Workshop', { booking: 'places', capacity: 20, peopleReached: 4 })
  const url = `/outcomes/${context.outcomeLinks.tokenFor(workshop.id, lead.email)}`
  const page = await app.inject({ url })
  t.notMatch(page.body, 'name="peopleReached"')
  t.equal((await post(app, url, { ...filledIn(page.body), took_place: 'yes', leafletsGiven: '30' })).statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: workshop.id } }), { leafletsGiven: 30, peopleReached: 4 }, 'what was there stays')
})

t.test('whoever phones is noted by an organiser, and nobody overwrites what they have not read', async t => {
  const { app, db, context, aStall, lead, member, read, send } = await aWeekOfAction(t)
  const stall = await aStall('Stall at the market')
  const url = `/outcomes/${context.outcomeLinks.tokenFor(stall.id, lead.email)}`
  const theirs = filledIn((await app.inject({ url })).body)
  const staffUrl = '/staff/activities/stall-at-the-market/outcome'
  const ours = filledIn((await read(staffUrl)).body)

  t.equal((await send(staffUrl, { ...ours, took_place: 'yes', peopleReached: '80' })).statusCode, 303)
  t.match(await db.outcomeReport.findFirst(), { givenById: member.id })
  const late = await post(app, url, { ...theirs, took_place: 'yes', peopleReached: '90' })
  t.equal(late.statusCode, 409)
  t.match(late.body, 'value="90"', 'what they typed is still there')
  t.match(perceived(late).text, 'People reached 80')
  t.match(await db.activity.findUnique({ where: { id: stall.id } }), { peopleReached: 80 })
  t.equal((await post(app, url, { ...filledIn(late.body), took_place: 'yes', peopleReached: '90' })).statusCode, 303)
  t.match(await db.outcomeReport.findFirst(), { givenById: null })

  const no = filledIn((await read(staffUrl)).body)
  t.equal((await send(staffUrl, { ...no, took_place: 'no', peopleReached: '' })).statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id: stall.id } }), { peopleReached: null }, 'what did not take place reached nobody')
})

t.test('nothing is said of what is cancelled or not over, and a second press changes nothing', async t => {
  const { db, send, aStall, read } = await aWeekOfAction(t)
  await aStall('Called off', { status: 'cancelled' })
  await aStall('Still to come', { startsAt: at('2027-03-09T10:00').toJSDate(), endsAt: at('2027-03-09T12:00').toJSDate() })
  await aStall('Over')
  const form = { ...filledIn((await read('/staff/activities/over/outcome')).body), took_place: 'yes' }
  for (const slug of ['called-off', 'still-to-come']) {
    t.equal((await send(`/staff/activities/${slug}/outcome`, form)).statusCode, 409, slug)
  }
  for (let press = 0; press < 2; press++) {
    t.equal((await send('/staff/activities/over/outcome', form)).statusCode, 303)
  }
  t.equal(await db.auditEntry.count({ where: { action: 'outcome.noted' } }), 1)
})

t.test('who has not answered is asked again once it was read who gets it, and not within a day', async t => {
  const its = await aWeekOfAction(t)
  const { db, outbox, mailbox, context, turnClock, send, aStall, confirmed } = its
  const stall = await aStall('Stall at the market')
  await aStall('Talk at the college')
  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  await doOutcomeJobs(its, context)
  const refused = await send(`${outcomes}/again`, { activities: stall.id })
  t.match(perceived(refused).errors, [{ field: 'activities' }], 'they were asked this morning')

  turnClock(at('2027-03-10T10:00'))
  const { asked, sent } = await confirmed(`${outcomes}/again`, { activities: stall.id })
  t.match(perceived(asked).text, 'Asha Lead gets one more email: “Stall at the market”.')
  t.notMatch(perceived(asked).text, 'Talk at the college')
  t.equal(sent.statusCode, 303)
  await doOutcomeJobs(its, context)
  t.strictSame(mailbox.taken.map(({ mail }) => linksIn(mail.text).length), [2, 1])
  t.match(perceived(await its.read(outcomes)).text, /Asked again Asha Lead on 10 March 2027 at 10am/)
})

t.test('a sentence is in the report only as it was chosen, and everyone is thanked once with their numbers', async t => {
  const its = await aWeekOfAction(t)
  const { app, db, mailbox, context, send, aStall, read, confirmed, lead } = its
  const stall = await aStall('Stall at the market')
  await aStall('Talk at the college')
  const url = `/outcomes/${context.outcomeLinks.tokenFor(stall.id, lead.email)}`
  const say = async (learnt: string) => await post(app, url, {
    ...filledIn((await app.inject({ url })).body), took_place: 'yes', peopleReached: '120', learnt
  })
  await say('Go earlier.')
  const key = /name="wanted" value="([^"]+)"/.exec((await read(outcomes)).body)?.[1] ?? ''
  t.equal((await send(`${outcomes}/learning`, { shown: key, wanted: key })).statusCode, 303)
  t.match(await db.outcomeReport.findFirst(), { isChosen: true })
  await say('Something else.')
  t.match(await db.outcomeReport.findFirst(), { isChosen: false }, 'nobody chose these words')
  await send(`${outcomes}/learning`, { shown: key, wanted: key })
  t.match(await db.outcomeReport.findFirst(), { isChosen: false }, 'nor does an old page choose them')

  const { asked, sent } = await confirmed(`${outcomes}/thanks`, {})
  t.match(perceived(asked).text, '1 person gets one email each. It cannot be taken back.')
  t.notMatch(perceived(asked).text, /badge/, 'what is read first is what is sent')
  t.equal(sent.statusCode, 303)
  await doOutcomeJobs(its, context)
  t.equal(mailbox.taken.length, 1)
  t.match(mailbox.taken[0]?.mail.text, 'People reached: 120')
  t.notMatch(mailbox.taken[0]?.mail.text, /Something else|badge/, 'no agency of theirs has a badge')
  t.match(perceived(await send(`${outcomes}/thanks`, {})).errors, [{ field: 'thanks' }], 'nobody is thanked twice')
})

t.test('thanks go to whoever leads each activity when they are sent, and only for that one', async t => {
  const its = await aWeekOfAction(t)
  const { db, mailbox, context, aStall, confirmed } = its
  await aStall('Stall at the market')
  const talk = await aStall('Talk at the college')
  await confirmed(`${outcomes}/thanks`, {})
  const next = { ownerId: null, ownerName: 'Nell Next', ownerEmail: 'nell@next.example' }
  await db.activityPlan.update({ where: { activityId: talk.id }, data: next })
  await doOutcomeJobs(its, context)
  const sent = mailbox.taken.map(({ to, mail }) => [to.join(), /Stall/.test(mail.text ?? ''), /Talk/.test(mail.text ?? '')])
  t.strictSame(sent.sort(), [['asha@school.example', true, false], ['nell@next.example', false, true]])
  t.equal(await db.thanks.count({ where: { sentAt: null } }), 0)
})

t.test('nobody is thanked for what did not take place after all', async t => {
  const its = await aWeekOfAction(t)
  const { db, mailbox, context, aStall, confirmed } = its
  const stall = await aStall('Stall at the market')
  await confirmed(`${outcomes}/thanks`, {})
  await db.outcomeReport.create({ data: { activityId: stall.id, tookPlace: false, givenAt: at('2027-03-08T12:00').toJSDate() } })

  await doOutcomeJobs(its, context)

  t.equal(mailbox.taken.length, 0)
})

t.test('whoever takes an activity over can be asked at once, and is not reminded of what they were never asked', async t => {
  const its = await aWeekOfAction(t)
  const { db, outbox, mailbox, context, read, aStall, confirmed } = its
  const stall = await aStall('Stall at the market')
  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  await doOutcomeJobs(its, context)
  const next = await aStaffMember(db, { name: 'Nell Next', email: 'nell@council.example', role: 'organiser' })
  await db.activityPlan.update({ where: { activityId: stall.id }, data: { ownerId: next.id } })
  t.match(perceived(await read(outcomes)).text, /Nell Next, nell@council\.example.*Asked Asha Lead/)

  const { asked } = await confirmed(`${outcomes}/again`, { activities: stall.id })
  t.match(perceived(asked).text, 'Nell Next gets one more email')
  await doOutcomeJobs(its, context)

  t.strictSame(mailbox.taken.map(({ to }) => to.join()), ['asha@school.example', 'nell@council.example'])
  const [first, second] = mailbox.taken.map(({ mail }) => mail.subject)
  t.equal(second, first, 'it is the first that Nell hears of it')
})

t.test('a school that ran something gets its badge in the email, as it stood in what was read first', async t => {
  const its = await aWeekOfAction(t)
  const { mailbox, context, aStall, confirmed } = its
  await aStall('Assembly', { runBy: 'Greenfield School', peopleReached: 0 })

  const { asked } = await confirmed(`${outcomes}/thanks`, {})
  await doOutcomeJobs(its, context)

  t.match(asked.body, '/campaigns/week/badge')
  t.match(mailbox.taken[0]?.mail.text, '/campaigns/week/badge')
  t.notMatch(mailbox.taken[0]?.mail.text, 'People reached', 'nobody is thanked for having reached nobody')
})

t.test('nobody is asked before it is planned until when, and that day is not taken away', async t => {
  const { db, send, aStall, confirmed, read } = await aWeekOfAction(t)
  await aStall('Stall at the market')
  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  const cycle = '/staff/campaigns/week/cycle'
  const form = filledIn((await read(cycle)).body)
  t.match(perceived(await send(cycle, { ...form, 'numbers-due-day': '' })).errors, [{ field: 'numbers-due-day' }])
  await db.outcomeAsking.deleteMany()
  await db.campaignDate.deleteMany()
  const refused = await send(`${outcomes}/asking`, { asking: 'once' })
  t.match(perceived(refused).errors, [{ sentence: /First plan the last day/ }])
})

t.test('who entered something without an account is asked at the address of the entry', async t => {
  const its = await aWeekOfAction(t)
  const { db, outbox, campaign, mailbox, context, aStall, confirmed } = its
  const confirmedAt = at('2027-02-01T12:05').toJSDate()
  const entered = async (title: string, given: object = {}) => {
    const { id: activityId } = await aStall(title, {}, {})
    await db.entry.create({
      data: {
        id: crypto.randomUUID(),
        campaignId: campaign.id,
        activityId,
        title,
        organisation: 'Kendal School',
        name: 'Sam Secretary',
        email: 'office@kendal.example',
        canonicalEmail: 'office@kendal.example',
        endsOn: new Date('2027-03-04'),
        receivedAt: at('2027-02-01T12:00').toJSDate(),
        confirmedAt,
        ...given
      }
    })
  }
  await entered('Assembly')
  await entered('Withdrawn', { outcome: 'withdrawn', endedAt: confirmedAt })
  await confirmed(`${outcomes}/asking`, { asking: 'once' })
  await askDueLeads(db, outbox, at('2027-03-08T12:01'))
  await doOutcomeJobs(its, context)
  t.strictSame(mailbox.taken.map(({ to, mail }) => [to.join(), linksIn(mail.text).length]), [['office@kendal.example', 1]])
  t.match(mailbox.taken[0]?.mail.text, 'Hello Sam Secretary,')
})

t.test('before anything is over, the page of numbers says so, and counts nothing', async t => {
  const { read } = await aWeekOfAction(t, at('2027-02-01T12:00'))
  const { text } = perceived(await read('/staff/campaigns/week/outcomes'))
  t.match(text, 'No activity of this campaign is over yet.')
  t.notMatch(text, '0 of 0')
})
