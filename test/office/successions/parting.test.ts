import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import t from 'tap'
import { carryOutSuccessions } from '../../../src/office/successions/carry-out.ts'
import { programmeColumns } from '../../../src/programme/programme-file/schema.ts'
import { readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { filledIn } from '../../support/filled-in.ts'
import { read } from '../../support/icalendar.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { upload } from '../../support/uploads.ts'
import { aBooking, aCampaign, anActivity } from '../../support/world.ts'

const theDay = DateTime.fromISO('2026-12-01T00:01', { zone: 'Europe/London' }).toUTC() as DateTime<true>

/** The steps of docs/run/reorganisation.md, “One service becomes two”, by the pages that people use. */
t.test('one service becomes two: what is booked stays where its links lead, the rest goes on under its address elsewhere', async t => {
  const [here, there] = [await service(t), await service(t)]
  const { headers } = await signedIn(here.app, here.db)
  const theirs = await signedIn(there.app, there.db)
  const [council, old] = ['Cumbria County Council', 'Cumbria partnership']
  const { id: agencyId } = await anAgency(here.db, { name: council, slug: 'cumbria' })
  const given = { campaignId: (await aCampaign(here.db, { slug: 'week', partnership: old })).id, leadAgencyId: agencyId }
  const booked = await anActivity(here.db, { ...given, slug: 'booked', title: 'Booked', district: 'Kendal' })
  await anActivity(here.db, { ...given, slug: 'street-surgery-kendal', title: 'Street surgery', district: 'Kendal' })
  await anActivity(here.db, { ...given, slug: 'carlisle', title: 'In Carlisle', district: 'Carlisle' })
  const { id: bookingId } = await aBooking(here.db, booked.id)
  const its = `/bookings/${links.tokenOf(bookingId)}`
  const entry = async () => read((await here.app.inject(`${its}/invitation.ics`)).body).events[0]?.uid
  const uid = await entry()

  // 1: the split, planned on its page, and its day.
  const url = '/staff/successions'
  const form = filledIn((await here.app.inject({ url, headers })).body)
  for (const [from, successor] of [[`partnership:${old}`, 'Westmorland partnership'], [`agency:${agencyId}`, 'Westmorland Council']] as const) {
    const asked = await post(here.app, url, { ...form, from, district: 'Kendal', successor, day: '2026-12-01' }, headers)
    t.equal((await post(here.app, url, filledIn(asked.body), headers)).statusCode, 303)
  }
  await carryOutSuccessions(here.db, here.outbox, theDay)

  // 3 and 4: the new service has its agency and campaign, and imports the lines that nobody has booked.
  await anAgency(there.db, { name: 'Westmorland Council', slug: 'westmorland-council' })
  await aCampaign(there.db, { slug: 'week', partnership: 'Westmorland partnership' })
  const file = await post(here.app, '/staff/programme/download', { campaign: 'week' }, headers)
  const lines = readProgrammeFile(file.rawPayload).map(({ cells }) => cells)
    .filter(({ slug, district }) => district === 'Kendal' && slug !== booked.slug)
  const rows = lines.map(cells => programmeColumns.map(column => cells[column]))
  const csv = Buffer.from(stringify(rows, { header: true, columns: [...programmeColumns] }))
  const { headers: { location = '' } } = await upload(there.app, '/staff/programme', { files: { file: [csv] } }, theirs.headers)
  const page = await there.app.inject({ url: location, headers: theirs.headers })
  t.equal(perceived(page).h1, 'Do you want to import this file?')
  t.equal((await post(there.app, location, filledIn(page.body), theirs.headers)).statusCode, 303)

  // 5: the old service cancels what left it: nobody has a place in it.
  const cancelling = '/staff/activities/street-surgery-kendal/cancellation'
  const asked = await here.app.inject({ url: cancelling, headers })
  const cancelled = await post(here.app, cancelling, { ...filledIn(asked.body), reason: 'It is on another website now.' }, headers)
  t.equal(cancelled.statusCode, 303)

  // 6 and 7: the address that the proxy redirects is one there, and what was booked goes on here.
  const moved = await there.app.inject('/activities/street-surgery-kendal')
  t.match([moved.statusCode, perceived(moved).text], [200, /Westmorland Council/])
  t.equal((await here.app.inject(its)).statusCode, 200)
  t.equal(await entry(), uid)
  t.match(perceived(await here.app.inject('/activities/booked')).text, 'Westmorland Council')
  t.equal(await there.db.booking.count(), 0)
  t.equal(await there.db.activity.count(), 1)
})
