import t from 'tap'
import { peopleOf } from '../../../src/office/clashes/people.ts'
import type { Needed } from '../../../src/office/clashes/people.ts'

const nobody: Needed = { leadAgencyId: 'police', runBy: undefined, hosts: [], owner: undefined, ownerName: '', staffing: '' }

/** Names of the people whom both need. */
function inBoth (one: Partial<Needed>, other: Partial<Needed>): string[] {
  const [first, second] = [one, other].map(needed => peopleOf({ ...nobody, ...needed }))
  const keys = second?.map(({ key }) => key) ?? []
  return [...new Set(first?.filter(({ key }) => keys.includes(key)).map(({ name }) => name))]
}

t.test('an account is one person, whether they host or look after an activity', async t => {
  const sam = { id: 'a', name: 'Sam Carter' }

  t.strictSame(inBoth({ hosts: [sam] }, { hosts: [{ id: 'b', name: 'Jo Lee' }, sam], leadAgencyId: 'council' }), ['Sam Carter'])
  t.strictSame(inBoth({ hosts: [sam] }, { owner: sam, leadAgencyId: 'council' }), ['Sam Carter'])
  t.strictSame(inBoth({ hosts: [sam] }, { owner: { id: 'b', name: 'Sam Carter' }, leadAgencyId: 'council' }), [], 'two of one name')
})

t.test('who is only named is known by their name without titles; a team or a first name is nobody', async t => {
  t.strictSame(inBoth({ ownerName: 'PC Sam Carter' }, { ownerName: 'sam  CARTER', leadAgencyId: 'council' }), ['PC Sam Carter'])
  for (const name of ['Sam', 'PC Carter', 'Exploitation team', 'Bolton Council', '']) {
    t.strictSame(inBoth({ ownerName: name }, { ownerName: name }), [], name)
  }
})

t.test('people among the staffing count within one agency, and numbers of them do not', async t => {
  const staffing = 'PC Sam Carter, 2 officers; Jo Lee (lead) and Ann O’Brien-Smith'

  t.strictSame(inBoth({ staffing }, { staffing: 'Jo Lee\n2 officers' }), ['Jo Lee'])
  t.strictSame(inBoth({ staffing }, { staffing: 'Ann O’Brien-Smith' }), ['Ann O’Brien-Smith'])
  t.strictSame(inBoth({ staffing }, { ownerName: 'Sam Carter' }), ['PC Sam Carter'])
  t.strictSame(inBoth({ staffing }, { hosts: [{ id: 'a', name: 'Jo Lee' }] }), ['Jo Lee'])
  t.strictSame(inBoth({ staffing }, { staffing: 'Jo Lee', leadAgencyId: 'council' }), [], 'another agency may have its own')
  t.strictSame(inBoth({ staffing, leadAgencyId: undefined }, { staffing, leadAgencyId: undefined }).length, 3, 'the partnership is one')
  const entered = { leadAgencyId: undefined, staffing: 'Jo Lee' }
  t.strictSame(inBoth({ ...entered, runBy: 'Hill School' }, { ...entered, runBy: 'Mill School' }), [], 'so may two schools')
  t.strictSame(inBoth({ ...entered, runBy: 'Hill School' }, { ...entered, runBy: 'hill school' }), ['Jo Lee'])
  for (const vague of ['2 officers', 'Youth Workers', 'someone from health', 'Police Cadets', 'Still needed']) {
    t.strictSame(inBoth({ staffing: vague }, { staffing: vague }), [], vague)
  }
})
