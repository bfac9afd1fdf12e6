import t from 'tap'
import { changeArrangements } from '../../../src/office/editor/arrangements.ts'
import { setJoinLink } from '../../../src/office/meetings/join-link.ts'
import { invitation } from '../../../src/mail/invitations/invitation.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { confirming } from '../../support/confirming.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { personalLinks, service } from '../../support/service.ts'
import { organiser } from '../../support/staff.ts'
import { aBooking, anActivity, noon, secretKey, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const another = 'https://teams.microsoft.com/meet/39127460835?p=Kc3mWq8vTz2nLx'
const ownWay = 'https://workshops.example.org/join/C516bmo'
const personal = { joinUrl: ownWay, isPersonal: true }

/** Every email that is sent because of the facts announced so far. */
async function emailsOf (w: World): Promise<Message[]> {
  const mailer = keeping()
  t.strictSame(await doJobs(w, contextWith(w, mailer)), [])
  return mailer.kept
}

const unfolded = (calendar = '') => calendar.replaceAll('\r\n ', '')

t.test('an email with a personal link says whose it is and when it opens, and never has the Teams link', async t => {
  const w = await world(t)
  const { id: activityId } = await anActivity(w.db, { joinMode: 'personal', joinUrlSealed: seal.close(joinUrl) })
  const { id } = await aBooking(w.db, activityId)
  const way = `https://workshops.example.org/join/${personalLinks.tokenOf(id)}`
  await w.db.$transaction(async tx => { await w.outbox.announce(tx, 'booking.confirmed', [{ bookingId: id, sequence: 0 }]) })

  const [{ text = '', html = '', calendar } = {}] = await emailsOf(w)

  t.match(text.replaceAll(/\s+/g, ' '), 'This link is only for you. It opens at 5:45pm. Please do not pass it on.')
  t.ok(text.split('\n').includes(way))
  t.match(html, `href="${way}"`)
  t.match(unfolded(calendar?.content), `This link is only for you. It opens at 5:45pm. Please do not pass it on:\\n${way}\\n`)
  t.notMatch(text + html + unfolded(calendar?.content), /teams\.microsoft|meetup-join/)
})

t.test('the personal link is in the email even where organisers have not given a Teams link', async t => {
  const w = await world(t)
  const { id } = await aBooking(w.db, (await anActivity(w.db, { joinMode: 'personal' })).id)
  await w.db.$transaction(async tx => { await w.outbox.announce(tx, 'booking.confirmed', [{ bookingId: id, sequence: 0 }]) })

  const [{ text = '' } = {}] = await emailsOf(w)

  t.match(text, `https://workshops.example.org/join/${personalLinks.tokenOf(id)}`)
  t.notMatch(text, 'We will send you the link')
})

t.test('a calendar has Outlook’s own button for the Teams link and for no other', async t => {
  for (const method of ['REQUEST', 'PUBLISH', 'CANCEL'] as const) {
    const own = unfolded(invitation(method, anEntry(personal), noon))
    const shared = unfolded(invitation(method, anEntry(), noon))
    const isThere = method !== 'CANCEL'

    t.notMatch(own, /^X-MICROSOFT-(SKYPETEAMS|ONLINE)/m, method)
    t.equal(own.includes(`\r\nURL;VALUE=URI:${ownWay}\r\n`), isThere, method)
    t.equal(own.includes(`:${ownWay}\r\n`) && own.includes('\r\nCONFERENCE;'), isThere, method)
    t.equal(shared.includes(`\r\nX-MICROSOFT-SKYPETEAMSMEETINGURL:${joinUrl}\r\n`), isThere, method)
    t.equal(shared.includes(`\r\nX-MICROSOFT-ONLINEMEETINGEXTERNALLINK:${joinUrl}\r\n`), isThere, method)
  }
  const early = anEntry({ ...personal, activity: { startsAt: noon.set({ hour: 0, minute: 5 }), endsAt: noon } })
  t.match(unfolded(invitation('REQUEST', early, noon)), 'It opens on Sunday 22 November 2026 at 11:50pm. Please do not pass it on:')
})

t.test('a new Teams link is emailed to people who had the old one, and not to those with a personal link', async t => {
  for (const [entry, emails] of [['invitation', 1], ['personal', 0]] as const) {
    const w = await world(t)
    const { id: activityId } = await anActivity(w.db, { joinMode: entry, joinUrlSealed: seal.close(joinUrl) })
    const { id } = await aBooking(w.db, activityId)

    await confirming(async confirmed =>
      await setJoinLink(w.db, w.outbox, seal, activityId, { joinUrl: another, confirmed }, organiser, noon))
    const sent = await emailsOf(w)

    t.equal(sent.length, emails, entry)
    t.equal(sent.filter(({ text }) => text.includes(another)).length, emails, entry)
    t.match(await w.db.booking.findUnique({ where: { id } }), { icalSequence: emails }, entry)
  }
})

t.test('everyone who has a place is emailed another way in, and the old one keeps working', async t => {
  const w = await service(t, { clock: () => noon.plus({ days: 8, hours: 6 }) })
  const { id: activityId } = await anActivity(w.db, { joinUrlSealed: seal.close(joinUrl) })
  const { id } = await aBooking(w.db, activityId)
  await aBooking(w.db, activityId, { status: 'waiting' })
  await aBooking(w.db, activityId, { status: 'cancelled' })
  const path = `/join/${personalLinks.tokenOf(id)}`
  const arrange = async (entry: 'personal' | 'invitation') =>
    await confirming(async confirmed => {
      const draft = { joinMode: entry, reminders: [], followUp: true }
      await changeArrangements(w.db, w.outbox, activityId, { draft, confirmed }, organiser, noon)
    })

  await arrange('personal')
  const there = await emailsOf(w)
  await arrange('invitation')
  const back = await emailsOf(w)

  t.equal(there.length, 1)
  t.match(there[0]?.text, path)
  t.match(there[0]?.calendar?.content, /\r\nSEQUENCE:1\r\n/)
  t.equal(back.length, 1)
  t.match(back[0]?.text, joinUrl)
  t.match(back[0]?.calendar?.content, /\r\nSEQUENCE:2\r\n/)
  t.match((await w.app.inject(path)).body, 'Join the workshop')
})
