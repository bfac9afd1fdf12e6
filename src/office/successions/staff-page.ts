import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired, Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { passes } from './effects.ts'
import type { Counts } from './moves.ts'
import type { DoneSuccession, listChoices } from './queries.ts'
import { valueOf } from './schema.ts'
import type { successionFields } from './schema.ts'
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
  typed: Partial<Record<typeof successionFields[number], string>>
}

/** What is planned, with what it does; the form that plans more; and what was done. */
export function successionsPageOf ({ choices, planned, effects, past, typed }: Page) {
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
    typed
  }
}

/** What a change does, before it is planned. */
export function successionEffectsPageOf (required: ConfirmationRequired, body: unknown) {
  return { ...effectsOf(required), fields: hiddenFieldsOf(body), action: address, leaveHref: address }
}

const named: Record<keyof Counts, readonly [one: string, many: string]> = {
  campaigns: ['campaign', 'campaigns'],
  districts: ['district of a campaign', 'districts of campaigns'],
  run: ['activity with a new name on it', 'activities with a new name on them'],
  led: ['activity to lead', 'activities to lead'],
  kept: ['earlier activity to look after', 'earlier activities to look after'],
  partners: ['activity to take part in', 'activities to take part in'],
  holds: ['group of kept places', 'groups of kept places'],
  staff: ['account', 'accounts'],
  feeds: ['calendar link', 'calendar links'],
  invitations: ['invitation to co-host', 'invitations to co-host']
}

function movedInWords (moved: Partial<Counts>): string {
  const said = (Object.keys(named) as Array<keyof Counts>).flatMap(what => {
    const count = moved[what] ?? 0
    return count === 0 ? [] : [`${count} ${named[what][count === 1 ? 0 : 1]}`]
  })
  return said.length === 0 ? 'Nothing had that name by then.' : `Passed on: ${said.join(', ')}.`
}
