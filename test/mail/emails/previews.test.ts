import t from 'tap'
import { sampleEmail, sampleOccasion } from '../../../src/mail/emails/sample.ts'
import { families, kindsInWords } from '../../../src/mail/emails/in-words.ts'
import { kinds, outdatedReason, sequenceOf } from '../../../src/mail/emails/kinds.ts'
import type { EmailKind } from '../../../src/mail/emails/kinds.ts'
import { circumstances, circumstancesOf, givenCircumstances } from '../../../src/mail/emails/schema.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { nationalContacts } from '../../../src/programme/support/contact.ts'
import { partsOf, perceived, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon, secretKey } from '../../support/world.ts'

const everyKind = Object.keys(kinds) as EmailKind[]
const seal = joinLinkSeal(secretKey)
const context = partsOf({ db: undefined as never, outbox: undefined as never })

/** Every combination of the circumstances that emails depend on. */
const everyChoice = Object.entries(circumstances).reduce<Array<Record<string, string>>>((so, [name, choices]) =>
  so.flatMap(one => Object.keys(choices).map(choice => ({ ...one, [name]: choice }))), [{}])

t.test('every kind of email has a preview, with its subject, when it is sent, and both of its forms', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'staff' })

  const answer = await app.inject({ url: '/staff/letters/kinds', headers })

  const { text } = perceived(answer)
  t.equal(answer.statusCode, 200)
  for (const kind of everyKind) {
    const { subject, text: body } = sampleEmail(
      context, kind, circumstancesOf(givenCircumstances({})), nationalContacts, noon)
    t.ok(subject !== '' && text.includes(`From Online workshops Subject ${subject}`), kind)
    t.ok(text.includes(`${kindsInWords[kind].name} ${kindsInWords[kind].isSent}`), kind)
    t.ok(text.includes(body.replace(/\s+/g, ' ').trim().slice(0, 200)), `${kind} as text`)
    const frame = new RegExp(`<iframe [^>]*src="(/staff/letters/kinds/${kind}\\?[^"]*)" loading="lazy" title="[^"]+"`)
      .exec(answer.body)?.[1]?.replaceAll('&amp;', '&')
    const email = await app.inject({ url: frame ?? '', headers })
    t.equal(email.statusCode, 200)
    t.match(email.body, '<h1', kind)
    t.match(email.headers['content-security-policy'], /frame-ancestors 'self'.*sandbox/)
  }
  for (const family of Object.values(families)) t.match(answer.body, `<h2 class="govuk-heading-l">${family}</h2>`)
  t.match(answer.headers['content-security-policy'], "frame-src 'self'")
})

t.test('each is about a booking to which that email would go', async t => {
  for (const choice of everyChoice) {
    for (const kind of everyKind) {
      const { booking, at } = sampleOccasion(kind, circumstancesOf(givenCircumstances(choice)), seal, noon)
      const sequence = kind.startsWith('reminder') ? sequenceOf(booking.activity.startsAt) : booking.icalSequence + booking.offers
      t.equal(outdatedReason(kind, sequence, booking, at), undefined, kind)
    }
  }
})

t.test('all can be read under all circumstances, and no discreet email names the topic in its subject', async t => {
  t.equal(everyChoice.length, 16)
  for (const choice of everyChoice) {
    const given = circumstancesOf(givenCircumstances(choice))
    for (const kind of everyKind) {
      const { subject, text, html } = sampleEmail(context, kind, given, nationalContacts, noon)
      const name = `${kind}, ${JSON.stringify(choice)}`
      t.equal(subject.includes('Keeping your child safe online'), !given.isDiscreet, name)
      t.notMatch(`${text}${html}`, /undefined|\[object|\bNaN\b|\{\{/, name)
    }
  }
})

t.test('the choices change what is shown, and keep each other', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const look = async (query: string) => await app.inject({ url: `/staff/letters/kinds?${query}`, headers })
  const email = async (query: string) => (await app.inject({ url: `/staff/letters/kinds/place-confirmed?${query}`, headers })).body

  const plain = await look('')
  const chosen = await look('wording=open&entry=personal&places=3')
  const strange = await look('wording=__proto__&entry=constructor&places=1e9&place=%00&place=venue')

  t.match(perceived(plain).text, 'Subject Your place is booked: Online workshop – Example safeguarding partnership')
  t.match(perceived(chosen).text, 'Subject Your place is booked: Keeping your child safe online')
  t.match(chosen.body, 'href="/staff/letters/kinds?wording=open&amp;place=venue&amp;entry=personal&amp;places=3"')
  t.match(chosen.body, '<strong aria-current="true">Personal link</strong>')
  t.equal(perceived(strange).text, perceived(plain).text)
  t.match(await email('wording=open&entry=personal&places=3'), /Your 3 places are booked[^]*workshops\.example\.org\/join\//)
  t.match(await email(''), 'teams.microsoft.com')
  t.notMatch(await email('place=venue'), /teams\.microsoft\.com|\/join\//)
})

t.test('nobody who booked is in any of them, and nothing is written down', async t => {
  const { app, db } = await service(t)
  await aBooking(db, (await anActivity(db)).id)
  const { headers } = await signedIn(app, db)

  const { body } = await app.inject({ url: '/staff/letters/kinds', headers })

  t.notMatch(body, 'Kirkbride')
  t.match(body, 'Hello Alex Example')
  t.equal(await db.email.count(), 0)
})

t.test('a kind that does not exist is not found, and a stranger is asked to sign in', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  for (const kind of ['nonsense', 'constructor', '__proto__', '..%2Flayout', '%00']) {
    t.equal((await app.inject({ url: `/staff/letters/kinds/${kind}`, headers })).statusCode, 404, kind)
  }
  t.equal((await app.inject({ url: '/staff/letters/kinds/thank-you' })).headers.location, '/staff/sign-in')
})
