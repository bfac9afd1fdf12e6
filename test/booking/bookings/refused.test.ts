import t from 'tap'
import { statusTagOf } from '../../../src/booking/bookings/status-tag.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity } from '../../support/world.ts'

t.test('to staff someone who said no to an offer is “Offer refused”, wherever they read of them', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id: activityId, slug } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { name: 'Rita Refused', status: 'lapsed', lapseReason: 'refused' })
  await aBooking(db, activityId, { name: 'Una Unanswered', status: 'lapsed', lapseReason: 'unanswered' })
  const text = async (url: string) => perceived(await app.inject({ url, headers })).text
  const list = (await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })).body

  t.match(await text(`/staff/activities/${slug}/attendees`), /Rita Refused.*Offer refused.*Una Unanswered.*Offer lapsed/)
  t.match(await text(`/staff/activities/${slug}/bookings/${id}`), 'Offer refused')
  t.match(await text(`/staff/activities/${slug}/bookings/${id}/letters`), 'Offer refused')
  t.match(perceived(await post(app, '/staff/people', { q: 'Rita' }, headers)).text, 'Offer refused')
  t.match(list, /Rita Refused,[^\n]*,refused,/)
  t.match(list, /Una Unanswered,[^\n]*,lapsed,/)
})

t.test('how someone left a list without a place is said in three ways', async t => {
  t.strictSame((['unanswered', 'refused', 'closed'] as const).map(lapseReason => statusTagOf({ status: 'lapsed', lapseReason }).text),
    ['Offer lapsed', 'Offer refused', 'List closed'])
})
