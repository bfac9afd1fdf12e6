import { randomBytes } from 'node:crypto'
import t from 'tap'
import { clamd } from '../../src/platform/virus-scanner.ts'
import { clamdServer } from '../support/clamd-server.ts'
import { filledIn } from '../support/filled-in.ts'
import { aPdf } from '../support/resources.ts'
import { perceived, service } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { upload } from '../support/uploads.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { filesWith } from '../security/documents.ts'

t.test('a file arrives at the scanner whole, in pieces of its protocol', async t => {
  const server = await clamdServer(t)
  const { scan, verify } = clamd(server.address)
  const large = randomBytes(1_000_000)

  for (const bytes of [large, Buffer.alloc(0), Buffer.from('zPING\0'), new Uint8Array([0, 0, 0, 0])]) {
    t.equal(await scan(bytes), undefined)
    t.ok(server.scanned.at(-1)?.bytes.equals(bytes), `${bytes.length} bytes`)
  }
  t.strictSame(server.scanned[0]?.pieces, [262_144, 262_144, 262_144, 213_568])

  server.answer({ found: 'Win.Test.EICAR_HDB-1' })
  t.equal(await scan(large), 'Win.Test.EICAR_HDB-1')
  await verify()
})

t.test('a scanner that says anything else, nothing, or is away, has not found that a file is good', async t => {
  const server = await clamdServer(t)
  const { scan, verify } = clamd(server.address, { timeoutMs: 200 })

  for (const answer of [
    { error: 'INSTREAM size limit exceeded.' }, { error: 'stream: OK but' }, 'silence'
  ] as const) {
    server.answer(answer)
    await t.rejects(scan(aPdf), JSON.stringify(answer))
  }
  await server.stop()
  await t.rejects(scan(aPdf))
  await t.rejects(verify())
})

t.test('every form with a file is refused where the scanner finds something or does not answer, and keeps nothing', async t => {
  const server = await clamdServer(t)
  const { app, db } = await service(t, { virusScanner: clamd(server.address) })
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const { id, slug } = await anActivity(db, {
    startsAt: noon.minus({ minutes: 90 }).toJSDate(), endsAt: noon.minus({ hours: 1 }).toJSDate()
  })
  await aBooking(db, id)
  const forms = [
    { url: '/staff/resources/downloads', field: 'file', about: 'file', fields: { title: 'Poster', language: 'Polish' } },
    { url: '/staff/programme', field: 'file', about: 'file', fields: {} },
    { url: '/staff/scenarios/new', field: 'file', about: 'text', fields: { text: '* Listen' } },
    { url: `/staff/activities/${slug}/attendance-report`, field: 'report', about: 'report', fields: { source: 'Teams, from Olu' } }
  ]
  const send = async ({ url, field, fields }: typeof forms[number]) =>
    await upload(app, url, { fields, files: { [field]: [aPdf] } }, headers)
  const kept = async () => await Promise.all([
    db.download.count(), db.programmeUpload.count(), db.scenario.count(), db.auditEntry.count()
  ])
  const before = await kept()

  server.answer({ found: 'Win.Test.EICAR_HDB-1' })
  for (const form of forms) {
    const answer = await send(form)
    t.equal(answer.statusCode, 400, form.url)
    t.match(perceived(answer).errors, [{ field: form.about, sentence: /^This file has a virus or something like it in it/ }], form.url)
    t.match(filledIn(answer.body), form.fields, `${form.url}: what was typed stays`)
  }
  await server.stop()
  for (const form of forms) {
    const answer = await send(form)
    t.equal(answer.statusCode, 503, form.url)
    t.match(perceived(answer).errors, [{ field: form.about, sentence: /^The file cannot be checked for viruses just now/ }], form.url)
  }
  t.strictSame(await kept(), before)
  t.equal(server.scanned.length, forms.length)
  t.ok(server.scanned.every(({ bytes }) => bytes.equals(aPdf)))
  t.strictSame(filesWith(/\.(?:parts|file|files|saveRequestFiles|parseMultipart)\((?:\{ limits \})?\)/), ['src/platform/http/upload.ts'],
    'and no other file takes what is uploaded')
})

t.test('a file in which nothing is found is taken', async t => {
  const server = await clamdServer(t)
  const { app, db } = await service(t, { virusScanner: clamd(server.address) })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = '/staff/resources/downloads'

  const fields = { ...filledIn((await app.inject({ url, headers })).body), title: 'Poster', language: 'Polish' }
  const answer = await upload(app, url, { fields, files: { file: [aPdf] } }, headers)

  t.equal(answer.statusCode, 303)
  t.equal(await db.download.count(), 1)
})
