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
  /** Where replies to emails of the successor go; empty: where they go without it. */
  replyTo: string
  /** Who journalists turn to, in campaigns that pass as a whole and name someone; undefined: whoever they name. */
  press: SuccessorPress | undefined
}

/** A team, its mailbox and its phone: at least one of the last two. */
export type SuccessorPress = Record<'pressContact' | 'pressEmail' | 'pressPhone', string>

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
export type Wrong = 'itself' | 'twice' | 'on' | 'replies'

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
  if (passesOn) return 'on'
  return repliesElsewhere(thatDay, one) === undefined ? undefined : 'replies'
}

/** Where replies to the same successor are to go by another succession of the day, if that is another address. */
export function repliesElsewhere (
  thatDay: readonly Succession[], { successor, replyTo }: Pick<Succession, 'successor' | 'replyTo'>
): string | undefined {
  return thatDay.find(other => replyTo !== '' && other.replyTo !== '' && other.replyTo !== replyTo &&
    isSameName(other.successor, successor))?.replyTo
}

/**
 * Where replies go from a day on, by partnership: where it is planned, or else where they went before; what is not in
 * it stays as it is. Emails about what began before still have the name of then, and reach whoever has everything else.
 */
export function repliesFrom (
  successions: readonly Succession[], known: ReadonlyMap<string, string>
): Map<string, string> {
  const those = successions.filter(one => !isOfAgency(one))
  const planned = new Map(those.flatMap(({ successor, replyTo }) => replyTo === '' ? [] : [[successor, replyTo]]))
  return new Map(those.flatMap(({ name, district, successor }) => {
    const address = planned.get(successor) ?? known.get(successor) ?? known.get(name)
    if (address === undefined) return []
    return [[successor, address] as const, ...district === '' ? [[name, address] as const] : []]
  }))
}

function isOfAgency ({ agencyId }: Pick<Predecessor, 'agencyId'>): boolean {
  return agencyId !== undefined
}
