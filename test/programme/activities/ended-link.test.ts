import t from 'tap'
import { endedLink, endedLinkAfter } from '../../../src/programme/activities/ended-link.ts'
import { linkEndsAt } from '../../../src/programme/teams/join-link.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl as classic } from '../../support/calendar-entry.ts'
import { editProgramme } from '../../support/editing.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { anActivity, noon, secretKey } from '../../support/world.ts'

const short = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const zone = 'Europe/London'
const seal = joinLinkSeal(secretKey)

t.test('a short link works for 60 days after its meeting, and a classic one for good', async t => {
  t.equal(linkEndsAt(short, noon)?.toISO(), noon.plus({ days: 60 }).toISO())
  t.equal(linkEndsAt(classic, noon), undefined)
  const pasted = { joinUrl: short, linkedMeetingEndsAt: noon }
  const at = (after: object) => ({ endsAt: noon.plus(after), zone })
  t.equal(endedLink(pasted, at({ days: 60 })), undefined)
  t.match(endedLink(pasted, at({ days: 60, minutes: 1 })),
    'The Teams link will have ended by then: it works until Friday 22 January 2027, 60 days after')
  t.equal(endedLink({ joinUrl: short, linkedMeetingEndsAt: undefined }, at({ days: 99 })), undefined,
    'a meeting that we make is moved along')
  t.strictSame(endedLinkAfter(pasted, { joinUrl: classic, ...at({ days: 99 }) }), [], 'another link is another matter')
})

t.test('moving an activity past that says so first, even if nobody is to be told, and after several moves', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { slug } = await anActivity(db, { joinUrlSealed: seal.close(short) })
  const href = `/staff/activities/${slug}/edit`
  const movedTo = async (day: string) => {
    const form = filledIn((await app.inject({ url: href, headers })).body)
    return await post(app, href, { ...form, starts_day: day }, headers)
  }

  t.equal((await movedTo('2027-01-10')).statusCode, 303, 'within 60 days')
  const late = await movedTo('2027-02-10')

  t.match(perceived(late).text, 'The Teams link will have ended by then: it works until Saturday 30 January 2027')
  t.match(perceived(late).text, 'Nothing is saved yet.')
})

t.test('an import says so in its line, and the page of the meeting as long as it is so', async t => {
  const its = await service(t)
  const { headers } = await signedIn(its.app, its.db)
  const { slug } = await anActivity(its.db, { joinUrlSealed: seal.close(short) })
  const page = async () => perceived(await its.app.inject({ url: `/staff/activities/${slug}/meeting`, headers })).text

  t.notMatch(await page(), 'will have ended')
  await editProgramme(its, { starts: '2027-02-10 18:00', ends: '2027-02-10 18:30' })

  t.match(await page(), 'The Teams link will have ended by then')
})
