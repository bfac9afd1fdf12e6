import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired, Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { countsInWords, passes } from './effects.ts'
import type { Counts } from './moves.ts'
import type { DoneSuccession, listChoices } from './queries.ts'
import { valueOf } from './schema.ts'
import type { replyFields, successionFields } from './schema.ts'
import { ofAgency, ofPartnership } from './succession.ts'
import type { Succession } from './succession.ts'

const everywhere = { value: '', text: 'Everywhere, or everywhere else' }
const address = '/staff/successions'

interface Page {
  choices: Awaited<ReturnType<typeof listChoices>>
  planned: readonly Succession[]
  /** What each of them does on its day. */
  effects: readonly Effects[]
  past: readonly DoneSuccession[]
  /** Where replies to emails of partnerships go, where that is not the address that sends them. */
  replyAddresses: ReadonlyMap<string, string>
  typed: Partial<Record<typeof successionFields[number] | typeof replyFields[number], string>>
}

/** What is planned, with what it does; the form that plans more; and what was done. */
export function successionsPageOf ({ choices, planned, effects, past, replyAddresses, typed }: Page) {
  const items = [
    ...choices.partnerships.map(name => ({ value: valueOf(ofPartnership(name)), text: `Partnership: ${name}` })),
    ...choices.agencies.map(({ id, name }) => ({ value: valueOf(ofAgency(id)), text: `Agency: ${name}` }))
  ]
  return {
    planned: planned.map((one, n) => ({
      heading: passes(one).replace(/\.$/, ''),
      // The heading says the first.
      effects: effects[n]?.sentences.slice(1) ?? [],
      withdrawHref: `${address}/${one.id}/withdrawal`
    })),
    past: past.map(one => ({ text: passes(one), moved: movedInWords(one.moved), day: calendarDayInWords(one.day) })),
    from: [{ value: '', text: 'Select one' }, ...items].map(item => ({ ...item, selected: item.value === typed.from })),
    districts: [everywhere, ...choices.districts.map(name => ({ value: name, text: name }))].map(item => ({ ...item, selected: item.value === (typed.district ?? '') })),
    replies: [...replyAddresses].map(([name, address]) => ({ name, address })),
    // With those that have passed: emails about what was before have their names.
    partnerships: ['', ...new Set([...choices.partnerships, ...replyAddresses.keys()])].map(name =>
      ({ value: name, text: name === '' ? 'Select one' : name, selected: name === (typed.partnership ?? '') })),
    hasContacts: (['replyTo', 'pressContact', 'pressEmail', 'pressPhone'] as const)
      .some(field => (typed[field] ?? '') !== ''),
    typed
  }
}

/** What a change does, before it is planned. */
export function successionEffectsPageOf (required: ConfirmationRequired, body: unknown) {
  return { ...effectsOf(required), fields: hiddenFieldsOf(body), action: address, leaveHref: address }
}

function movedInWords (moved: Partial<Counts>): string {
  const said = countsInWords(moved)
  return said === '' ? 'Nothing had that name by then.' : `Passed on: ${said}.`
}
