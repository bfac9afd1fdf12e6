import { randomUUID } from 'node:crypto'
import t from 'tap'
import { mailboxOf } from '../../../src/booking/bookings/address.ts'
import { mostOfNetwork, mostUnconfirmed } from '../../../src/office/entries/enter.ts'
import { contextWith, keeping } from '../../support/email-context.ts'
import { aSchool, anEntry, anEntryForm, enter, ownLinkIn, press, tellEntrants } from '../../support/entries.ts'
import { filledIn } from '../../support/filled-in.ts'
import { linksToEntries, networkMark, perceived, post, service } from '../../support/service.ts'
import { noon } from '../../support/world.ts'

t.test('a mailbox is one, whatever follows a plus', async t => {
  for (const [address, mailbox] of [
    ['Anne+1@Example.org', 'anne@example.org'], ['anne@example.org', 'anne@example.org'], ['a+b+c@example.org', 'a@example.org'],
    ['anne@plus+sign.example', 'anne@plus+sign.example'], ['"a+@"@example.org', '"a@example.org']
  ] as const) t.equal(mailboxOf(address), mailbox)
})

t.test('a mailbox gets three emails about what it has not confirmed, from all campaigns and however many ask at once', async t => {
  let now = noon
  const its = await service(t, { clock: () => now })
  const { app, db } = its
  const forms = [await anEntryForm(db), await anEntryForm(db, { campaign: { title: 'Another week' } })]
  const ends = await Promise.all(forms.flatMap(({ slug }) => [1, 2, 3, 4].map(async n =>
    (await enter(app, slug, { email: `Victim+${n}@example.org`, title: `Lesson ${n}` }, `10.0.${n}.1`)).statusCode)))
  t.strictSame(ends.sort(), [303, 303, 303, 409, 409, 409, 409, 409])
  const [{ slug } = { slug: '' }] = forms
  const refused = await enter(app, slug, { email: 'victim@example.org', title: 'One more' })
  t.match(perceived(refused).errors, [{ field: 'form', sentence: /on its way to this address already/ }])
  t.match(filledIn(refused.body), { title: 'One more' })
  t.equal((await enter(app, slug, { email: 'other@example.org' })).statusCode, 303)

  const mailer = keeping()
  t.strictSame(await tellEntrants(its, contextWith(its, mailer)), [])
  const link = ownLinkIn(mailer.kept.find(({ to }) => to.startsWith('Victim'))?.text ?? '')
  await press(app, link, 'confirmation')
  t.equal((await enter(app, slug, { email: 'victim@example.org', title: 'One more' })).statusCode, 303, 'who confirms enters the next one')
  t.equal((await enter(app, slug, { email: 'victim@example.org', title: 'Two more' })).statusCode, 409)
  now = now.plus({ minutes: mostUnconfirmed.minutes })
  t.equal((await enter(app, slug, { email: 'victim@example.org', title: 'Two more' })).statusCode, 303)
})

t.test('one network does not close a form for everyone, and what is kept of it goes', async t => {
  const its = await service(t)
  const { app, db } = its
  const { id: campaignId, slug } = await anEntryForm(db)
  await db.entry.createMany({
    data: Array.from({ length: mostOfNetwork - 1 }, (_, n) => ({
      id: randomUUID(),
      campaignId,
      title: 'Made up',
      organisation: 'x',
      name: 'x',
      email: `x${n}@example.org`,
      canonicalEmail: `x${n}@example.org`,
      entered: aSchool,
      endsOn: new Date('2026-12-09'),
      network: networkMark('192.0.2.7'),
      receivedAt: noon.toJSDate()
    }))
  })
  t.equal((await enter(app, slug, { email: 'last@example.org' }, '192.0.2.200')).statusCode, 303)
  const refused = await enter(app, slug, {}, '192.0.2.9')
  t.equal(refused.statusCode, 409)
  t.match(perceived(refused).errors, [{ field: 'form', sentence: /from your network/ }])
  t.equal((await enter(app, slug, {}, '203.0.113.7')).statusCode, 303, 'a school elsewhere gets through')

  const { id, network } = await db.entry.findFirstOrThrow({ where: { email: aSchool.email } })
  t.notMatch(network, /203\.0|192\.0/, 'the network itself is not kept')
  const mailer = keeping()
  await tellEntrants(its, contextWith(its, mailer))
  await press(app, ownLinkIn(mailer.kept.find(({ to }) => to === aSchool.email)?.text ?? ''), 'confirmation')
  t.match(await db.entry.findUnique({ where: { id } }), { network: null, activityId: id })
})

t.test('a name that says something is in no email to an address that has confirmed nothing', async t => {
  const its = await service(t)
  const { app, db } = its
  const mailer = keeping()
  const { slug } = await anEntryForm(db)
  for (const name of ['Your account is locked ring 0800 496 0123', 'Your account is locked']) {
    t.equal((await enter(app, slug, { name, title: name })).statusCode, 303)
    await tellEntrants(its, contextWith(its, mailer))
    const [email] = mailer.kept.splice(0)
    t.match(email?.text, /\nHello,\n/)
    t.notMatch(`${email?.subject} ${email?.text} ${email?.html}`, /locked|0800 496/)
  }
})

t.test('an hour that comes twice: another time is asked for, and what organisers chose stays', async t => {
  const { app, db } = await service(t)
  const campaign = await anEntryForm(db, { campaign: { firstDay: new Date('2027-10-25'), lastDay: new Date('2027-11-01') } })
  const night = { starts_day: '2027-10-31', starts_time: '00:30', ends_time: '01:30' }
  const asked = await enter(app, campaign.slug, night)
  t.match(perceived(asked).errors, [{ field: 'ends_time', sentence: /comes twice.*2:30am/ }])
  t.equal((await enter(app, campaign.slug, { ...night, ends_time: '02:30' })).statusCode, 303)

  const endsAt = new Date('2027-10-31T01:30:00Z')
  const { id } = await anEntry(db, campaign, { activity: { startsAt: new Date('2027-10-30T23:30:00Z'), endsAt } })
  const link = `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}/change`
  const amend = async (given: Record<string, string>) =>
    await post(app, link, { ...filledIn((await app.inject(link)).body), audiences: 'parents', ...given })
  t.match((await amend({ summary: 'Bring a lamp.' })).headers.location, /done=saved$/)
  t.strictSame(await db.activity.findUnique({ where: { id }, select: { summary: true, endsAt: true } }), { summary: 'Bring a lamp.', endsAt })
  t.match(perceived(await amend({ starts_time: '01:30', ends_time: '03:00' })).errors, [{ field: 'starts_time', sentence: /comes twice/ }])
  t.match((await amend({ ends_time: '02:30' })).headers.location, /done=saved$/)
})
