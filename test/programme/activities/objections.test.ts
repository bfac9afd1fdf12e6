import t from 'tap'
import type { ActivityDraft, CurrentActivity } from '../../../src/programme/activities/draft.ts'
import { objectionsTo, objectionsToChange } from '../../../src/programme/activities/objections.ts'
import { noon } from '../../support/world.ts'

const workshop: ActivityDraft = {
  slug: 'workshop',
  campaignId: 'a campaign',
  title: 'Keeping your child safe online',
  summary: '',
  kind: 'online-workshop',
  wasPoliceWork: false,
  startsAt: noon,
  endsAt: noon.plus({ minutes: 30 }),
  allDay: false,
  zone: 'Europe/London',
  venue: undefined,
  hasSecretPlace: false,
  joinUrl: undefined,
  district: undefined,
  audiences: ['parents'],
  visibility: 'public',
  embargoUntil: undefined,
  booking: 'places',
  capacity: 20,
  placesPerBooking: 1,
  waitingList: 'automatic',
  bookingOpensAt: undefined,
  bookingClosesAt: undefined,
  leadAgencyId: undefined,
  partnerAgencyIds: [],
  status: 'published'
}
const current: CurrentActivity = {
  ...workshop, id: 'an activity', placesTaken: 0, placesWaitedFor: 0, overBookingPercent: 0, joinMode: 'invitation', isDiscreet: true
}

const drafts: Array<[what: string, given: Partial<ActivityDraft>, about: Array<keyof ActivityDraft>]> = [
  ['a whole workshop', {}, []],
  ['one that ends as it starts', { endsAt: noon }, ['endsAt']],
  ['one with places but no capacity', { capacity: undefined }, ['capacity']],
  ['one without places or capacity', { booking: 'none', capacity: undefined }, []],
  ['an operational patrol', { kind: 'disruption', booking: 'none', visibility: 'operational' }, []],
  ['a patrol for its agency', { kind: 'disruption', booking: 'none', visibility: 'agency' }, ['visibility']],
  ['a visit for partners', { kind: 'compliance-visit', booking: 'none', visibility: 'partners' }, ['visibility']],
  ['what was a patrol, for partners', { wasPoliceWork: true, visibility: 'partners' }, ['visibility']],
  ['a launch under embargo', { booking: 'none', embargoUntil: noon.plus({ minutes: 29 }) }, []],
  ['an embargo that ends when all is over', { booking: 'none', embargoUntil: noon.plus({ minutes: 30 }) }, ['embargoUntil']],
  ['an embargo until nobody can book any more', { embargoUntil: noon }, ['embargoUntil']],
  ['an embargo of what partners see', { visibility: 'partners', embargoUntil: noon.minus({ days: 1 }) }, ['embargoUntil']],
  ['places for young people', { audiences: ['parents', 'young-people'] }, ['booking']],
  ['young people by invitation', { audiences: ['young-people'], booking: 'invitation' }, []],
  ['a session to book that is nowhere', { kind: 'training' }, ['venue']],
  ['the same while it is a draft', { kind: 'training', status: 'draft' }, []],
  ['the same with a district', { kind: 'training', district: 'Bolton' }, []],
  ['a secret place of which only the district is known', { kind: 'training', district: 'Bolton', hasSecretPlace: true }, ['venue']],
  ['a secret place', { kind: 'training', venue: 'Rose House, 1 Elm Road', hasSecretPlace: true }, []],
  ['one that its summary names', { kind: 'training', venue: 'Rose House, 1 Elm Road', hasSecretPlace: true, summary: 'At rose\nhouse' }, ['summary']],
  ['a secret place of a drop-in', { kind: 'training', venue: 'Rose House', hasSecretPlace: true, booking: 'drop-in' }, ['hasSecretPlace']],
  ['a title with a mobile number', { title: 'Ring 07700 900123' }, ['title']],
  ['a summary with a mailbox at home', { summary: 'Write to pat.smith@gmail.com.', status: 'draft' }, ['summary']],
  ['a venue with a mobile number', { venue: 'Town Hall, ask Pat: 07700900123', kind: 'training' }, ['venue']],
  ['the office of a school', { summary: 'office@st-marys.example, 01204 337195, 0800 1111 or 101' }, []],
  ['a mobile number that only an agency reads', { summary: 'Ring 07700 900123', visibility: 'agency' }, []],
  ['the same with a join link', { kind: 'training', joinUrl: 'https://teams.microsoft.com/' }, []]
]

for (const [what, given, about] of drafts) {
  t.test(`${what} ${about.length === 0 ? 'may be' : `is objected to about ${about.join()}`}`, async t => {
    t.strictSame(objectionsTo({ ...workshop, ...given }).map(objection => objection.about), about)
  })
}

type Change = [
  what: string, before: Partial<CurrentActivity>, after: Partial<ActivityDraft>, about: Array<keyof ActivityDraft>
]
const changes: Change[] = [
  ['a new capacity', { placesTaken: 20 }, { capacity: 5 }, []],
  ['another campaign', {}, { campaignId: 'another' }, ['slug']],
  ['coming back from being cancelled', { status: 'cancelled' }, {}, ['status']],
  ['staying cancelled', { status: 'cancelled' }, { status: 'cancelled' }, []],
  ['being cancelled', {}, { status: 'cancelled' }, ['status']],
  ['going back to draft, with nobody booked', {}, { status: 'draft' }, []],
  ['going back to draft, with someone booked', { placesTaken: 1 }, { status: 'draft' }, ['status']],
  ['no more places, with someone booked', { placesTaken: 1 }, { booking: 'drop-in' }, ['booking']],
  ['no more places, with someone waiting', { placesWaitedFor: 1 }, { booking: 'drop-in' }, ['booking']],
  ['an embargo, with nobody booked', {}, { embargoUntil: noon.minus({ days: 1 }) }, []],
  ['an embargo, with someone booked', { placesTaken: 1 }, { embargoUntil: noon.minus({ days: 1 }) }, ['embargoUntil']],
  ['an embargo that ends sooner', { placesTaken: 1, embargoUntil: noon.minus({ days: 1 }) }, {}, []],
  ['a public patrol', { kind: 'disruption', visibility: 'operational' }, { kind: 'disruption' }, ['visibility']],
  ['a workshop that becomes a public visit', {}, { kind: 'compliance-visit' }, ['visibility']],
  ['a patrol that two people agreed to show', { kind: 'disruption' }, { kind: 'disruption' }, []],
  ['the same with another text', { kind: 'disruption' }, { kind: 'disruption', summary: 'Who was there' }, ['visibility']],
  ['the same as another kind', { kind: 'disruption', wasPoliceWork: true }, { kind: 'stall' }, ['visibility']],
  ['a public patrol of another kind', { kind: 'disruption', visibility: 'operational', wasPoliceWork: true }, { kind: 'stall' }, ['visibility']],
  ['a patrol that was called something else before', { visibility: 'operational', wasPoliceWork: true }, {}, ['visibility']],
  ['a draft patrol for its agency that was a slip', { kind: 'disruption', visibility: 'agency', status: 'draft' }, {}, []],
  ['no more waiting list, with nobody on it', { placesTaken: 20 }, { waitingList: 'off' }, []],
  ['no more waiting list, with someone on it', { placesWaitedFor: 1 }, { waitingList: 'off' }, ['waitingList']],
  ['organisers who pick, with someone waiting', { placesWaitedFor: 1 }, { waitingList: 'by-hand' }, []]
]

for (const [what, before, after, about] of changes) {
  t.test(`${what} ${about.length === 0 ? 'is a change that may be' : `is objected to about ${about.join()}`}`, async t => {
    const objections = objectionsToChange({ ...current, ...before }, { ...workshop, ...after })

    t.strictSame(objections.map(objection => objection.about), about)
  })
}

t.test('no activity is added as cancelled', async t => {
  t.match(objectionsToChange(undefined, { ...workshop, status: 'cancelled' }), [{ about: 'status' }])
})

t.test('no disruption or compliance visit is added as public', async t => {
  for (const kind of ['disruption', 'compliance-visit'] as const) {
    t.match(objectionsToChange(undefined, { ...workshop, kind }), [{ about: 'visibility' }])
  }
})
