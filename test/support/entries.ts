import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { canonicalAddress } from '../../src/booking/bookings/address.ts'
import { sendEntryLinks, tellOfCancelledEntries, tellOfDecidedEntries, tellOfEntries } from '../../src/office/entries/jobs.ts'
import type { EntryContext } from '../../src/office/entries/jobs.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Campaign, Entry, EntryForm } from '../../src/platform/database/generated/client.ts'
import { filledIn, tokenOn } from './filled-in.ts'
import { post } from './service.ts'
import { aCampaign, anActivity, noon } from './world.ts'
import type { World } from './world.ts'

/** A week of action in December with two districts, whose form is open. */
export async function anEntryForm (
  db: Db, { campaign = {}, ...given }:
  Partial<Omit<EntryForm, 'questions'>> & { questions?: object[], campaign?: Partial<Campaign> } = {}
): Promise<Campaign> {
  const made = await aCampaign(db, {
    kind: 'week-of-action',
    title: 'Week of action',
    needsApproval: true,
    districts: ['Bolton', 'Bury'],
    firstDay: new Date('2026-12-07'),
    lastDay: new Date('2026-12-13'),
    ...campaign
  })
  await db.entryForm.create({
    data: { campaignId: made.id, isOn: true, kinds: ['school-session', 'stall', 'other'], hashtags: '#KeepSafe', ...given }
  })
  return made
}

/** What a school types. */
export const aSchool = {
  title: 'Coffee morning',
  kind: 'stall',
  starts_day: '2026-12-09',
  starts_time: '10:00',
  ends_time: '11:30',
  venue: 'St Mary’s School, Church Road',
  district: 'Bolton',
  audiences: 'parents',
  booking: 'drop-in',
  summary: 'Parents talk with our safeguarding lead.',
  organisation: 'St Mary’s School',
  name: 'Anne Kirkbride',
  email: 'office@st-marys.example'
}

/** Sends the form of a campaign as a browser does. */
export async function enter (app: FastifyInstance, slug: string, given: Record<string, string> = {}, remoteAddress = '127.0.0.1') {
  const url = `/campaigns/${slug}/take-part`
  const form = { ...filledIn((await app.inject(url)).body), ...aSchool, ...given }
  return await app.inject({
    method: 'POST',
    url,
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: new URLSearchParams(form).toString()
  })
}

/** An entry that waits for a coordinator, with its draft. */
export async function anEntry (
  db: Db, campaign: Pick<Campaign, 'id'>, { activity: draft = {}, ...given }:
  Partial<Omit<Entry, 'entered' | 'answers'>> & { activity?: Parameters<typeof anActivity>[1], answers?: object[] } = {}
): Promise<Entry> {
  const { email = `${randomUUID()}@school.example`, confirmedAt = noon.toJSDate() } = given
  const id = randomUUID()
  const status = draft.status ?? 'draft'
  if (confirmedAt !== null) {
    await anActivity(db, {
      id,
      campaignId: campaign.id,
      title: 'A stall at our school',
      kind: 'stall',
      isOnline: false,
      booking: 'none',
      capacity: null,
      district: 'Bolton',
      venue: 'The hall',
      startsAt: new Date('2026-12-09T10:00:00Z'),
      endsAt: new Date('2026-12-09T11:30:00Z'),
      summary: 'Come and talk.',
      status: 'draft',
      ...draft
    })
    if (status === 'draft') await db.approvalRequest.create({ data: { activityId: id, askedById: id, askedAt: noon.toJSDate() } })
  }
  return await db.entry.create({
    data: {
      id,
      campaignId: campaign.id,
      activityId: confirmedAt === null ? null : id,
      title: 'A stall at our school',
      organisation: 'St Mary’s School',
      name: 'Anne Kirkbride',
      email,
      canonicalEmail: canonicalAddress(email),
      endsOn: new Date('2026-12-09'),
      receivedAt: noon.toJSDate(),
      confirmedAt,
      ...confirmedAt === null && { entered: aSchool },
      ...given
    }
  })
}

/** Does each job once that tells people of their entries; returns the errors. */
export async function tellEntrants ({ boss }: World, context: EntryContext): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const [fact, handle] of [
    ['entry.moved', tellOfEntries], ['entry-links.due', sendEntryLinks], ['approval.decided', tellOfDecidedEntries],
    ['activity.changed', tellOfCancelledEntries]
  ] as const) {
    for (const { id, data } of await boss.fetch<never>(fact, { batchSize: 1000, ignoreStartAfter: true })) {
      const [end] = await handle(context, [data])
      if (end?.status === 'rejected') failures.push(end.reason)
      await (end?.status === 'rejected' ? boss.fail(fact, id) : boss.complete(fact, id))
    }
  }
  return failures
}

/** The path of the link to one's entry in an email. */
export function ownLinkIn (text: string): string {
  return new URL(/https:\S+\/entries\/\S+/.exec(text)?.[0] ?? 'https://none.example/').pathname
}

/** Presses a button of one's own page, and that of the page that says first what follows, where there is one. */
export async function press (app: FastifyInstance, link: string, at: string) {
  const answer = await post(app, `${link}/${at}`, {})
  const confirmed = tokenOn(answer.body)
  return confirmed === '' ? answer : await post(app, `${link}/${at}`, { confirmed })
}
