import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { isId } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { StandingListNotFound } from './errors.ts'
import { getStandingList } from './queries.ts'
import type { StandingList } from './standing-list.ts'

export interface Address { Params: { list: string } }

/** What is asked about a list of one's own. */
export type OfList = Asked<Address> & { staff: StaffMember, list: StandingList }

/** Reads whose list an address names; someone else’s is not found. */
export function ofList (
  app: Parameters<FastifyPluginAsync>[0], answer: (asked: OfList) => Promise<FastifyReply>
) {
  return asking<Address>(async asked => {
    const { list: id } = asked.params
    if (!isId(id)) throw new StandingListNotFound()
    const staff = staffOf(asked.request)
    return await answer({ ...asked, staff, list: await getStandingList(app.db, staff, id.toLowerCase()) })
  })
}
