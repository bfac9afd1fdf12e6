import { z } from 'zod'
import { unknownField } from '../../platform/http/form-answers.ts'
import type { Circumstances } from './sample.ts'
import { isKind } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import type { EmailStatus } from './in-words.ts'

/** Which emails the log shows, as its address says it; anything else shows all. */
export const shown = {
  'not-arrived': { text: 'Did not arrive', statuses: ['failed', 'bounced'] },
  waiting: { text: 'Waiting to go', statuses: ['queued'] },
  sent: { text: 'Sent', statuses: ['sent'] },
  withdrawn: { text: 'Not sent any more', statuses: ['withdrawn'] }
} as const satisfies Record<string, { text: string, statuses: readonly EmailStatus[] }>
export type Shown = keyof typeof shown

/** What an address or a form asks the log to show. */
export interface LogView {
  show: Shown | undefined
  kind: EmailKind | undefined
}

/** Reads which emails are asked for; unknown values are ignored. */
export function logViewOf (given: Readonly<Record<string, unknown>>): LogView {
  const { show, kind } = given
  return {
    show: typeof show === 'string' && Object.hasOwn(shown, show) ? show as Shown : undefined,
    kind: typeof kind === 'string' && isKind(kind) ? kind : undefined
  }
}

/** The button that sends an email again. Its fields say which page to return to; no value of them does harm. */
export const sendAgainForm = z.strictObject({
  of: z.unknown().optional(), show: z.unknown().optional(), kind: z.unknown().optional(), page: z.unknown().optional()
}, { error: unknownField })

/** The circumstances for which emails are shown, as in the address; the first of each is the default. */
export const circumstances = {
  wording: { discreet: 'Discreet', open: 'Not discreet' },
  place: { online: 'Online', venue: 'At a venue' },
  entry: { invitation: 'Teams link in the email', personal: 'Personal link' },
  places: { 1: '1 place', 3: '3 places' }
} as const
export type Circumstance = keyof typeof circumstances
export type GivenCircumstances = { [C in Circumstance]: string }

/** Reads the circumstances for which emails are to be shown; unknown values become the default. */
export function givenCircumstances (query: Readonly<Record<string, unknown>>): GivenCircumstances {
  const given = (name: Circumstance) => {
    const choices = Object.keys(circumstances[name])
    return choices.find(choice => choice === query[name]) ?? choices[0] ?? ''
  }
  return { wording: given('wording'), place: given('place'), entry: given('entry'), places: given('places') }
}

/** The circumstances in an address, as emails take them. */
export function circumstancesOf ({ wording, place, entry, places }: GivenCircumstances): Circumstances {
  return {
    isDiscreet: wording === 'discreet',
    isOnline: place === 'online',
    entry: entry === 'personal' ? 'personal' : 'invitation',
    places: Number(places)
  }
}
