import t from 'tap'
import { tallyInWords } from '../../../src/office/forgetting/in-words.ts'
import type { Tally } from '../../../src/office/forgetting/jobs.ts'

const nothing: Tally = {
  bookings: 0,
  activities: 0,
  again: 0,
  held: 0,
  links: 0,
  sessions: 0,
  requests: 0,
  resourceRequests: 0,
  entrants: 0,
  laterContacts: 0,
  texts: 0,
  entries: 0,
  invitations: 0,
  accounts: 0,
  uploads: 0,
  proposals: 0,
  counts: 0,
  handovers: 0,
  emails: 0
}

t.test('all that was deleted is said, with its number', t => {
  t.strictSame(tallyInWords(nothing), ['No booking was due to be deleted.'])
  for (const what of Object.keys(nothing) as Array<keyof Tally>) {
    if (what === 'activities') continue
    t.match(tallyInWords({ ...nothing, [what]: 7 }).join(' '), /\b7\b/, what)
  }
  t.strictSame(tallyInWords({ ...nothing, resourceRequests: 1, entrants: 2 }).at(-1),
    'Deleted what had ended: 1 request for resources, 2 people who had entered activities.')
  t.end()
})
