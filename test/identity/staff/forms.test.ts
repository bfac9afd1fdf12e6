import { randomUUID } from 'node:crypto'
import t from 'tap'
import { isWhole } from '../../support/depth.ts'
import { addressOf } from '../../support/everything.ts'
import type { Everything } from '../../support/everything.ts'
import { perceived, post } from '../../support/service.ts'
import { saysWhy, staffForms } from '../../support/staff-forms.ts'

t.test('a form as it should be is taken', async t => {
  const at = await staffForms(t)

  for (const url of at.posts.filter(url => !neverRight.includes(url))) {
    const form = await at.formFor(url)
    const answer = await post(at.app, form.address, new URLSearchParams(form.fields).toString(), form.headers)
    const why = perceived(answer).errors.map(({ field, sentence }) => `${field}: ${sentence}`).join('; ')
    t.ok(answer.statusCode < 400, `${url}: ${answer.statusCode} ${why}`)
  }
})

/**
 * Forms that cannot be sent successfully here: they need an email, an authenticator, a file, another state, or an
 * address that says more.
 */
const neverRight = [
  '/staff/sign-in', '/staff/sign-in/code', '/staff/sign-in/:token', '/staff/again', '/staff/account/second-factor/removal',
  '/staff/account/second-factor/new', '/staff/activities/:slug/take-down', '/staff/activities/:slug/bookings/:booking/move',
  '/staff/activities/:slug/attendees/move/date',
  '/staff/person/file', '/staff/person/erasure', '/staff/lists/new', '/staff/programme', '/staff/resources/downloads',
  '/staff/activities/:slug/attendance-report',
  '/staff/activities/:slug/attendance-report/people', '/staff/activities/:slug/attendance-report/fetch'
]

t.test('an address that names nothing, or what belongs to another activity, is not found and changes nothing', async t => {
  const at = await staffForms(t)

  for (const url of at.posts.filter(url => url.includes(':') && !url.endsWith('/:token'))) {
    const { fields, headers, undone } = await at.formFor(url)
    const body = new URLSearchParams(fields).toString()
    const addresses = wrongAddresses(url, at.its, at.another)
    for (const address of addresses) {
      const answer = await post(at.app, address, body, headers)
      t.ok([400, 404, 409].includes(answer.statusCode), `${url} as ${address} is answered with ${answer.statusCode}`)
      saysWhy(t, answer, `${url} as ${address}`)
    }
    t.strictSame(await undone(), [], `${url} changes nothing`)
  }
})

/** An address with one parameter wrong: no id, an id of nothing, or an id that belongs to another activity. */
function wrongAddresses (url: string, its: Everything, another: Everything): string[] {
  const parameters = [...url.matchAll(/:\w+/g)].map(([parameter]) => parameter)
  const right = addressOf(url, its).split('/')
  const others = addressOf(url, another).split('/')
  const places = url.split('/').flatMap((part, at) => parameters.includes(part) ? [at] : [])
  return places.flatMap((at, n) => {
    const nothing = [randomUUID(), '999999', '%00', 'x'.repeat(240), ...isWhole ? ['not-an-id', '-1', '__proto__', "'"] : []]
    // The first names the activity: with all parameters of another activity it would be valid.
    const foreign = n > 0 && others[at] !== right[at] ? [others[at] ?? ''] : []
    return [...nothing, ...foreign].map(value => right.with(at, value).join('/'))
  })
}
