import type { RunningAddress } from '../../programme/activities/staff-routes.ts'
import type { SampleContext } from '../emails/sample.ts'
import { BulletinNotFound } from './errors.ts'

export interface BulletinRoutes { context: SampleContext }
export interface BulletinAddress extends RunningAddress { Params: { slug: string, number: string } }

export const address = '/activities/:slug/bulletins'

/** Reads the number in an address; anything else is not found. */
export function numberOf ({ number }: BulletinAddress['Params']): number {
  if (!/^[1-9]\d{0,5}$/.test(number)) throw new BulletinNotFound()
  return Number(number)
}
