import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { isId } from '../../src/platform/http/url-params.ts'
import { idFromForm, namedId } from '../../src/platform/named-id.ts'

const answers = fc.dictionary(fc.string(), fc.oneof(
  fc.string({ unit: 'binary' }), fc.integer(), fc.constant(undefined), fc.array(fc.string())), { maxKeys: 6 })

/** The value for a field that was left out. */
function said (given: object): string {
  const answered = Object.entries(given).filter(([, value]) => value !== undefined)
  return JSON.stringify(answered.sort(([one], [other]) => one < other ? -1 : 1))
}

t.test('a form has one id for each way in which it is filled in, whatever the order of its fields', async () => {
  const submission = randomUUID()

  fc.assert(fc.property(answers, answers, fc.boolean(), (one, given, isSame) => {
    const other = isSame ? Object.fromEntries([...Object.entries(one), ['left out', undefined]].reverse()) : given
    const isAlike = idFromForm(submission, one) === idFromForm(submission.toUpperCase(), other)
    if (isAlike !== (said(one) === said(other))) throw new Error(`${said(one)} ${said(other)}`)
    if (idFromForm(submission, one) === idFromForm(randomUUID(), one)) throw new Error('another form')
  }))
})

t.test('an id is one that PostgreSQL and addresses take: version 8, of the variant of RFC 9562', async t => {
  fc.assert(fc.property(answers, given => {
    const id = idFromForm(randomUUID(), given)
    return isId(id) && /^.{14}8.{4}8/.test(id)
  }))
  t.equal(namedId('placekeeper'), namedId('placekeeper'))
  t.not(namedId('placekeeper'), namedId('placekeepers'))
})
