import { isSameName } from '../../platform/typed.ts'

/** What passes: the partnership of a name, or an agency. */
export interface Predecessor {
  /** Name of the partnership, as campaigns say it; empty: it is an agency. */
  partnership: string
  agencyId: string | undefined
}

/** A partnership or an agency that passes to another, all of it or what is in one district, from a day on. */
export interface Succession extends Predecessor {
  id: string
  /** Its first day, such as `2027-04-01`, by the clocks of the office. */
  day: string
  /** What the partnership or agency that passes is called. */
  name: string
  /** Empty: everything that no other succession of that day names. */
  district: string
  /** Name of the partnership or agency to which it passes. */
  successor: string
}

/** Of several districts, where each goes: the succession that is about one, or else the one about everything else. */
export function successionOf<S extends Pick<Succession, keyof Predecessor | 'district'>> (
  successions: readonly S[], from: Predecessor, district: string | undefined
): S | undefined {
  const its = successions.filter(succession => isSame(succession, from))
  return its.find(succession => succession.district === (district ?? '')) ??
    its.find(succession => succession.district === '')
}

export function isSame (one: Predecessor, other: Predecessor): boolean {
  return one.agencyId === other.agencyId && one.partnership === other.partnership
}

export function ofPartnership (partnership: string): Predecessor {
  return { partnership, agencyId: undefined }
}

export function ofAgency (agencyId: string): Predecessor {
  return { partnership: '', agencyId }
}

/** Why a succession cannot stand beside the others of its day; undefined: it can. */
export type Wrong = 'itself' | 'twice' | 'on'

/**
 * Whether a succession can stand beside others that are planned. On one day nothing passes twice, and what someone
 * receives stays with them: the order in which all is done does not matter.
 */
export function wrongWith (planned: readonly Succession[], one: Omit<Succession, 'id'>): Wrong | undefined {
  if (isSameName(one.name, one.successor)) return 'itself'
  const thatDay = planned.filter(({ day, agencyId }) => day === one.day && isOfAgency({ agencyId }) === isOfAgency(one))
  if (thatDay.some(other => isSame(other, one) && other.district === one.district)) return 'twice'
  const passesOn = thatDay.some(({ name, successor }) =>
    isSameName(name, one.successor) || isSameName(successor, one.name))
  return passesOn ? 'on' : undefined
}

function isOfAgency ({ agencyId }: Pick<Predecessor, 'agencyId'>): boolean {
  return agencyId !== undefined
}
