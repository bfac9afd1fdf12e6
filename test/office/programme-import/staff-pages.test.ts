import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import t from 'tap'
import type { Test } from 'tap'
import { dropOldUploads } from '../../../src/office/programme-import/commands.ts'
import { readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { programmeColumns } from '../../../src/programme/programme-file/schema.ts'
import type { StaffMember } from '../../../src/platform/database/generated/client.ts'
import { filledIn, tokenOn } from '../../support/filled-in.ts'
import { eventually } from '../../support/running-service.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { upload } from '../../support/uploads.ts'
import { aBooking, aCampaign, anActivity, announced, countWaitingForLocks, noon, warm } from '../../support/world.ts'

type Row = Partial<Record<string, string>>

/** A new activity of the campaign `its-not-ok`. */
const surgery: Row = {
  campaign: 'its-not-ok',
  title: 'Street surgery',
  kind: 'street-surgery',
  starts: '2026-12-01 10:00',
  ends: '2026-12-01 12:00',
  venue: 'Market Place',
  booking: 'drop-in',
  visibility: 'public',
  status: 'published'
}

function fileOf (...rows: Row[]): Buffer {
  const columns = [...programmeColumns, 'edition']
  return Buffer.from(stringify(rows.map(row => columns.map(column => row[column] ?? '')), { header: true, columns }))
}

/** A member of staff, an admin by default, who downloads, uploads and imports. */
async function context (t: Test, given: Partial<StaffMember> = {}) {
  const its = await service(t)
  const campaign = await aCampaign(its.db, { slug: 'its-not-ok' })
  return { ...its, campaign, ...await atWork(its, given) }
}

async function atWork (
  { app, db }: Pick<Awaited<ReturnType<typeof service>>, 'app' | 'db'>, given: Partial<StaffMember> = {}
) {
  const { headers, member } = await signedIn(app, db, given)
  const get = async (url: string) => await app.inject({ url, headers })
  const send = async (file: Uint8Array) => await upload(app, '/staff/programme', { files: { file: [file] } }, headers)
  /** Uploads a file, and gets the page that says what it would do. */
  const read = async (file: Uint8Array) => {
    const { headers: { location = '' } } = await send(file)
    return { url: location, page: await get(location) }
  }
  const confirm = async ({ url, page }: Awaited<ReturnType<typeof read>>) =>
    await post(app, url, filledIn(page.body), headers)
  const importFile = async (file: Uint8Array) => await confirm(await read(file))
  const download = async (campaign = '') => {
    const answer = await post(app, '/staff/programme/download', { campaign }, headers)
    return { answer, rows: readProgrammeFile(answer.rawPayload).map(({ cells, edition = '' }): Row => ({ ...cells, edition })) }
  }
  return { headers, member, get, send, read, confirm, importFile, download }
}

t.test('a file is read before anything is saved: new activities, every cell that changes, and who is told', async t => {
  const { db, campaign, read, confirm, download, get } = await context(t)
  const workshop = await anActivity(db, { campaignId: campaign.id, title: 'Staying safe', capacity: 20 })
  const quiet = await anActivity(db, { campaignId: campaign.id, title: 'Poster' })
  for (let n = 0; n < 3; n++) await aBooking(db, workshop.id, { email: `n${n}@example.org` })
  await aBooking(db, workshop.id, { name: 'Wanda Waits', email: 'wanda@example.org', status: 'waiting' })
  await aBooking(db, workshop.id, { name: 'Carol', email: null, canonicalEmail: null, phone: '01539 722722' })
  const { rows } = await download()
  const moved = rows.map(row => row.slug === workshop.slug
    ? { ...row, title: 'Staying safe online', starts: '2026-12-08 18:00', ends: '2026-12-08 18:30', capacity: '30' }
    : row)

  const shown = await read(fileOf(...moved, surgery))

  const { h1, text } = perceived(shown.page)
  t.equal(h1, 'Do you want to import this file?')
  t.match(text, /1 activity is new\. It is published at once\. 1 activity changes\. 3 people get an updated invitation\. /)
  t.match(text, /1 person who is waiting is told by email\. Emails do not reach 1 person: call them\. Call/)
  t.match(text, /Emails do not reach 1 person: call them\. Call, because emails do not reach them Carol 01539 722722/)
  t.match(text, /1 other activity in the file stays as it is\./)
  t.match(text, /Staying safe row \d Title Staying safe online Was: Staying safe Starts 2026-12-08 18:00 Was: 2026-12-01 18:00/)
  t.match(text, /Capacity 30 Was: 20/)
  t.match(text, /What is new .* Street surgery street-surgery Tuesday 1 December 2026.* Market Place Published/)
  t.notMatch(text, /Poster/, 'what stays is not listed')
  t.equal(await db.activity.count(), 2)
  t.match(await db.activity.findUnique({ where: { id: workshop.id } }), { title: 'Staying safe', capacity: 20 })
  t.strictSame(await announced(db, 'booking.changed'), [])

  const done = await confirm(shown)

  t.equal(done.headers.location, shown.url)
  t.match(perceived(await get(shown.url)).text, /The file is imported\. .* 1 activity is new\. 1 activity has changed\. 1 activity is as it was\./)
  t.match(await db.activity.findUnique({ where: { id: workshop.id } }), { title: 'Staying safe online', capacity: 30 })
  t.match(await db.activity.findUnique({ where: { slug: 'street-surgery' } }), { status: 'published', venue: 'Market Place' })
  t.match(await db.activity.findUnique({ where: { id: quiet.id } }), { title: 'Poster', icalSequence: quiet.icalSequence })
  t.equal((await announced(db, 'booking.changed')).length, 5)
})

t.test('who downloaded and imported what stays in the trail', async t => {
  const { db, member, campaign, download, importFile } = await context(t)
  const { slug } = await anActivity(db, { campaignId: campaign.id, title: 'Staying safe' })
  const { rows } = await download('its-not-ok')
  await importFile(fileOf(...rows.map(row => ({ ...row, title: 'Safer' })), surgery))

  const trail = await db.auditEntry.findMany({
    where: {
      action: {
        in: [
          'programme.exported', 'programme.imported', 'activity.created', 'activity.changed'
        ]
      }
    },
    orderBy: { id: 'asc' }
  })
  t.strictSame(trail.map(({ action, subject, details }) => [action, subject, details]), [
    ['programme.exported', null, { activities: 1, campaign: 'its-not-ok' }],
    ['activity.created', 'street-surgery', { title: 'Street surgery' }],
    ['activity.changed', slug, { title: ['Staying safe', 'Safer'] }],
    ['programme.imported', null, { created: 1, updated: 1, unchanged: 0 }]
  ])
  t.ok(trail.every(({ staffMemberId }) => staffMemberId === member.id))
})

t.test('a link to join is in no file and on no page, and stays', async t => {
  const { db, campaign, read, importFile, download } = await context(t)
  await anActivity(db, { campaignId: campaign.id })
  const link = 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T'
  const { rows } = await download()
  const shown = await read(fileOf(...rows.map(row => ({ ...row, join_url: link }))))
  t.match(perceived(shown.page).text, /Join url A Teams link Was: Nothing/)
  t.notMatch(shown.page.body, 'Kx8sJw2')
  await importFile(fileOf(...rows.map(row => ({ ...row, join_url: link }))))

  const { answer, rows: again } = await download()
  t.notMatch(answer.body, 'Kx8sJw2')
  t.notMatch(await db.programmeUpload.findMany(), /Kx8sJw2/)
  t.notMatch(JSON.stringify(await db.auditEntry.findMany({ select: { details: true } })), /Kx8sJw2/)
  const same = perceived((await read(fileOf(...again))).page)
  t.equal(same.h1, 'This file changes nothing')
})

t.test('everything that is wrong with a file is told at once, by row and column, and it has no button', async t => {
  const { db, read, send } = await context(t)

  const { page } = await read(fileOf(surgery, { ...surgery, starts: '2027-03-28 01:30', kind: 'webinar' }, { ...surgery, campaign: 'nowhere' }))

  const { h1, text } = perceived(page)
  t.equal(h1, 'This file cannot be imported yet')
  t.match(text, /3 things are wrong/)
  t.match(text, /3 kind Must be one of awareness-session.* 3 starts Is 2027-03-28 01:30, a time that does not exist in Europe\/London.* 4 campaign Names the campaign nowhere, which does not exist/)
  t.equal(tokenOn(page.body), '')
  t.equal(await db.activity.count(), 0)

  const odd = await send(Buffer.from('name,when\nx,y\n'))
  t.equal(odd.statusCode, 400)
  t.match(perceived(odd).text, /There is a problem Nothing was imported.*The file does not say which column is which/)
  const nothing = await send(Buffer.from(''))
  t.match(perceived(nothing).text, /The file is empty/)
})

t.test('a form without a file, and a file of a million rows, are refused at once with a sentence', async t => {
  const { app, db, headers, send } = await context(t)

  const none = await upload(app, '/staff/programme', { files: { file: [] } }, headers)
  t.equal(none.statusCode, 400)
  t.match(perceived(none).errors, [{ field: 'file', sentence: 'Choose the file with your programme' }])

  const huge = await send(Buffer.concat([fileOf(surgery), Buffer.alloc(6_300_000, 'a,b,c,d\n')]))
  t.equal(huge.statusCode, 400)
  t.match(perceived(huge).errors, [{ field: 'file', sentence: 'A file is too large: it may have up to 6 MB. Choose a smaller one.' }])
  t.equal(await db.programmeUpload.count(), 0)
})

t.test('a cell that someone else has changed since the download is refused, with both versions', async t => {
  const { db, campaign, read, importFile, download } = await context(t)
  const { id } = await anActivity(db, { campaignId: campaign.id, title: 'Staying safe', venue: 'Library' })
  const { rows } = await download()
  await db.activity.update({ where: { id }, data: { title: 'Staying safer' } })
  const mine = rows.map(row => ({ ...row, title: 'Safe and sound' }))

  const { page } = await read(fileOf(...mine))

  t.match(perceived(page).text, /This file cannot be imported yet.*Someone else has changed some of it since you downloaded the file/)
  t.match(perceived(page).text, /2 title Was changed after this file was exported\. Now: “Staying safer”\. By this file: “Safe and sound”/)
  t.equal(tokenOn(page.body), '')
  t.equal((await importFile(fileOf(...mine))).statusCode, 409, 'nor is it imported without the page')
  t.match(await db.activity.findUnique({ where: { id } }), { title: 'Staying safer' })

  await importFile(fileOf(...mine.map(row => ({ ...row, edition: '' }))))
  t.match(await db.activity.findUnique({ where: { id } }), { title: 'Safe and sound' }, 'without an edition it is as the file says')
})

t.test('what changed since the page was read is shown anew, and not imported', async t => {
  const { db, campaign, read, confirm, download } = await context(t)
  const { id } = await anActivity(db, { campaignId: campaign.id, title: 'Staying safe' })
  await aBooking(db, id, { email: 'one@example.org' })
  const { rows } = await download()
  const moved = rows.map(row => ({ ...row, starts: '2026-12-08 18:00', ends: '2026-12-08 18:30' }))
  const shown = await read(fileOf(...moved))
  t.match(perceived(shown.page).text, /1 person gets an updated invitation/)
  await aBooking(db, id, { email: 'two@example.org' })

  const again = await confirm(shown)

  t.match(perceived(again).text, /Something has changed while you were reading.*2 people get an updated invitation\. New/)
  t.strictSame(await announced(db, 'booking.changed'), [])
  t.equal((await confirm({ ...shown, page: again })).statusCode, 303)
  t.equal((await announced(db, 'booking.changed')).length, 2)
})

t.test('pressed twice at once, the button imports the file once', async t => {
  const { db, read, confirm } = await context(t)
  const shown = await read(fileOf(surgery))
  await warm(db)

  const answers = await Promise.all([confirm(shown), confirm(shown), confirm(shown)])

  t.strictSame(answers.map(({ statusCode }) => statusCode), [303, 303, 303])
  t.equal(await db.activity.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'programme.imported' } }), 1)
})

t.test('of two files at once about one activity, one is imported and the other is shown anew', async t => {
  const its = await context(t)
  const colleague = await atWork(its)
  const { id } = await anActivity(its.db, { campaignId: its.campaign.id, title: 'Staying safe' })
  const { rows } = await its.download()
  const [mine, theirs] = [
    await its.read(fileOf(...rows.map(row => ({ ...row, title: 'Mine' })))),
    await colleague.read(fileOf(...rows.map(row => ({ ...row, title: 'Theirs' }))))
  ]
  await warm(its.db)

  const answers = await Promise.all([its.confirm(mine), colleague.confirm(theirs)])

  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 409])
  const { title } = await its.db.activity.findUniqueOrThrow({ where: { id } })
  t.equal(title, answers[0]?.statusCode === 303 ? 'Mine' : 'Theirs')
})

t.test('someone who books while a file is imported is counted, and asked about', async t => {
  const { db, campaign, read, confirm, download } = await context(t)
  const { id } = await anActivity(db, { campaignId: campaign.id, title: 'Staying safe' })
  await aBooking(db, id, { email: 'one@example.org' })
  const { rows } = await download()
  const shown = await read(fileOf(...rows.map(row => ({ ...row, ends: '2026-12-01 19:00' }))))

  const { answer } = await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${id}::uuid FOR UPDATE`
    const answer = confirm(shown)
    await eventually(async () => await countWaitingForLocks(db) > 0)
    await aBooking(tx as typeof db, id, { email: 'two@example.org' })
    return { answer }
  })

  t.match(perceived(await answer).text, /2 people get an updated invitation/)
  t.strictSame(await announced(db, 'booking.changed'), [])
})

t.test('an agency’s organiser downloads and changes what it leads, and what they enter it leads', async t => {
  const its = await service(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  const police = await anAgency(its.db, { slug: 'police', name: 'Cumbria Police' })
  const nspcc = await anAgency(its.db, { slug: 'nspcc', name: 'NSPCC' })
  const theirs = await anActivity(its.db, { campaignId, slug: 'theirs', leadAgencyId: police.id })
  const joint = await anActivity(its.db, { campaignId, slug: 'joint', leadAgencyId: nspcc.id })
  await its.db.activityPartner.create({ data: { activityId: joint.id, agencyId: police.id } })
  await anActivity(its.db, { campaignId, slug: 'hidden', title: 'Hidden marker', visibility: 'agency', leadAgencyId: nspcc.id })
  const { read, importFile, download } = await atWork(its, { role: 'organiser', agencyId: police.id })

  const { rows } = await download()
  t.strictSame(rows.map(({ slug }) => slug), [theirs.slug])
  await importFile(fileOf({ ...surgery, slug: 'ours' }))
  t.match(await its.db.activity.findUnique({ where: { slug: 'ours' } }), { leadAgencyId: police.id })

  const { text } = perceived((await read(fileOf(
    { ...surgery, slug: 'joint' }, { ...surgery, slug: 'given-away', lead_agency: 'nspcc' },
    { ...surgery, slug: 'another', partner_agencies: 'Fire service' }
  ))).page)
  t.match(text, /2 slug Is of an activity that another organisation runs.* 3 lead_agency Must be empty, or Cumbria Police.* 4 partner_agencies Names Fire service, which is not on the list of organisations/)
  t.equal(await its.db.agency.count(), 2)
})

t.test('an activity that someone may not know of answers like none: its slug is passed over, its row as if deleted', async t => {
  const its = await service(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok' })
  const [police, nspcc] = [await anAgency(its.db, { name: 'Cumbria Police' }), await anAgency(its.db, { name: 'NSPCC' })]
  const hidden = await anActivity(its.db, { campaignId, slug: 'hidden', title: 'Hidden marker', visibility: 'agency', leadAgencyId: nspcc.id })
  const admin = await atWork(its)
  const { rows: [exported = {}] } = await admin.download()
  const gone = { ...exported, slug: 'gone', edition: '' }
  await admin.importFile(fileOf(gone))
  const deleted = (await admin.download()).rows.find(({ slug }) => slug === 'gone') ?? {}
  await its.db.activity.delete({ where: { slug: 'gone' } })
  const { read, importFile } = await atWork(its, { role: 'organiser', agencyId: police.id })

  const [ofHidden, ofDeleted] = [await read(fileOf(exported)), await read(fileOf(deleted))]
    .map(({ page }) => perceived(page).text)
  t.match(ofHidden, /Is of an activity that was deleted, or that is not yours any more/)
  t.equal(ofHidden, ofDeleted)
  t.notMatch((await read(fileOf({ ...surgery, slug: 'hidden' }))).page.body, /Hidden marker/)

  await importFile(fileOf({ ...surgery, slug: 'hidden' }))
  t.match(await its.db.activity.findUnique({ where: { id: hidden.id } }), { title: 'Hidden marker' })
  t.match(await its.db.activity.findUnique({ where: { slug: 'hidden-2' } }), { title: 'Street surgery' })
})

t.test('that a venue is a secret place of another agency is not to be learned by importing it', async t => {
  const its = await service(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const [police, nspcc] = [await anAgency(its.db, { name: 'Cumbria Police' }), await anAgency(its.db, { name: 'NSPCC' })]
  const training = { ...surgery, kind: 'training', venue: 'Rose House', booking: 'places', capacity: '9', status: 'draft' }
  const [ours, theirs] = [
    await atWork(its, { role: 'organiser', agencyId: police.id }), await atWork(its, { role: 'organiser', agencyId: nspcc.id })
  ]
  await ours.importFile(fileOf(training))
  await its.db.activity.updateMany({ data: { hasSecretPlace: true } })
  const copy = fileOf({ ...training, slug: 'copy' })

  t.match(perceived((await ours.read(copy)).page).text, /Only people who have a place are told the venue/)
  t.notMatch(perceived((await theirs.read(copy)).page).text, /Only people who have a place/)
})

t.test('rows without a slug that others may never know of have addresses that nobody guesses, and find their own again', async t => {
  const its = await service(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const [police, nspcc] = [await anAgency(its.db, { name: 'Cumbria Police' }), await anAgency(its.db, { name: 'NSPCC' })]
  const hidden = { ...surgery, visibility: 'agency', status: 'draft' }
  const file = fileOf(hidden, hidden, { ...hidden, visibility: 'operational' }, surgery)
  const ours = await atWork(its, { role: 'organiser', agencyId: police.id })
  const slugs = async (leadAgencyId: string) => {
    const rows = await its.db.activity.findMany({ where: { leadAgencyId }, orderBy: { slug: 'asc' } })
    return rows.map(({ slug }) => slug)
  }

  await ours.importFile(file)
  const made = await slugs(police.id)
  t.match(made, [/^activity-[0-9a-f]{12}$/, 'street-surgery', /^street-surgery-[0-9a-f]{6}$/, /^street-surgery-[0-9a-f]{6}$/])
  t.equal(made.length, 4)
  t.equal(perceived((await ours.read(file)).page).h1, 'This file changes nothing')
  await ours.importFile(fileOf(hidden, { ...hidden, visibility: 'operational' }, { ...hidden, visibility: 'operational' }, surgery))
  t.strictSame(await slugs(police.id), made, 'nor does another answer to who may see it make another')

  await its.db.activity.deleteMany({ where: { slug: 'street-surgery' } })
  const theirs = await atWork(its, { role: 'organiser', agencyId: nspcc.id })
  await theirs.importFile(file)
  t.match(await slugs(nspcc.id), [/^activity-/, 'street-surgery', /^street-surgery-[0-9a-f]{6}$/, /^street-surgery-[0-9a-f]{6}$/],
    'a file of another agency does not notice')
  const atDawn = fileOf({ ...hidden, title: 'At dawn', visibility: 'operational' })
  const colleague = await atWork(its, { role: 'organiser', agencyId: police.id })
  for (const { importFile } of [ours, colleague]) t.equal((await importFile(atDawn)).statusCode, 303)
  t.match((await its.db.activity.findMany({ where: { title: 'At dawn' } })).map(({ slug }) => slug),
    [/^activity-[0-9a-f]{12}$/, /^activity-[0-9a-f]{12}$/], 'nor does a colleague who is not named')
})

t.test('a row without a slug finds what an earlier version made of its title alone', async t => {
  const { db, campaign, read } = await context(t)
  await anActivity(db, {
    campaignId: campaign.id,
    slug: 'street-surgery',
    visibility: 'agency',
    startsAt: new Date('2026-12-01T10:00Z'),
    endsAt: new Date('2026-12-01T12:00Z')
  })
  t.match(perceived((await read(fileOf({ ...surgery, visibility: 'agency' }))).page).text, /1 activity changes/)
})

t.test('the partnership’s own organisers cannot make work operational, which they could no longer see', async t => {
  const { read } = await context(t, { role: 'organiser' })

  const { page } = await read(fileOf({ ...surgery, visibility: 'operational' }))

  t.match(perceived(page).text, /2 visibility Must not be operational/)
})

t.test('in a campaign whose coordinators approve, what everyone reads of an agency’s file waits, and the rest is done', async t => {
  const its = await service(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok', needsApproval: true })
  const { id: leadAgencyId } = await anAgency(its.db)
  const shared = { campaignId, leadAgencyId }
  const published = await anActivity(its.db, { ...shared, slug: 'published', title: 'Staying safe' })
  const internal = await anActivity(its.db, { ...shared, slug: 'internal', visibility: 'agency' })
  await anActivity(its.db, { ...shared, slug: 'a-draft', status: 'draft' })
  const { member, read, importFile, download, get } = await atWork(its, { role: 'organiser', agencyId: leadAgencyId })
  const { rows } = await download()
  const row = (slug: string) => rows.find(row => row.slug === slug) ?? {}
  const asked = [{ ...row('published'), title: 'Staying safe online', capacity: '40' }, { ...row('internal'), visibility: 'public' }]
  const beyond = fileOf(...asked, { ...row('a-draft'), status: 'published' }, { ...surgery, slug: 'another' })

  const refused = await read(beyond)
  t.equal(perceived(refused.page).h1, 'This file cannot be imported yet')
  t.match(perceived(refused.page).text, /2 things are wrong.* 4 status Must be draft: in this campaign a coordinator approves.* 5 status Must be draft/)
  t.equal(tokenOn(refused.page.body), '')

  const { page } = await read(fileOf(...asked))
  t.match(perceived(page).text, /1 activity changes\. Changes of 2 activities wait for a coordinator\. Until then everyone reads what they read now\..*Capacity 40 Was: 20 Title Staying safe online Waits for a coordinator Now: Staying safe .*Visibility public Waits for a coordinator Now: agency/)
  const { headers: { location = '' } } = await importFile(fileOf(...asked))
  t.match(perceived(await get(location)).text, /1 activity has changed\. .*Changes of 2 activities wait for a coordinator\./)
  t.match(await its.db.activity.findMany({ orderBy: { slug: 'asc' } }), [
    { slug: 'a-draft', status: 'draft' }, { slug: 'internal', visibility: 'agency' },
    { slug: 'published', title: published.title, capacity: 40 }
  ])
  const proposals = async () => await its.db.proposal.findMany({ orderBy: { activity: { slug: 'asc' } } })
  const first = await proposals()
  t.match(first, [
    { changes: { visibility: ['agency', 'public'] }, askedById: member.id },
    { changes: { title: [published.title, 'Staying safe online'] } }
  ])
  t.notOk('capacity' in (first[1]?.changes as object), 'places are theirs to give, as on their page')
  await importFile(fileOf({ ...row('published'), title: 'Staying safe online', capacity: '40', edition: '' }, { ...row('internal'), visibility: 'public', edition: '' }))
  t.strictSame(await proposals(), first, 'asked twice, it is asked once')

  await importFile(fileOf({ ...row('published'), summary: 'Come!', edition: '', capacity: '40' }, { ...row('internal'), title: 'For us' }, { ...surgery, slug: 'another', status: 'draft' }))
  t.match((await proposals())[1], { changes: { title: [published.title, 'Staying safe online'], summary: ['', 'Come!'] } }, 'what a file does not touch waits on')
  t.match(await its.db.activity.findUnique({ where: { id: internal.id } }), { title: 'For us' }, 'what is not for everyone is theirs to change')
  t.match(await its.db.activity.findUnique({ where: { slug: 'another' } }), { status: 'draft' })

  await its.db.coordinator.create({ data: { campaignId, staffMemberId: member.id } })
  const draft = await its.db.activity.findUniqueOrThrow({ where: { slug: 'a-draft' } })
  await its.db.approvalRequest.create({ data: { activityId: draft.id, askedById: draft.id, askedAt: noon.toJSDate() } })
  const unread = await read(fileOf({ ...row('a-draft'), status: 'published' }))
  t.match(perceived(unread.page).text, /status Must be draft: someone asks for approval of it\. Read it on its page/)
  await its.db.approvalRequest.deleteMany()
  await importFile(fileOf({ ...row('published'), title: 'Staying safe at last', edition: '' }, { ...row('a-draft'), status: 'published' }))
  t.match(await its.db.activity.findUnique({ where: { id: published.id } }), { title: 'Staying safe at last' }, 'a coordinator may')
  t.match(await its.db.activity.findUnique({ where: { slug: 'a-draft' } }), { status: 'published' })
})

t.test('a number that stood in a text before its rule is taken out by a file too, and that waits', async t => {
  const its = await service(t)
  const { id: campaignId } = await aCampaign(its.db, { slug: 'its-not-ok', needsApproval: true })
  const { id: leadAgencyId } = await anAgency(its.db)
  await anActivity(its.db, { campaignId, leadAgencyId, slug: 'published', summary: 'Ring 07700 900123' })
  const { importFile, download } = await atWork(its, { role: 'organiser', agencyId: leadAgencyId })
  const { rows } = await download()

  await importFile(fileOf({ ...rows[0], summary: 'Ring 01204 337195' }))
  t.match(await its.db.proposal.findMany(), [{ changes: { summary: ['Ring 07700 900123', 'Ring 01204 337195'] } }])
})

t.test('a file is there for whoever uploaded it, and for a day', async t => {
  const its = await context(t)
  const { url } = await its.read(fileOf(surgery))
  const colleague = await atWork(its)

  t.equal((await colleague.get(url)).statusCode, 404)
  t.equal((await post(its.app, url, {}, colleague.headers)).statusCode, 404)
  t.equal((await its.get('/staff/programme/nothing')).statusCode, 404)
  t.equal(await dropOldUploads(its.db, noon.plus({ hours: 23 })), 0)
  t.equal(await dropOldUploads(its.db, noon.plus({ hours: 24 })), 1)
  t.equal((await its.get(url)).statusCode, 404)
})

t.test('rows of one title get addresses of their own, and importing them again changes nothing', async t => {
  const { db, importFile, read } = await context(t)
  const days = ['01', '02', '03'].map(day => ({ ...surgery, starts: `2026-12-${day} 10:00`, ends: `2026-12-${day} 12:00` }))

  await importFile(fileOf(...days))

  t.strictSame((await db.activity.findMany({ orderBy: { startsAt: 'asc' } })).map(({ slug }) => slug),
    ['street-surgery', 'street-surgery-2', 'street-surgery-3'])
  t.match(perceived((await read(Buffer.concat([fileOf(...days), Buffer.from('\n')]))).page).text, /This file changes nothing All its 3 activities are as the file says already/)
})

t.test('the week of action of 2015 is made by one file, and comes out as it went in', async t => {
  const { db, importFile, read, download } = await context(t)
  await db.campaign.deleteMany()
  await aCampaign(db, { slug: 'know-who-your-friends-are', kind: 'week-of-action' })
  const file = await readFile(join(import.meta.dirname, 'week-of-2015.csv'))

  const shown = await read(file)
  t.match(perceived(shown.page).text, /18 activities are new/)
  await importFile(file)

  const activities = await db.activity.findMany({ orderBy: { startsAt: 'asc' } })
  t.equal(activities.length, 18)
  t.strictSame(new Set(activities.map(({ kind }) => kind)), new Set([
    'press', 'advertising', 'social-media', 'awareness-session', 'street-surgery', 'school-session',
    'business-engagement', 'compliance-visit', 'disruption', 'launch'
  ]))
  const police = activities.filter(({ kind }) => ['compliance-visit', 'disruption'].includes(kind))
  t.ok(police.every(({ visibility }) => visibility === 'operational'))
  const { rows } = await download('know-who-your-friends-are')
  t.equal(perceived((await read(fileOf(...rows))).page).h1, 'This file changes nothing')
})

t.test('a Safer Internet Day of 300 activities takes as many queries as one of 30, new and changed', async t => {
  const its = await countedService(t)
  await aCampaign(its.db, { slug: 'its-not-ok' })
  const { read, confirm } = await atWork(its)
  const queriesFor = async (many: number, given: Row) => {
    const shown = await read(fileOf(...Array.from({ length: many }, (_, n) =>
      ({ ...surgery, ...given, title: `School ${n}`, slug: `school-${many}-${n}` }))))
    its.counted.queries = 0
    t.equal((await confirm(shown)).statusCode, 303)
    return its.counted.queries
  }
  const changed = { starts: '2026-12-02 10:00', ends: '2026-12-02 12:00', capacity: '20', venue: 'Hall' }

  const few = [await queriesFor(30, {}), await queriesFor(30, changed)]
  const many = [await queriesFor(300, {}), await queriesFor(300, changed)]

  t.equal(await its.db.activity.count(), 330)
  t.equal(await its.db.activity.count({ where: { venue: 'Hall' } }), 330)
  t.strictSame(many, few)
})
