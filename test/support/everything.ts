import { randomUUID } from 'node:crypto'
import type { Db } from '../../src/platform/database/connect.ts'
import { nameOfText } from '../../src/office/evaluation-results/queries.ts'
import { programmeColumns } from '../../src/programme/programme-file/schema.ts'
import type { ProgrammeCells } from '../../src/programme/programme-file/schema.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { suggested } from '../../src/programme/evaluations/questionnaire.ts'
import type { Activity, Agency, StaffMember } from '../../src/platform/database/generated/client.ts'
import { aCoHost } from './co-hosts.ts'
import { anEmail } from './email-context.ts'
import { anEntry, anEntryForm } from './entries.ts'
import { aLegalHold, aRequestOf } from './requests.ts'
import { aScenario, aStory } from './scenarios.ts'
import { aDownload, aResource, aResourceRequest } from './resources.ts'
import { aHold, aStaffMember, anAgency, anInvitation } from './staff.ts'
import { aBooking, aCampaign, anActivity, noon, secretKey } from './world.ts'

/** One of everything that the addresses of the organisers' side can name. */
export interface Everything {
  activity: Activity
  /** A campaign without bookings. */
  campaign: string
  /** The campaign of the activity. */
  itsCampaign: string
  hold: string
  /** Confirmed, with an email that did not arrive, an access need, a question and a phone number. */
  booking: string
  waiting: string
  /** A booking that has lost its turn on the waiting list. */
  lapsed: string
  email: string
  contact: string
  /** A page of advice of no campaign. */
  advice: string
  /** A complaint that is not answered. */
  request: string
  legalHold: string
  /** A change of who runs what, planned for next year. */
  succession: string
  resource: string
  download: string
  /** What someone entered without an account in the campaign without bookings, published; in one with its form open. */
  entry: string
  entryCampaign: string
  /** Id of an earlier campaign, in which someone entered something who wants to be asked again. */
  earlierCampaign: string
  /** A request for the resource that waits for an answer. */
  resourceRequest: string
  /** What someone wrote about the activity, without their name. */
  text: string
  /** A scenario that is published, and has been changed since. */
  scenario: string
  colleague: StaffMember
  /** An invitation to co-host the activity; the colleague co-hosts it already. */
  invitation: string
  /** A list that is sent to the colleague, unless a test gives it to its own person, and a run of it. */
  standingList: string
  /** A programme file of the colleague, unless a test gives it to its own person, that is not imported. */
  upload: string
  /** A secret calendar of another agency, unless a test gives it to that of its own person. */
  feed: string
  run: string
  /** A browser session of the colleague, unless a test sets that of its own person. */
  session: string
  leading: Agency
  takingPart: Agency
}

/** Readable only for people who may know attendees; each page that shows an attendee contains some of it. */
export const ofAttendees = /Kirkbride|Waits|anne@|wanda@|07700 900 982|Sign language|Is it recorded/

/**
 * An activity of today, for which every page of the organisers' side has something to show, led by one agency together
 * with another.
 */
export async function everything (db: Db): Promise<Everything> {
  // In one transaction, because this runs very often.
  return await db.$transaction(async tx => await make(tx as Db))
}

async function make (db: Db): Promise<Everything> {
  const [leading, takingPart] = [await anAgency(db), await anAgency(db, { name: 'Cumbria Police' })]
  const activity = await anActivity(db, {
    startsAt: noon.plus({ hours: 6 }).toJSDate(),
    endsAt: noon.plus({ hours: 7 }).toJSDate(),
    visibility: 'agency',
    capacity: 20,
    waitingList: 'by-hand',
    leadAgencyId: leading.id
  })
  const { id: activityId } = activity
  await db.activityPartner.create({ data: { activityId, agencyId: takingPart.id } })
  const { id: hold } = await aHold(db, activityId, {
    agencyId: takingPart.id, returnsAt: noon.plus({ hours: 5 }).toJSDate()
  })
  await db.priorityGroup.create({ data: { activityId, rank: 1, name: 'Referred', reason: 'Schools asked us to.' } })
  const { id: booking } = await aBooking(db, activityId, {
    email: `anne@${randomUUID()}.example`,
    phone: '07700 900 982',
    accessNeeds: 'Sign language',
    question: 'Is it recorded?',
    unreachableAt: noon.toJSDate()
  })
  const { id: waiting } = await aBooking(db, activityId, {
    name: 'Wanda Waits', email: `wanda@${randomUUID()}.example`, status: 'waiting'
  })
  const { id: lapsed } = await aBooking(db, activityId, {
    name: 'Lars Waits', email: `wanda@${randomUUID()}.example`, status: 'lapsed'
  })
  const { id: email } = await anEmail(db, booking, { status: 'failed' })
  await db.teamsMeeting.create({
    data: { activityId, status: 'failed', problem: 'Teams did not answer.', askedAt: noon.toJSDate() }
  })
  const colleague = await aStaffMember(db, { name: 'Colin Colleague', role: 'host' })
  await aCoHost(db, activityId, colleague.id)
  const { id: invitation } = await anInvitation(db, activityId, { invitedById: colleague.id })
  for (const [number, sentAt] of [[1, null], [2, noon.toJSDate()]] as const) {
    await db.bulletin.create({
      data: {
        activityId,
        number,
        audience: 'confirmed',
        heading: 'What to bring',
        body: 'A pen.',
        madeById: colleague.id,
        createdAt: noon.toJSDate(),
        sentAt
      }
    })
  }
  const { id: session } = await db.staffSession.create({
    data: {
      staffMemberId: colleague.id,
      tokenHash: randomUUID(),
      createdAt: noon.toJSDate(),
      lastSeenAt: noon.toJSDate(),
      signedInAt: noon.toJSDate()
    }
  })
  const theirs = await aStandingList(db, colleague.id, activityId)
  const { questions } = suggested
  await db.questionnaire.create({ data: { activityId, questions: [...questions], isAnswered: true } })
  await db.evaluationCount.createMany({
    data: [{ question: 0, value: 0 }, { question: 1, value: 4 }]
      .map(counted => ({ ...counted, activityId, occasion: 'after', count: 5, shown: 5 }))
  })
  const thought = { occasion: 'after', question: 4, text: 'A longer break, please' } as const
  await db.evaluationText.create({ data: { ...thought, activityId, isShown: true } })
  const { slug: campaign } = await aCampaign(db)
  const { slug: itsCampaign } = await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })
  const { slug: scenario } = await aScenario(db, { text: aStory.replace('friend', 'cousin') })
  const contact = await db.supportContact.create({
    data: {
      name: `Helpline ${randomUUID()}`,
      purpose: 'to talk',
      number: '0800 1111',
      lastCheckedOn: noon.minus({ days: 100 }).toJSDate(),
      owner: 'Cumberland Council'
    }
  })
  const { id: advice } = await db.advicePage.create({
    data: { slug: `advice-${randomUUID()}`, title: 'If a picture was shared', audience: 'parents', text: 'Stay calm.' }
  })
  const { id: request } = await aRequestOf(db, { email: `anne@${randomUUID()}.example`, kind: 'objection', text: 'Is it recorded?' })
  const succession = await aSuccession(db)
  const { id: legalHold } = await aLegalHold(db, { canonicalEmail: `anne@${randomUUID()}.example` })
  const { id: resource } = await aResource(db)
  const { id: download } = await aDownload(db)
  const { id: resourceRequest } = await aResourceRequest(db, resource)
  const entryCampaign = await anEntryForm(db)
  const { id: entry } = await anEntry(db, entryCampaign, { name: 'Erin Enters', activity: { visibility: 'agency', status: 'published' } })
  const { id: earlierCampaign } = await aCampaign(db)
  await anEntry(db, { id: earlierCampaign }, {
    name: 'Erin Enters', isKeptForAgain: true, activity: { visibility: 'agency', status: 'published' }
  })
  await db.auditEntry.create({
    data: { at: noon.toJSDate(), staffMemberId: colleague.id, action: 'hold.made', subject: activity.slug, details: { places: 1 } }
  })
  const { id: feed } = await db.agencyFeed.create({
    data: { id: randomUUID(), agencyId: takingPart.id, name: 'Comms team’s Outlook', tokenHash: randomUUID(), madeAt: noon.toJSDate() }
  })
  return {
    activity,
    campaign,
    itsCampaign,
    hold,
    booking,
    waiting,
    lapsed,
    email,
    contact: contact.id,
    advice,
    request,
    legalHold,
    succession,
    resource,
    download,
    resourceRequest,
    entry,
    entryCampaign: entryCampaign.slug,
    earlierCampaign,
    text: nameOfText(activityId, thought),
    scenario,
    colleague,
    invitation,
    ...theirs,
    upload: await anUpload(db, colleague.id, campaign),
    feed,
    session,
    leading,
    takingPart
  }
}

/** A list that is announced to someone each week. */
export async function aWeeklyList (
  db: Db, staffMemberId: string, scope: { about: string, activityId?: string, campaignId?: string }
) {
  return await db.standingList.create({
    data: {
      id: randomUUID(),
      staffMemberId,
      ...scope,
      who: '',
      columns: ['reference'],
      format: 'csv',
      why: 'To check people in on the day',
      how: 'weekly',
      weekday: 1,
      timeOfDay: '08:30',
      nextAt: noon.plus({ days: 7 }).toJSDate(),
      createdAt: noon.toJSDate()
    }
  })
}

/** A list of one activity that is sent to someone each Monday, and a run of it. */
export async function aStandingList (
  db: Db, staffMemberId: string, activityId: string
): Promise<Pick<Everything, 'standingList' | 'run'>> {
  const { id: standingList } = await aWeeklyList(db, staffMemberId, { about: 'activity', activityId })
  const { id: run } = await db.standingListRun.create({
    data: {
      standingListId: standingList,
      occasion: 'weekly',
      dueAt: noon.toJSDate(),
      outcome: 'sent',
      people: 1,
      endedAt: noon.toJSDate()
    }
  })
  return { standingList, run }
}

/** A programme file that someone reads, with one new activity. */
export async function anUpload (
  db: Db, staffMemberId: string, campaign: string, key = secretKey
): Promise<string> {
  const id = randomUUID()
  const cells = {
    ...Object.fromEntries(programmeColumns.map(column => [column, ''])),
    campaign,
    title: 'A stall at the market',
    kind: 'stall',
    starts: '2026-12-12'
  } as ProgrammeCells
  await db.programmeUpload.create({
    data: {
      id,
      staffMemberId,
      uploadedAt: noon.toJSDate(),
      rowsSealed: joinLinkSeal(key).close(JSON.stringify([{ row: 2, cells }]), id)
    }
  })
  return id
}

/** Gives the standing list, the programme file and the calendar to someone: nobody sees those of another. */
export async function giveTheirs (
  db: Db, { standingList: id, upload, feed }: Everything,
  { id: staffMemberId, agencyId }: Pick<StaffMember, 'id' | 'agencyId'>
): Promise<void> {
  await db.agencyFeed.update({ where: { id: feed }, data: { agencyId } })
  await db.standingList.update({ where: { id }, data: { staffMemberId } })
  await db.programmeUpload.update({ where: { id: upload }, data: { staffMemberId } })
}

/** A change of who runs what, planned for next year; nothing has that name. */
export async function aSuccession (db: Db): Promise<string> {
  const { id } = await db.succession.create({
    data: {
      id: randomUUID(),
      day: new Date('2027-04-01'),
      partnership: `Barrow partnership ${randomUUID()}`,
      successor: 'Furness partnership',
      plannedById: randomUUID(),
      plannedAt: noon.toJSDate()
    }
  })
  return id
}

/** The values of an address's parameters, by the path before them. */
const meanings: Array<[before: RegExp, (its: Everything, url: string) => string]> = [
  [/\/activities\/:slug$/, ({ activity }) => activity.slug],
  [/\/agencies\/:slug$/, ({ takingPart }) => takingPart.slug],
  [/\/scenarios\/:slug$/, ({ scenario }) => scenario],
  [/\/:step$/, () => 'friday'],
  [/\?campaign=:slug$/, ({ campaign }) => campaign],
  [/\/campaigns\/:slug$/, ({ campaign, itsCampaign, entryCampaign }, url) =>
    /\/(board|clashes|copy|cycle|outcomes|report)\b/.test(url) ? itsCampaign : /\/entr(ies|y-form)\b/.test(url) ? entryCampaign : campaign],
  [/\/entries\/:entry$/, ({ entry }) => entry],
  [/\/waiting-list\/:\w+$/, ({ waiting }) => waiting],
  [/\/groups\/:\w+$/, () => '1'],
  [/\/:booking$/, ({ booking, lapsed }, url) => url.endsWith('/turn') ? lapsed : booking],
  [/\/:hold$/, ({ hold }) => hold],
  [/\/:email$/, ({ email }) => email],
  [/\/bulletins\/:number$/, () => '1'],
  [/\/kinds\/:kind$/, () => 'place-confirmed'],
  [/\/(standing|everyone)\/:list$/, ({ standingList }) => standingList],
  [/\/runs\/:run$/, ({ run }) => run],
  [/\/programme\/:upload$/, ({ upload }) => upload],
  [/\/feeds\/:\w+$/, ({ feed }) => feed],
  [/\/sessions\/:\w+$/, ({ session }) => session],
  [/\/support\/:\w+$/, ({ contact }) => contact],
  [/\/advice\/:\w+$/, ({ advice }) => advice],
  [/\/downloads\/:\w+$/, ({ download }) => download],
  [/\/stock\/:\w+$/, ({ resource }) => resource],
  [/\/resources\/requests\/:\w+$/, ({ resourceRequest }) => resourceRequest],
  [/\/requests\/:\w+$/, ({ request }) => request],
  [/\/successions\/:\w+$/, ({ succession }) => succession],
  [/\/legal-holds\/:\w+$/, ({ legalHold }) => legalHold],
  [/\/charts\/:question$/, () => '1'],
  [/\/texts\/:text$/, ({ text }) => text],
  [/\/members\/:\w+$/, ({ colleague }) => colleague.id],
  [/\/co-hosts\/:\w+$/, ({ colleague }) => colleague.id],
  [/\/invitations\/:\w+$/, ({ invitation }) => invitation],
  [/\/hosts\/:\w+$/, ({ colleague }) => colleague.id],
  [/\/sign-in\/:token$/, () => 'a-link-that-nobody-has']
]

/** The address of a route with existing ids; a new parameter needs its value above. */
export function addressOf (url: string, its: Everything): string {
  return url.replaceAll(/:\w+/g, (parameter, at: number) => {
    const meaning = meanings.find(([before]) => before.test(url.slice(0, at + parameter.length)))?.[1]
    if (meaning === undefined) throw new Error(`Say in test/support/everything.ts what ${parameter} of ${url} stands for.`)
    return meaning(its, url)
  })
}

/** Tables that contain an invisible character that may mislead a reader: U+0007, U+202E. */
export async function withUnprintable (db: Db): Promise<string[]> {
  const found = await db.$queryRawUnsafe<Array<{ name: string }>>((await tablesOf(db)).map(name =>
    `SELECT '${name}' AS name WHERE EXISTS (SELECT 1 FROM "${name}" AS row WHERE row::text ~ U&'[\\0007\\202E]')`).join(' UNION ALL '))
  return found.map(({ name }) => name)
}

async function tablesOf (db: Db): Promise<string[]> {
  const tables = await db.$queryRaw<Array<{ name: string }>>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
  return tables.map(({ name }) => name)
}
