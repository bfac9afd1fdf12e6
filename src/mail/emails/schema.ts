import { z } from 'zod'
import { unknownField } from '../../platform/http/form-answers.ts'
import type { Circumstances } from './imagined.ts'
import { isKind } from './kinds.ts'
import type { LetterKind } from './kinds.ts'
import type { LetterStatus } from './in-words.ts'

/** Which letters the log shows, as its address says it; anything else shows all. */
export const shown = {
  'not-arrived': { text: 'Did not arrive', statuses: ['failed', 'bounced'] },
  waiting: { text: 'Waiting to go', statuses: ['queued'] },
  sent: { text: 'Sent', statuses: ['sent'] },
  withdrawn: { text: 'Not sent any more', statuses: ['withdrawn'] }
} as const satisfies Record<string, { text: string, statuses: readonly LetterStatus[] }>
export type Shown = keyof typeof shown

/** What an address or a form asks the log to show. */
export interface LogView {
  show: Shown | undefined
  kind: LetterKind | undefined
}

/** Reads which letters are asked for; what does not exist asks for nothing. */
export function logViewOf (given: Readonly<Record<string, unknown>>): LogView {
  const { show, kind } = given
  return {
    show: typeof show === 'string' && Object.hasOwn(shown, show) ? show as Shown : undefined,
    kind: typeof kind === 'string' && isKind(kind) ? kind : undefined
  }
}

/** The button that sends a letter again. Its fields say to which page to come back; whatever they say does no harm. */
export const sendAgainForm = z.strictObject({
  of: z.unknown().optional(), show: z.unknown().optional(), kind: z.unknown().optional(), page: z.unknown().optional()
}, { error: unknownField })

/** Under which circumstances letters are shown, as the address says it: the first of each unless it names another. */
export const circumstances = {
  wording: { discreet: 'Discreet', open: 'Not discreet' },
  place: { online: 'Online', venue: 'At a venue' },
  entry: { invitation: 'Teams link in the email', personal: 'Personal link' },
  places: { 1: '1 place', 3: '3 places' }
} as const
export type Circumstance = keyof typeof circumstances
export type GivenCircumstances = { [C in Circumstance]: string }

/** Reads under which circumstances letters are to be shown; what does not exist is taken for the first. */
export function givenCircumstances (query: Readonly<Record<string, unknown>>): GivenCircumstances {
  const given = (name: Circumstance) => {
    const choices = Object.keys(circumstances[name])
    return choices.find(choice => choice === query[name]) ?? choices[0] ?? ''
  }
  return { wording: given('wording'), place: given('place'), entry: given('entry'), places: given('places') }
}

/** What an address says, as letters know it. */
export function circumstancesOf ({ wording, place, entry, places }: GivenCircumstances): Circumstances {
  return {
    isDiscreet: wording === 'discreet',
    isOnline: place === 'online',
    entry: entry === 'personal' ? 'personal' : 'invitation',
    places: Number(places)
  }
}
