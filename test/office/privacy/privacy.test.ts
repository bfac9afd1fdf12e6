import t from 'tap'
import { daysForComplaint } from '../../../src/office/requests/due.ts'
import { monthsKept } from '../../../src/office/requests/request.ts'
import { hoursToTell } from '../../../src/office/rights/erasing.ts'
import { perceived, service } from '../../support/service.ts'
import { aCampaign, anActivity } from '../../support/world.ts'

t.test('the privacy page says why each question is asked, and how long what is kept', async t => {
  const { app, db } = await service(t)
  for (const [title, daysUntilErasure] of [['Online', 45], ['On the day', 0], ['Soon', 1]] as const) {
    const { id: campaignId } = await aCampaign(db, { title, partnership: `Partnership ${title}`, daysUntilErasure })
    await anActivity(db, { campaignId })
  }
  const secret = await aCampaign(db, { title: 'Only patrols' })
  await anActivity(db, { campaignId: secret.id, visibility: 'operational' })

  const { text } = perceived(await app.inject('/privacy'))

  for (const said of [
    'Phone number (optional) We only call about late changes.',
    'Bookings: Online Until 45 days after the activity', 'Bookings: On the day Until 1 day after', 'Bookings: Soon Until 1 day after',
    'Partnership Soon', `Until ${monthsKept} months after our answer`, `everything is gone within ${hoursToTell} hours`,
    `what comes of it within ${daysForComplaint} days`, 'Everyone in the meeting can see the name you join with',
    'Information Commissioner’s Office', 'No computer judges you'
  ]) t.match(text, said)
  t.notMatch(text, 'Only patrols')
})

t.test('it leads to where rights are used: the booking’s page, complaints, our address and the regulator', async t => {
  const { app } = await service(t)
  const { body } = await app.inject('/privacy')

  for (const href of ['/find-my-booking', '/complaints', 'mailto:workshops@example.org', 'https://ico.org.uk/make-a-complaint/', 'tel:03031231113']) {
    t.match(body, `href="${href}"`)
  }
  for (const path of ['/find-my-booking', '/complaints']) t.equal((await app.inject(path)).statusCode, 200)
})
