import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { AppParts } from '../../../src/app/app-parts.ts'
import { formRateLimit } from '../../../src/platform/http/limits.ts'
import { filledIn } from '../../support/filled-in.ts'
import { partsOf, perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, world } from '../../support/world.ts'

const isStaffPage = /<nav class="pk-navigation" aria-label="Staff">[\s\S]*Olu Organiser[\s\S]*action="\/staff\/sign-out"/

t.test('someone who is signed in keeps the staff navigation on every page about what went wrong', async t => {
  const { app, db } = await service(t, { outbox: { announce: async () => { throw new Error('the disk is full') } } })
  const { id, slug } = await anActivity(db)
  const { id: booking } = await aBooking(db, id)
  const { slug: over } = await anActivity(db, { status: 'cancelled' })
  const { headers } = await signedIn(app, db)
  const cancelling = `/staff/activities/${slug}/bookings/${booking}/cancellation`
  const answers = {
    'of a page that does not exist': [404, 'Page not found', await app.inject({ url: '/staff/nothing', headers })],
    'of an activity that does not exist': [404, 'Page not found', await app.inject({ url: '/staff/activities/nothing', headers })],
    'of what came too late': [409, 'Cancelled', await app.inject({ url: `/staff/activities/${over}/cancellation`, headers })],
    'of a fault': [500, 'Sorry, there is a problem with the service',
      await post(app, cancelling, filledIn((await app.inject({ url: cancelling, headers })).body), headers)]
  } as const

  for (const [name, [status, title, answer]] of Object.entries(answers)) {
    t.equal(answer.statusCode, status, name)
    t.equal(perceived(answer).h1, title, name)
    t.match(answer.body, isStaffPage, name)
    t.match(answer.body, /<a class="govuk-link" href="\/staff">/, name)
    t.notMatch(perceived(answer).text, /If you were booking|find your booking|Childline/, name)
  }
})

t.test('too many tries of someone who is signed in have the staff page as well', async t => {
  const { app, db } = await service(t, { rateLimits: true, provider: aProvider })
  const { headers } = await signedIn(app, db)
  const press = async () => await post(app, '/staff/account/work-account', {}, headers)

  let answer = await press()
  for (let n = 0; n < formRateLimit.max + 10 && answer.statusCode !== 429; n++) answer = await press()

  t.equal(answer.statusCode, 429)
  t.equal(perceived(answer).h1, 'Too many tries')
  t.match(answer.body, isStaffPage)
})

t.test('strangers, and people signed in on pages for everyone, read what everyone reads', async t => {
  const its = await world(t)
  const app = await buildApp(partsOf(its))
  t.teardown(async () => { await app.close() })
  const { headers } = await signedIn(app, its.db)

  const foreign = await post(app, '/staff/activities/nothing/places', {}, { ...headers, 'sec-fetch-site': 'cross-site' })
  for (const answer of [await app.inject({ url: '/nothing', headers }), foreign]) {
    t.notMatch(answer.body, isStaffPage)
    t.match(perceived(answer).text, 'Childline')
  }
})

const aProvider: NonNullable<AppParts['provider']> = {
  begin: async () => { throw new Error('away') },
  finish: async () => { throw new Error('away') },
  signOutAddress: async () => undefined
}
