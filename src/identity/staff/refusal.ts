import type { FastifyReply } from 'fastify'
import type { StaffMember } from './staff-member.ts'
import { whoMayInWords } from './roles.ts'
import type { Permission } from './roles.ts'

/** The activity that someone wanted to do it to. */
interface AskedOf {
  /** What every page about it shows, and in which frame. */
  page: object
  /** Undefined: the partnership itself leads the activity. */
  leadAgency: string | undefined
}

/** Answers someone who may not do something by saying who may. */
export function sayWhoMay (
  reply: FastifyReply, staff: StaffMember, permission: Permission | undefined, activity?: AskedOf
): FastifyReply {
  const leader = activity === undefined
    ? 'the partnership, or of the agency that leads the activity,'
    : activity.leadAgency === undefined ? 'the partnership' : `${activity.leadAgency}, who leads this activity,`
  return reply.code(403).page('identity/staff/not-yours', {
    staff, ...activity?.page, whoMayInWords: permission === undefined ? 'Nobody can do this.' : whoMayInWords[permission](leader)
  })
}
