import fc from 'fast-check'
import t from 'tap'
import { movesOf } from '../../../src/office/successions/moves.ts'
import type { Concerned } from '../../../src/office/successions/moves.ts'
import { wrongWith } from '../../../src/office/successions/succession.ts'
import type { Succession } from '../../../src/office/successions/succession.ts'

const day = '2027-04-01'
const names = ['North', 'South', 'East', 'West'] as const
const districts = ['Kendal', 'Carlisle', 'Barrow'] as const

const succession = fc.record({
  id: fc.uuid(),
  day: fc.constant(day),
  isAgency: fc.boolean(),
  name: fc.constantFrom(...names),
  district: fc.constantFrom('', ...districts),
  successor: fc.constantFrom(...names, 'New'),
  replyTo: fc.constant(''),
  press: fc.constantFrom(undefined, { pressContact: 'Press office', pressEmail: 'press@example.org', pressPhone: '' })
}).map(({ isAgency, ...rest }): Succession =>
  ({ ...rest, partnership: isAgency ? '' : rest.name, agencyId: isAgency ? rest.name : undefined }))

/** Plans as the desk lets them be made: each is refused that cannot stand beside those before it. */
const plans = fc.array(succession, { maxLength: 8 }).map(all => all.reduce<Succession[]>((planned, one) =>
  wrongWith(planned, one) === undefined ? [...planned, one] : planned, []))

const concerned: fc.Arbitrary<Concerned> = fc.record({
  partnership: fc.constantFrom(...names),
  lastDay: fc.constantFrom(undefined, '2027-03-31', '2027-12-31'),
  activities: fc.array(fc.record({
    id: fc.uuid(),
    title: fc.constant('A workshop'),
    campaignId: fc.constant('campaign'),
    startsOn: fc.constantFrom('2027-03-31', '2027-04-01', '2027-06-01'),
    district: fc.constantFrom(undefined, ...districts),
    leadAgencyId: fc.constantFrom(undefined, ...names),
    ledAsId: fc.constant(undefined)
  }), { maxLength: 12 })
}).map(({ partnership, lastDay, activities }) => ({
  campaigns: [{ id: 'campaign', title: 'A campaign', partnership, lastDay, hasPress: true, districts: [] }],
  activities: activities.map(activity => ({ ...activity, partnership })),
  partners: [],
  holds: [],
  staff: names.map(agencyId => ({ id: agencyId, agencyId, name: agencyId, disabledAt: null })),
  feeds: [],
  invitations: []
}))

t.test('whatever is planned, nothing that began before changes its name, and nothing passes twice', async () => {
  fc.assert(fc.property(plans, concerned, (planned, all) => {
    const moves = movesOf(all, planned, day)
    const movedOnce = (some: Array<{ id: string }>) => new Set(some.map(({ id }) => id)).size === some.length
    return moves.run.every(({ startsOn }) => startsOn >= day) && moves.led.every(({ startsOn }) => startsOn >= day) &&
      moves.kept.every(({ startsOn }) => startsOn < day) &&
      [moves.run, [...moves.led, ...moves.kept], moves.staff, moves.campaigns].every(movedOnce)
  }))
})

t.test('in whatever order it is planned, the same passes to the same', async () => {
  fc.assert(fc.property(plans, concerned, (planned, all) => {
    const ends = (some: readonly Succession[]) => {
      const { left: _, ...moves } = movesOf(all, some, day)
      return Object.entries(moves).flatMap(([what, passing]) => passing.map(({ by, ...one }) =>
        JSON.stringify([what, 'id' in one ? one.id : one, by.successor]))).sort().join()
    }
    return ends(planned) === ends(planned.toReversed())
  }))
})

t.test('who receives something on a day keeps it, so nothing is received and passed on at once', async () => {
  fc.assert(fc.property(plans, planned => planned.every(one => planned.every(other =>
    (one.agencyId === undefined) !== (other.agencyId === undefined) || one.successor !== other.name))))
})
