import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { calendarDay } from '../../platform/clock.ts'
import { hashOf } from './code.ts'
import { CertificateNotFound } from './errors.ts'

/** A certificate as whoever has its code may know it: what it is for, and not whose it is. */
export interface GivenCertificate {
  code: string
  activity: Activity
  nameMark: string
  issuedOn: string
  isRevoked: boolean
}

/** The certificate with a code, in the form in which it is printed. Throws `CertificateNotFound`. */
export async function getCertificate (db: Reader, code: string): Promise<GivenCertificate> {
  const row = await db.certificate.findUnique({
    where: { codeHash: hashOf(code) }, include: { activity: { include: withCampaign } }
  })
  if (row === null) throw new CertificateNotFound()
  const { activity, nameMark, issuedOn, isRevoked } = row
  return { code, activity: activityOf(activity), nameMark, issuedOn: calendarDay(issuedOn), isRevoked }
}
