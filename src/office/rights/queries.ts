import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { placeShownTo } from '../../programme/activities/place.ts'
import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { listLegalHoldsOver } from '../legal-holds/queries.ts'
import type { LegalHold } from '../legal-holds/legal-hold.ts'
import { listBulletinTexts, listEmails } from '../../mail/emails/queries.ts'
import type { LoggedEmail } from '../../mail/emails/queries.ts'
import { readPast } from '../people/queries.ts'
import type { Past } from '../people/queries.ts'
import { listResourceRequestsOf } from '../resource-requests/queries.ts'
import type { ResourceRequest } from '../resource-requests/request.ts'
import type { CoHostInvitation } from '../co-hosts/invitation.ts'
import { listCoHostInvitationsOf } from '../co-hosts/queries.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { listEntries } from '../../programme/entries/queries.ts'
import { listRequestsOf } from '../requests/queries.ts'
import type { AskedRequest } from '../requests/request.ts'

/** A booking with everything that is kept with it. */
export interface HeldBooking extends BookingWithActivity {
  accessAnsweredAt: DateTime<true> | undefined
  /** Name of the agency whose hold its places are from. */
  heldFor: string | undefined
  /** Its group on the waiting list. */
  group: string | undefined
  /** The day on which they were given a certificate of attendance. */
  certificateOn: string | undefined
  /** The day on which it is deleted, such as `2027-01-14`. */
  eraseOn: string
  /** Requests by its address that were not booked, with the names given. */
  askedAgain: Array<{ name: string, places: number, askedAt: DateTime<true> }>
  past: Past
  emails: LoggedEmail[]
  /** Messages that organisers wrote to many people, by number. */
  bulletins: ReadonlyMap<number, { heading: string, body: string }>
}

/** That someone agreed to be asked once more about an activity. */
export interface LaterQuestion {
  activity: Activity
  email: string
  sendOn: string
  eraseOn: string
}

/** Everything that is kept about one address. */
export interface Everything {
  bookings: HeldBooking[]
  requests: AskedRequest[]
  /** What they asked for for their work: posters, leaflets. */
  resourceRequests: ResourceRequest[]
  /** Invitations to co-host that they have not accepted. */
  invitations: CoHostInvitation[]
  /** What they entered without an account. */
  entries: Entry[]
  /** What they agreed to be asked about once more, and until when their address is kept for it. */
  later: LaterQuestion[]
  /** Holds on the person, or on an activity that they have booked. */
  legalHolds: LegalHold[]
  /** The erasure under way, if any, and by when it is done. */
  erasure: { askedAt: DateTime<true>, doneBy: DateTime<true> } | undefined
  /** Whether they work here too: their account is no part of this, and stays. */
  worksHere: boolean
}

/** More emails than anyone has about one booking. */
const maxEmails = 10_000

/** Reads with the rights of an admin, who may see every activity: it is the person's own history. */
const reader: StaffMember = { id: '', name: '', role: 'admin', agencyId: undefined }

/** Everything that is kept about an address, in the form used for comparing; coming activities first. */
export async function everythingAbout (db: Reader, canonicalEmail: string): Promise<Everything> {
  // One after the other: in a transaction two queries may not be under way at once.
  const bookings = await listHeldBookings(db, { canonicalEmail })
  const requests = await listRequestsOf(db, canonicalEmail)
  const resourceRequests = await listResourceRequestsOf(db, canonicalEmail)
  const entries = await listEntries(db, { canonicalEmail })
  const invitations = await listCoHostInvitationsOf(db, canonicalEmail)
  const later = await db.laterContact.findMany({
    where: { canonicalEmail }, include: { activity: { include: withCampaign } }, orderBy: [{ sendOn: 'asc' }, { id: 'asc' }]
  })
  const legalHolds = await listLegalHoldsOver(db, canonicalEmail)
  const erasure = await db.erasure.findUnique({ where: { canonicalEmail } })
  const worksHere = await db.staffMember.count({ where: { email: canonicalEmail } })
  return {
    bookings,
    requests,
    resourceRequests,
    entries,
    invitations,
    later: later.map(({ activity, email, sendOn, eraseOn }) => ({
      activity: activityOf(activity),
      email,
      sendOn: calendarDay(sendOn),
      eraseOn: calendarDay(eraseOn)
    })),
    legalHolds,
    erasure: erasure === null ? undefined : { askedAt: instant(erasure.askedAt), doneBy: instant(erasure.doneBy) },
    worksHere: worksHere > 0
  }
}

/** Bookings with everything that is kept with them; coming activities first. */
export async function listHeldBookings (db: Reader, where: Prisma.BookingWhereInput): Promise<HeldBooking[]> {
  const rows = await db.booking.findMany({
    where,
    include: {
      activity: { include: withCampaign },
      hold: { select: { agency: { select: { name: true } } } }
    },
    orderBy: [{ activity: { startsAt: 'desc' } }, { arrival: 'desc' }]
  })
  const bookings: HeldBooking[] = []
  // One by one: a person has a few bookings, and this may run in a transaction.
  for (const { activity, hold, ...row } of rows) {
    const booking = bookingOf(row)
    // Not a third relation of the query above: in a transaction they would be asked for at once.
    const certificate = await db.certificate.findUnique({ where: { bookingId: row.id }, select: { issuedOn: true } })
    const group = await db.priorityGroup.findUnique({
      where: { activityId_rank: { activityId: row.activityId, rank: row.priority } }, select: { name: true }
    })
    bookings.push({
      ...booking,
      activity: placeShownTo({ booking }, activityOf(activity)),
      accessAnsweredAt: row.accessAnsweredAt === null ? undefined : instant(row.accessAnsweredAt),
      heldFor: hold?.agency.name,
      group: group?.name,
      certificateOn: calendarDay(certificate?.issuedOn),
      eraseOn: calendarDay(row.eraseOn),
      askedAgain: (await db.repeatedRequest.findMany({ where: { bookingId: row.id }, orderBy: { askedAt: 'asc' } }))
        .map(({ name, places, askedAt }) => ({ name, places, askedAt: instant(askedAt) })),
      past: await readPast(db, reader, booking),
      emails: await listEmails(
        db, { bookingId: row.id }, { statuses: undefined, kind: undefined }, { skip: 0, take: maxEmails }),
      bulletins: await listBulletinTexts(db, row.activityId)
    })
  }
  return bookings
}

/** Whether there is nothing about an address that could be shown or erased. */
export function isNothing (
  { bookings, requests, resourceRequests, entries, invitations, later, legalHolds }: Everything
): boolean {
  return [bookings, requests, resourceRequests, entries, invitations, later, legalHolds]
    .every(({ length }) => length === 0)
}

/** An activity, in one line. */
export function activityInWords ({ activity }: BookingWithActivity): string {
  return `${activity.title}, ${whenInWords(activity)}`
}

/** A request by its id; undefined where there is none. Callers check until when its copy may be seen. */
export async function findCopyAsked (db: Reader, requestId: string): Promise<AskedRequest | undefined> {
  const row = await db.request.findUnique({ where: { id: requestId }, select: { canonicalEmail: true } })
  if (row === null) return undefined
  return (await listRequestsOf(db, row.canonicalEmail)).find(({ id }) => id === requestId)
}
