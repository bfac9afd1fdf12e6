import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { sendSignInEmails } from '../src/identity/sign-in/jobs.ts'
import { renderEmail } from '../src/mail/emails/body.ts'
import { endingWith } from '../src/mail/emails/ending.ts'
import { MailRefused } from '../src/mail/emails/errors.ts'
import { kinds, sequenceOf } from '../src/mail/emails/kinds.ts'
import type { EmailKind } from '../src/mail/emails/kinds.ts'
import type { Message } from '../src/mail/emails/message.ts'
import { askOnceMore } from '../src/mail/later-questions/jobs.ts'
import { sendDigests, tellOfDecisions } from '../src/office/approval/jobs.ts'
import { sendCoHostInvitations } from '../src/office/co-hosts/jobs.ts'
import { sendEntryLinks, tellOfEntries } from '../src/office/entries/jobs.ts'
import { entryEmails } from '../src/office/entries/keeping.ts'
import { askLeads, thankLeads } from '../src/office/outcomes/jobs.ts'
import { acknowledgeRequests, sendAnswers, tellOfExtensions } from '../src/office/requests/jobs.ts'
import { tellOfMoves } from '../src/office/resource-requests/jobs.ts'
import { sendLastEmails } from '../src/office/rights/jobs.ts'
import { sendWelcomes, tellOfRemovedFactors } from '../src/office/staff-accounts/jobs.ts'
import { sendStandingLists, tellOfStoppedLists } from '../src/office/standing-lists/jobs.ts'
import { tellOfSuccessions } from '../src/office/successions/jobs.ts'
import { instant } from '../src/platform/clock.ts'
import { loadTemplates } from '../src/platform/templates.ts'
import type { Activity, Booking, StaffMember } from '../src/platform/database/generated/client.ts'
import { keeping, staffContextWith, writeEmail } from './support/email-context.ts'
import { aWeeklyList } from './support/everything.ts'
import { levels, ofLevel, people, wordOf } from './support/hidden.ts'
import type { Level, Person } from './support/hidden.ts'
import { aRequestOf } from './support/requests.ts'
import { aResource, aResourceRequest } from './support/resources.ts'
import { aStaffMember, anAgency } from './support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, world } from './support/world.ts'
import type { World } from './support/world.ts'

/*
 * Every email that the service sends is sent here, in a campaign with an activity of each level at the same time and
 * place, each another date of the first: it names what its reader booked, or may know of as staff, and nothing else.
 */

type Due = { booking?: Partial<Booking>, sequence?: number, named?: boolean }

/** The booking of which each kind of email is true; `named` where the announcement says which kind it is. */
const states: Record<EmailKind, Due> = {
  'place-confirmed': {},
  'place-found': { booking: { waitedAt: noon.toJSDate() } },
  'booking-changed': {},
  'waiting-list-joined': { booking: { status: 'waiting' } },
  'already-booked': {},
  cancelled: { booking: { status: 'cancelled' } },
  'cancelled-by-us': { booking: { status: 'cancelled', cancelledBy: 'organiser' } },
  'activity-cancelled': { booking: { status: 'cancelled', cancelledBy: 'activity' } },
  'place-offered': { booking: { status: 'offered' }, sequence: 1 },
  'place-called': { booking: { status: 'waiting', calledAt: noon.toJSDate(), offers: 1 }, sequence: 1 },
  'offer-lapsed': { booking: { status: 'lapsed' } },
  'offer-refused': { booking: { status: 'lapsed', lapseReason: 'refused' } },
  'waiting-list-closed': { booking: { status: 'lapsed', lapseReason: 'closed' } },
  'access-arranged': { booking: { accessNeeds: 'A seat', accessAnswer: 'By the door', accessAnsweredAt: noon.toJSDate() }, named: true },
  'booking-link': {},
  'reminder-week': { named: true },
  'reminder-day': { named: true },
  'reminder-hour': { named: true },
  'thank-you': { booking: { attended: true }, named: true },
  'sorry-we-missed-you': { booking: { attended: false }, named: true },
  'after-the-day': { named: true },
  bulletin: { sequence: 1, named: true }
}

t.test('an email about a booking tells of its own activity and of no other', async t => {
  const its = await world(t)
  const { activities } = await week(its)
  const mailer = keeping()
  const context = staffContextWith(its, mailer)

  for (const kind of Object.keys(kinds) as EmailKind[]) {
    for (const [level, activity] of activities) {
      const { booking: given = {}, sequence = kind.startsWith('reminder') ? sequenceOf(instant(activity.startsAt)) : 0, named } = states[kind]
      const booking = await aBooking(its.db, activity.id, { name: 'Kim', email: `${kind}@${level}.example`, ...given })
      const due = { bookingId: booking.id, sequence }
      await writeEmail(context, kinds[kind].fact, { ...due, ...named === true && { kind, copy: 0 } } as never)
      const emails = mailer.kept.splice(0)
      t.equal(emails.length, 1, `${kind} is sent`)
      const told = levelsIn(emails)
      t.strictSame(told, [level], `${kind} about what is ${level}`)
    }
  }
})

t.test('a secret place is told by emails to those who have a place, and by no others', async t => {
  const its = await world(t)
  const mailer = keeping()
  const context = staffContextWith(its, mailer)
  const { id: campaignId } = await aCampaign(its.db, { discreet: false })
  const activity = await anActivity(its.db, {
    campaignId, kind: 'training', isOnline: false, venue: 'Zqrose House', hasSecretPlace: true, district: 'Bolton', placesPerBooking: 3
  })
  await its.db.bulletin.create({
    data: {
      activityId: activity.id,
      number: 1,
      audience: 'everyone',
      heading: 'What to bring',
      body: 'A pen.',
      madeById: randomUUID(),
      createdAt: noon.toJSDate(),
      sentAt: noon.toJSDate()
    }
  })
  const saysWhere = (emails: readonly Message[]) => JSON.stringify(emails.map(({ subject, text, html, calendar }) =>
    [subject, text, html, calendar?.content.replaceAll(/\r\n[ \t]/g, '')])).includes('Zqrose')

  for (const kind of Object.keys(kinds) as EmailKind[]) {
    const { booking: given = {}, sequence = kind.startsWith('reminder') ? sequenceOf(instant(activity.startsAt)) : 0, named } = states[kind]
    const booking = await aBooking(its.db, activity.id, { name: 'Kim', email: `${kind}@place.example`, ...given })
    const due = { bookingId: booking.id, sequence }
    await writeEmail(context, kinds[kind].fact, { ...due, ...named === true && { kind, copy: 0 } } as never)
    const emails = mailer.kept.splice(0)
    t.equal(emails.length, 1, kind)
    const keepsQuiet = ['thank-you', 'sorry-we-missed-you', 'after-the-day', 'bulletin', 'already-booked', 'access-arranged', 'booking-link']
    if ((given.status ?? 'confirmed') !== 'confirmed') t.equal(saysWhere(emails), false, `${kind} does not tell it`)
    else if (!keepsQuiet.includes(kind)) t.equal(saysWhere(emails), true, `${kind} tells it`)
  }
})

t.test('every other email tells its reader of nothing that they may not know of', async t => {
  const its = await world(t)
  const { db } = its
  const { activities, campaignId, staff } = await week(its)
  const mailer = dropping()
  const context = { ...staffContextWith(its, mailer), outbox: its.outbox }
  const colleague = await aStaffMember(db, { role: 'host' })
  const { id: requestId } = await aRequestOf(db, { email: 'kim@zq.example' })
  const { id: answeredId } = await aRequestOf(db, {
    email: 'kim@zq.example', answer: 'Here it is.', closedAt: noon.toJSDate(), toldBy: 'email'
  })
  const { id: extendedId } = await aRequestOf(db, {
    email: 'kay@zq.example',
    extendedAt: noon.toJSDate(),
    extendedById: colleague.id,
    extendedBecause: 'complex',
    extensionReason: 'There is much of it.',
    extensionToldBy: 'email'
  })
  const { id: erasureId } = await db.erasure.create({
    data: {
      email: 'kim@zq.example',
      canonicalEmail: 'kim@zq.example',
      name: 'Kim',
      askedAt: noon.toJSDate(),
      askedById: colleague.id,
      doneBy: noon.plus({ days: 1 }).toJSDate()
    }
  })
  const { id: resourceId } = await aResource(db)
  const { id: askedId } = await aResourceRequest(db, resourceId, { campaignId })

  const standalone: Record<string, () => Sending> = {
    'sign-in': async () => await sendSignInEmails(context, [{
      staffMemberId: colleague.id, browserHash: 'x'.repeat(64), askedAt: noon.toISO()
    }]),
    'may-sign-in': async () => await sendWelcomes(context, [{ staffMemberId: colleague.id, at: noon.toISO() }]),
    'factor-removed': async () => await tellOfRemovedFactors(context, [{ staffMemberId: colleague.id, at: noon.toISO() }]),
    'request-received': async () => await acknowledgeRequests(context, [{ requestId }]),
    'request-answered': async () => await sendAnswers(context, [{ requestId: answeredId }]),
    'details-deleted': async () => await sendLastEmails(context, [{ erasureId }]),
    'request-extended': async () => await tellOfExtensions(context, [{ requestId: extendedId }]),
    resources: async () => await tellOfMoves(context, [{ requestId: askedId, status: 'asked' }])
  }
  /** The levels that something tells of. */
  const toldBy = async (send: () => Sending) => levelsIn(await sentOnce(t, mailer, send))

  for (const [template, send] of Object.entries(standalone)) {
    const emails = await sentOnce(t, mailer, send)
    t.equal(emails.length, 1, `${template} is sent`)
    t.strictSame(levelsIn(emails), [], template)
  }

  await t.test('later-question', async t => {
    for (const [level, { id: activityId }] of activities) {
      const email = `kim@${level}.example`
      const days = { sendOn: new Date('2026-11-20'), eraseOn: new Date('2026-12-24') }
      const { id: contactId } = await db.laterContact.create({
        data: { activityId, mark: randomUUID(), email, canonicalEmail: email, ...days }
      })
      t.strictSame(await toldBy(async () => await askOnceMore(context, [{ contactId }])), [level])
    }
  })

  await t.test('standing lists', async t => {
    for (const [who, member] of staff) {
      const may = people[who] as readonly Level[]
      const lists = await Promise.all([
        aWeeklyList(its.db, member.id, { about: 'mine' }),
        aWeeklyList(its.db, member.id, { about: 'campaign', campaignId }),
        ...[...activities.values()].map(async ({ id }) => await aWeeklyList(its.db, member.id, { about: 'activity', activityId: id }))
      ])
      const sent: Message[] = []
      const stopped: Message[] = []
      for (const { id } of lists) {
        const { id: runId } = await db.standingListRun.create({ data: { standingListId: id, occasion: 'weekly', dueAt: noon.toJSDate() } })
        sent.push(...await sentOnce(t, mailer, async () => await sendStandingLists(context, [{ runId }])))
      }
      t.strictSame(levelsIn(sent).filter(level => !may.includes(level)), [], `lists for ${who}`)
      for (const { id } of lists) {
        await db.standingList.update({
          where: { id }, data: { stoppedAt: noon.toJSDate(), stoppedBecause: 'not-allowed', nextAt: null }
        })
        const tell = async () => await tellOfStoppedLists(context, [{ standingListId: id }])
        stopped.push(...await sentOnce(t, mailer, tell))
      }
      t.equal(stopped.length, lists.length, 'each is told of')
      t.strictSame(levelsIn(stopped).filter(level => !may.includes(level)), [], `what has stopped, for ${who}`)
      if (who === 'admin') t.strictSame(levelsIn(stopped), levels, 'who may know reads which it was')
    }
  })

  await t.test('approval-decided', async t => {
    for (const [who, { id: askedById }] of staff) {
      const told: Level[] = []
      for (const { id: activityId } of activities.values()) {
        const { id: decisionId } = await db.approvalDecision.create({
          data: { activityId, about: 'activity', decision: 'returned', reason: 'No.', askedById, decidedById: colleague.id, decidedAt: noon.toJSDate() }
        })
        told.push(...await toldBy(async () => await tellOfDecisions(context, [{ decisionId }])))
      }
      // Whoever may not change an activity is not told what was decided about it.
      const mayNone = ['host of another activity', 'another agency', 'an agency that takes part'].includes(who)
      t.strictSame(told, mayNone ? [] : people[who], who)
    }
  })

  await t.test('co-host-invitation', async t => {
    for (const [level, { id: activityId }] of activities) {
      const { id: invitationId } = await db.coHostInvitation.create({
        data: {
          id: randomUUID(),
          activityId,
          name: 'Kim',
          email: 'kim@zq.example',
          agencyName: 'A school',
          invitedById: colleague.id,
          invitedAt: noon.toJSDate(),
          expiresAt: noon.plus({ days: 7 }).toJSDate()
        }
      })
      t.strictSame(await toldBy(async () => await sendCoHostInvitations(context, [{ invitationId }])), level === 'open' ? ['open'] : [], level)
    }
  })

  await t.test('entry and entry-links', async t => {
    for (const [level, { id: activityId }] of activities) {
      const { id: entryId } = await db.entry.create({
        data: {
          id: randomUUID(),
          campaignId,
          activityId,
          title: 'As they called it',
          organisation: 'A school',
          name: 'Kim',
          email: 'kim@zq.example',
          canonicalEmail: `kim@${randomUUID()}.example`,
          endsOn: new Date('2026-12-09'),
          receivedAt: noon.toJSDate(),
          confirmedAt: noon.toJSDate()
        }
      })
      // What organisers have hidden since is called as they called it; the form asks for what is public.
      const theirs = ['partners', 'agency', 'operational'].includes(level) ? [] : [level]
      t.strictSame(await toldBy(async () => await tellOfEntries(context, [{ entryId, what: 'change-approved' }])), theirs, `entry: ${level}`)
      const due = { entryId, campaignId, isInvitation: false, askedAt: noon.toISO() }
      t.strictSame(await toldBy(async () => await sendEntryLinks(context, [due])), theirs, `links: ${level}`)
    }
  })

  await t.test('outcomes and thanks', async t => {
    const later = noon.plus({ days: 12 })
    context.turnClock(later)
    await db.campaignDate.create({ data: { campaignId, kind: 'numbers-due', day: later.plus({ days: 20 }).startOf('day').toJSDate() } })
    for (const [level, { id: activityId }] of activities) {
      const planned = { ownerName: 'Kim', ownerEmail: 'kim@zq.example' }
      await db.activityPlan.upsert({ where: { activityId }, create: { activityId, ...planned }, update: planned })
      const { id: askId } = await db.outcomeAsk.create({ data: { activityId, occasion: 'first', askedAt: later.toJSDate() } })
      await db.thanks.create({ data: { activityId, thankedAt: later.toJSDate() } })
      const outside = ['open', 'embargoed'].includes(level) ? [level] : []
      t.strictSame(await toldBy(async () => await askLeads(context, [{ askIds: [askId] }])), outside, `outcomes: ${level}`)
      t.strictSame(await toldBy(async () => await thankLeads(context, [{ activityIds: [activityId] }])), outside, `thanks: ${level}`)
    }
    context.turnClock(noon)
  })

  await t.test('succession', async t => {
    const { id: staffMemberId } = staff.get('admin') ?? { id: '' }
    await db.succession.create({
      data: {
        id: randomUUID(), day: new Date('2027-04-01'), partnership: 'The partnership', successor: 'Another', plannedById: staffMemberId, plannedAt: noon.toJSDate()
      }
    })
    // Everyone's inbox may be read over their shoulder: it names no activity at all.
    t.strictSame(await toldBy(async () => await tellOfSuccessions(context, [
      { staffMemberId, day: '2027-04-01', about: 'near', announcedAt: noon.toISO() }
    ])), [])
  })

  // At the end: coordinators know of what waits for them.
  await t.test('approval-digest', async t => {
    const askedAt = noon.toJSDate()
    for (const { id: activityId, title, status } of activities.values()) {
      const asked = { activityId, askedById: colleague.id, askedAt }
      if (status === 'draft') await db.approvalRequest.create({ data: asked })
      else await db.proposal.create({ data: { ...asked, changes: { title: [title, 'Another'] } } })
    }
    const keys = [...activities.values()].map(({ id }) => `${id} ${noon.toISO()}`)
    const toldTo = async (staffMemberId: string) => {
      const due = { told: keys, dueAt: askedAt, sentAt: null }
      await db.approvalDigest.upsert({ where: { staffMemberId }, create: { staffMemberId, ...due }, update: due })
      return await toldBy(async () => await sendDigests(context, [{ staffMemberId, dueAt: noon.toISO() }]))
    }
    // What is hidden from more people waits for nobody.
    const waiting = levels.filter(level => level !== 'operational' && level !== 'agency')
    for (const [who, { id }] of staff) {
      const own = who === 'admin' || who === 'the partnership' ? waiting : []
      t.strictSame(await toldTo(id), own, who)
    }
    for (const who of ['another agency', 'someone who is named'] as const) {
      const { id: staffMemberId = '' } = staff.get(who) ?? {}
      await db.coordinator.create({ data: { campaignId, staffMemberId } })
      t.strictSame(await toldTo(staffMemberId), waiting, `${who}, who coordinates`)
    }
  })

  const others = [
    'approval-decided', 'approval-digest', 'approval-ended', 'co-host-invitation', 'entry', 'entry-links', 'later-question',
    'outcomes', 'standing-list', 'standing-list-stopped', 'succession', 'thanks'
  ]
  const folder = join(import.meta.dirname, '../templates/mail/emails')
  const all = readdirSync(join(folder, 'standalone')).map(file => file.replace('.njk', ''))
  t.strictSame(all.sort(), [...Object.keys(standalone), ...others].sort(), 'every email is here')
  t.strictSame(readdirSync(join(folder, 'kinds')).map(file => file.replace('.njk', '')).sort(), Object.keys(states).sort())
})

t.test('in the text of every email, a sentence says where each link leads', async t => {
  t.ok(sent.length > 100)
  for (const { subject, text } of sent) t.strictSame(bareLinksIn(text), [], subject)

  const templates = loadTemplates()
  const model = {
    name: 'Kim',
    title: 'A stall',
    when: 'today',
    campaign: 'The week',
    reason: '> No.',
    hashtags: '',
    publicUrl: 'https://workshops.example.org/activities/a-stall',
    isPublic: true,
    isApproved: true,
    entryUrl: 'https://workshops.example.org/entries/x',
    url: 'https://workshops.example.org/staff/activities/a-stall',
    erasedOn: 'tomorrow',
    isChange: false,
    ...endingWith('https://workshops.example.org', [])
  }
  for (const matter of entryEmails) {
    const { subject, text } = renderEmail(templates, 'standalone/entry', { ...model, matter })
    t.strictSame(bareLinksIn(text), [], matter)
    t.match(subject, /^(?!Your activity$)/, `${matter}: the subject says what it is about`)
    t.notMatch(subject, /A stall/)
  }
  t.strictSame(bareLinksIn(renderEmail(templates, 'standalone/approval-decided', model).text), [], 'Approved')
  t.strictSame(bareLinksIn(renderEmail(templates, 'standalone/approval-ended', { ...model, ending: 'withdrawn' }).text), [], 'Taken back')
})

/** In text, addresses stand alone on their lines: without a sentence before it, nobody knows where one leads. */
function bareLinksIn (text: string): string[] {
  const blocks = text.split(/\n\s*\n/).map(block => block.trim())
  return blocks.filter((block, n) => /^https?:\S+$/.test(block) && !/[.:?]$/.test(blocks[n - 1] ?? ''))
}

type Sending = Promise<Array<PromiseSettledResult<void>>>

/** A mailer that keeps its emails, and where it drops, says nothing of having taken one. */
function dropping () {
  const mailer = keeping()
  return {
    ...mailer,
    drops: false,
    async send (message: Message) {
      await mailer.send(message)
      if (this.drops) throw new MailRefused({ code: 'no answer', isFinal: false, answer: 'It hung up.' })
      return '250 Kept'
    }
  }
}

/**
 * The emails that a job sends. It is done three times: when the mail server hangs up after the final dot the next try
 * sends the same emails, with the same Message-IDs, and once that was heard of there is nothing more to send.
 */
async function sentOnce (t: Test, mailer: ReturnType<typeof dropping>, send: () => Sending): Promise<Message[]> {
  mailer.drops = true
  await send()
  const unheard = mailer.kept.splice(0)
  mailer.drops = false
  const failed = (await send()).filter(({ status }) => status === 'rejected')
  const emails = mailer.kept.splice(0)
  await send()

  t.strictSame(failed, [])
  t.strictSame(unheard.map(({ messageId, text, html }) => ({ messageId, text, html })),
    emails.map(({ messageId, text, html }) => ({ messageId, text, html })), 'a copy is the same email')
  t.strictSame(mailer.kept.splice(0).map(({ subject }) => subject), [], 'and there are no more')
  return emails
}

/** All that were sent here. */
const sent: Message[] = []

/** The levels whose word stands anywhere in emails: in subjects, texts, addresses or calendars. */
function levelsIn (emails: readonly Message[]): Level[] {
  sent.push(...emails)
  const text = JSON.stringify(emails.map(({ subject, text, html, from, calendar }) =>
    [subject, text, html, from, calendar?.content.replaceAll(/\r\n[ \t]/g, '')])).toLowerCase()
  return levels.filter(level => text.includes(wordOf(level)))
}

/** A week with an activity of each level, and someone of each kind of staff. */
async function week ({ db }: World) {
  const [leading, takingPart] = [await anAgency(db), await anAgency(db, { name: 'Cumbria Police' })]
  const { id: campaignId } = await aCampaign(db, { slug: 'the-week', title: 'The week', discreet: false })
  const activities = new Map<Level, Activity>()
  for (const level of levels) {
    const word = wordOf(level)
    const activity = await anActivity(db, {
      campaignId,
      slug: `${word}-visit`,
      title: `A visit ${word}`,
      summary: `Of ${word}.`,
      venue: `${word} Street`,
      district: word,
      kind: 'stall',
      isOnline: false,
      waitingList: 'automatic',
      leadAgencyId: leading.id,
      placesPerBooking: 3,
      anotherDateOfId: activities.get('open')?.id ?? null,
      ...ofLevel[level]
    })
    await db.activityPartner.create({ data: { activityId: activity.id, agencyId: takingPart.id } })
    await db.bulletin.create({
      data: {
        activityId: activity.id,
        number: 1,
        audience: 'confirmed',
        heading: 'What to bring',
        body: `To ${word}: a pen.`,
        madeById: randomUUID(),
        createdAt: noon.toJSDate(),
        sentAt: noon.toJSDate()
      }
    })
    activities.set(level, activity)
  }
  const as = async (role: string, agencyId: string | null) => await aStaffMember(db, { role, agencyId })
  const named = await as('organiser', leading.id)
  await db.namedPerson.create({ data: { activityId: activities.get('operational')?.id ?? '', staffMemberId: named.id } })
  const staff = new Map<Exclude<Person, 'stranger'>, StaffMember>([
    ['host of another activity', await as('host', null)],
    ['another agency', await as('organiser', (await anAgency(db)).id)],
    ['an agency that takes part', await as('organiser', takingPart.id)],
    ['someone of the leading agency', await as('organiser', leading.id)],
    ['the partnership', await as('organiser', null)],
    ['someone who is named', named],
    ['admin', await as('admin', null)]
  ])
  return { activities, campaignId, staff }
}
