import { families, kindsInWords } from './in-words.ts'
import type { Family } from './in-words.ts'
import type { EmailKind } from './kinds.ts'
import type { Message } from './message.ts'
import { circumstances } from './schema.ts'
import type { Circumstance, GivenCircumstances } from './schema.ts'

const inTheCalendar = {
  REQUEST: 'It has an invitation, which adds it to their calendar or updates it there.',
  CANCEL: 'It has a cancellation, which takes it out of their calendar.',
  PUBLISH: undefined
}

/** Every kind of email as people get it, under circumstances that can be chosen. */
export function kindsPageOf (
  given: GivenCircumstances, emails: ReadonlyArray<{ kind: EmailKind, message: Message }>
) {
  const query = (changed: Partial<GivenCircumstances>) => new URLSearchParams({ ...given, ...changed }).toString()
  return {
    choices: (Object.keys(circumstances) as Circumstance[]).map(name => ({
      label: circumstanceNames[name],
      items: Object.entries(circumstances[name]).map(([value, text]) =>
        ({ text, href: `/staff/letters/kinds?${query({ [name]: value })}`, isCurrent: given[name] === value }))
    })),
    families: (Object.keys(families) as Family[]).map(family => ({
      name: families[family],
      emails: emails.filter(({ kind }) => kindsInWords[kind].family === family)
        .map(({ kind, message: { from, subject, text, calendar } }) => ({
          id: kind,
          name: kindsInWords[kind].name,
          isSent: kindsInWords[kind].isSent,
          inTheCalendar: calendar && inTheCalendar[calendar.method],
          from: from.name,
          subject,
          text,
          href: `/staff/letters/kinds/${kind}?${query({})}`
        }))
    }))
  }
}

const circumstanceNames: Record<Circumstance, string> = {
  wording: 'Wording', place: 'Where', entry: 'Way in', places: 'Places'
}
