import t from 'tap'
import { personalData } from '../../../src/office/forgetting/personal-data.ts'
import { monthsOfTrail } from '../../../src/office/forgetting/audit-trail.ts'
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
    'Information Commissioner’s Office', 'No computer judges you',
    `We keep a record of this for ${monthsOfTrail} months`, 'once we have asked, 3 months after the activity, or 3 days later'
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

/** Where the page tells of what a column that goes with a booking says of someone. */
const said: Record<string, Record<string, string[]>> = {
  Booking: {
    'Full name': ['name'],
    'Email address': ['email', 'canonicalEmail'],
    'You are': ['role'],
    'Where you live': ['district'],
    'Phone number': ['phone', 'phoneMark'],
    'What would help you take part': ['accessNeeds'],
    'Your question': ['question'],
    'How did you hear about this': ['heardFrom'],
    'Number of places': ['places'],
    'when you booked': ['createdAt', 'submissionId', 'reference'],
    'what became of your place or your turn on the waiting list, and what was changed': [
      'status', 'priority', 'arrival', 'changedAt', 'waitedAt', 'confirmedAt', 'offeredUntil', 'offers', 'calledAt',
      'lapseReason', 'copiedFromBookingId', 'cancelledBy'
    ],
    'which emails we sent you, and whether they arrived': [
      'remindersOff', 'unreachableAt', 'icalUid', 'icalSequence', 'icalOrganizer'
    ],
    'what we arranged to help you take part, and what became of your question': [
      'accessAnswer', 'accessAnsweredAt', 'questionOutcome', 'questionSettledAt', 'questionSettledById'
    ],
    'when you opened the link to join, whether you came, and for about how long': [
      'joinedAt', 'attended', 'camePlaces', 'minutesAtLeast', 'attendanceSource'
    ],
    'say the date': ['eraseOn']
  },
  BookingEvent: { 'what was changed': ['*'] },
  Handover: { 'keep who received it, when, and their reference': ['*'] },
  Email: { 'which emails we sent you': ['*'] },
  RepeatedRequest: { 'the name they gave': ['*'] }
}

t.test('everything that goes with a booking is told of on the privacy page', async t => {
  const { app, db } = await service(t)
  await anActivity(db)
  const { text } = perceived(await app.inject('/privacy'))

  for (const [model, rules] of Object.entries(personalData)) {
    const columns = Object.entries(rules).filter(([, rule]) => rule === 'booking').map(([column]) => column)
    const told = Object.entries(said[model] ?? {})
    for (const [sentence] of told) t.ok(text.includes(sentence), sentence)
    const names = new Set(told.flatMap(([, names]) => names))
    t.strictSame(columns.filter(column => !names.has(column) && !names.has('*')), [], `of ${model} nothing is kept in silence`)
  }
})
