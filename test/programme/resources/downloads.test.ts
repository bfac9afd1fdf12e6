import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { fileNameOf, mediaTypeOf } from '../../../src/programme/resources/download.ts'
import { listDownloads } from '../../../src/programme/resources/download-queries.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aDownload, aPdf, aResource } from '../../support/resources.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { upload } from '../../support/uploads.ts'
import { aCampaign } from '../../support/world.ts'

const url = '/staff/resources/downloads'

t.test('a file that staff add can be downloaded by anyone, is saved and never shown, and is sent once', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const { id: resource } = await aResource(db, { name: 'Posters' })
  const fields = { ...filledIn((await app.inject({ url, headers })).body), title: 'Poster “It’s Not OK”\u202E', language: 'Polish', resource }

  for (const again of ['once', 'twice']) {
    const answer = await upload(app, url, { fields, files: { file: [aPdf] } }, headers)
    t.match(answer, { statusCode: 303 }, again)
  }

  t.equal(await db.download.count(), 1)
  const page = await app.inject('/resources')
  t.match(perceived(page).text, /Posters .* Poster “It’s Not OK” \( ?PDF, 1 KB, Polish ?\)/)
  const href = /\/downloads\/[^"]+/.exec(page.body)?.[0] ?? ''
  const file = await app.inject(href)
  t.strictSame(new Uint8Array(file.rawPayload), aPdf)
  const etag = `"${createHash('sha256').update(aPdf).digest('hex')}"`
  t.match(file.headers, {
    'content-type': 'application/pdf',
    'content-disposition': 'attachment; filename="poster-its-not-ok.pdf"',
    'x-content-type-options': 'nosniff',
    etag
  })
  t.match(await app.inject({ url: href, headers: { 'if-none-match': etag } }), { statusCode: 304, body: '' })

  const { id } = await db.download.findFirstOrThrow()
  t.equal((await post(app, `${url}/${id}/removal`, {}, headers)).statusCode, 303)
  const again = await post(app, `${url}/${id}/removal`, {}, headers)
  t.equal(again.statusCode, 404)
  t.match(perceived(again).text, 'There is no such file, or not any more.')
  t.equal(await db.auditEntry.count({ where: { action: 'download.removed' } }), 1)
  t.equal((await app.inject(href)).statusCode, 404)
  t.equal((await app.inject('/downloads/nonsense/poster.pdf')).statusCode, 404)
})

t.test('what is no PDF, PNG or JPEG is refused whatever its name says, and what was typed stays', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const fields = { ...filledIn((await app.inject({ url, headers })).body), title: 'Poster', language: 'Polish' }
  const svg = new Uint8Array(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'))

  const refused = await upload(app, url, { fields, files: { file: [svg] } }, headers)
  t.match(perceived(refused).errors, [{ field: 'file', sentence: /^Choose a PDF, PNG or JPEG file/ }])
  t.match(filledIn(refused.body), { title: 'Poster', language: 'Polish' })
  const none = await upload(app, url, { fields, files: { file: [] } }, headers)
  t.match(perceived(none).errors, [{ field: 'file', sentence: 'Choose a file' }])
  const large = new Uint8Array(10 * 1024 * 1024 + 1)
  large.set(aPdf)
  t.match(perceived(await upload(app, url, { fields, files: { file: [large] } }, headers)).errors, [{ field: 'file' }])
  t.equal(await db.download.count(), 0)
})

t.test('files of a campaign are found by it, and do not stand where everyone would learn of it', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db)
  await aDownload(db, { title: 'Marker', campaignId })
  await aDownload(db, { title: 'Leaflet' })

  t.match(await listDownloads(db, { campaignId }), [{ title: 'Marker' }])
  const { body } = await app.inject('/resources')
  t.match(body, 'Leaflet')
  t.notMatch(body, 'Marker')
})

t.test('a file is what its first bytes say, and its name is safe', async t => {
  t.equal(mediaTypeOf(aPdf), 'application/pdf')
  t.equal(mediaTypeOf(Uint8Array.of(0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0)), 'image/png')
  t.equal(mediaTypeOf(Uint8Array.of(0xFF, 0xD8, 0xFF, 0xE0)), 'image/jpeg')
  fc.assert(fc.property(fc.string(), text => mediaTypeOf(Buffer.from(`<${text}`)) === undefined))
  t.equal(fileNameOf('', 'image/jpeg'), 'download.jpg')
})
