import t from 'tap'
import { draft, isVersionHash } from '../../src/platform/draft.ts'

const contact = draft(['name', 'hours', 'area', 'isOpen'])
const known = { name: 'A helpline', hours: undefined, area: ['Eden', 'Carlisle'], isOpen: true, id: 'not a field' }

t.test('the same answers have the same version, and any other answer has another', async t => {
  const others = [{ name: 'a helpline' }, { hours: '' }, { area: ['Eden; Carlisle'] }, { isOpen: false }]
  const versions = [known, ...others.map(other => ({ ...known, ...other }))].map(contact.versionHash)

  t.equal(new Set(versions).size, versions.length)
  t.ok(versions.every(version => isVersionHash(version) && version.length * 4 >= 128), 'none has a twin that can be found')
  const another = { ...known, id: 'another' }
  t.equal(contact.versionHash(another), versions[0])
})

t.test('only the fields that read otherwise differ, in the order of the form', async t => {
  const other = { ...known, isOpen: false, hours: 'Day and night', area: ['Eden', 'Carlisle'] }

  t.strictSame(contact.changed(known, other), ['hours', 'isOpen'])
  t.strictSame(contact.differences(known, other), { hours: ['', 'Day and night'], isOpen: ['true', 'false'] })
  t.strictSame(contact.changed(known, { ...known, hours: '' }), [])
})

t.test('two states stand beside each other in the words of the form', async t => {
  const names = { name: 'Name', hours: 'Hours', area: 'Where', isOpen: 'Open' }
  const other = { ...known, hours: 'Day and night', area: [] }

  t.strictSame(contact.compared(known, other, names), [
    { field: 'Hours', now: 'Nothing', typed: 'Day and night' }, { field: 'Where', now: 'Eden; Carlisle', typed: 'Nothing' }
  ])
  t.strictSame(contact.compared(known, other, names, (field, text) => `${field} ${text.length}`)[0],
    { field: 'Hours', now: 'hours 0', typed: 'hours 13' })
})
