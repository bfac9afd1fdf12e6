import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { asksAt } from '../../programme/evaluations/questionnaire.ts'
import { findQuestionnaire } from '../../programme/evaluations/queries.ts'
import { assertHeld } from '../bookings/link.ts'
import type { HeldLink } from '../bookings/link.ts'
import { getBooking } from '../bookings/queries.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import type { EvaluationLinks } from '../evaluations/link.ts'
import { hasAnswered } from '../evaluations/queries.ts'
import { hashOf } from './code.ts'
import type { CertificateCodes } from './code.ts'
import { eligibilityOf } from './eligibility.ts'
import type { Eligibility } from './eligibility.ts'
import { NoCertificateYet } from './errors.ts'
import type { Reader } from '../../platform/database/connect.ts'

/** A certificate for its holder, with their name as typed. */
export interface Certificate {
  booking: BookingWithActivity
  code: string
  /** The day, in the activity's zone, on which it was first given out. */
  issuedOn: string
}

/** What tells who has answered, and what codes are made with. */
export interface CertificateSecrets {
  evaluationLinks: EvaluationLinks
  certificateCodes: CertificateCodes
}

/** Whether the holder of a booking gets a certificate now. */
export async function readEligibility (
  db: Reader, links: EvaluationLinks, booking: BookingWithActivity, now: DateTime<true>
): Promise<Eligibility> {
  const { activity } = booking
  const asked = await findQuestionnaire(db, { activity })
  return eligibilityOf(booking, activity, {
    isAsked: asksAt(asked, 'after'), hasAnswered: await hasAnswered(db, links.linkOf(booking, 'after'))
  }, now)
}

/**
 * Gives the holder of a booking their certificate: the same one, however often they ask for it. What is kept of it
 * names nobody, and outlives the booking, so that the certificate can still be checked then. Under another SECRET_KEY
 * it gets another code, and the one on paper leads nowhere. Throws `NoCertificateYet`.
 *
 * Locks the booking's own row: a correction of who came is before it or waits, and then takes it back by a trigger.
 * The activity's row is locked first, in shared mode, because changes to all its bookings hold it before they lock
 * these.
 */
export async function giveCertificate (
  db: Db, { evaluationLinks, certificateCodes }: CertificateSecrets, bookingId: string, now: DateTime<true>,
  by?: HeldLink
): Promise<Certificate> {
  return await db.$transaction(async tx => {
    await tx.$queryRaw`
      SELECT 1 FROM activities WHERE id = (SELECT activity_id FROM bookings WHERE id = ${bookingId}::uuid) FOR SHARE`
    await tx.$queryRaw`SELECT 1 FROM bookings WHERE id = ${bookingId}::uuid FOR UPDATE`
    const booking = await getBooking(tx, bookingId)
    assertHeld(booking, by)
    const eligibility = await readEligibility(tx, evaluationLinks, booking, now)
    if (eligibility !== 'ready') throw new NoCertificateYet(eligibility)

    const code = certificateCodes.codeOf(booking)
    const nameMark = certificateCodes.nameMarkOf(code, booking.name)
    const { activity } = booking
    const [{ issuedOn } = { issuedOn: '' }] = await tx.$queryRaw<Array<{ issuedOn: string }>>`
      INSERT INTO certificates (code_hash, activity_id, booking_id, name_mark, issued_on)
      VALUES (${hashOf(code)}, ${activity.id}::uuid, ${bookingId}::uuid, ${nameMark},
        (${now.toJSDate()}::timestamptz AT TIME ZONE ${activity.zone})::date)
      ON CONFLICT (booking_id) DO UPDATE
        SET code_hash = EXCLUDED.code_hash, name_mark = EXCLUDED.name_mark, activity_id = EXCLUDED.activity_id, is_revoked = false
      RETURNING issued_on::text AS "issuedOn"`
    return { booking, code, issuedOn }
  })
}
