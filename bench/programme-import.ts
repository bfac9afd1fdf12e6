import { createSignInLink } from '../src/identity/sign-in/commands.ts'
import { systemClock } from '../src/platform/clock.ts'
import { programmeFileOf } from '../src/programme/programme-file/csv-file.ts'
import { programmeColumns } from '../src/programme/programme-file/schema.ts'
import type { ProgrammeCells } from '../src/programme/programme-file/schema.ts'
import type { Bench } from './service.ts'

/** How long each step took over HTTP, in seconds. */
export interface ImportTimes {
  upload: number
  preview: number
  import: number
}

/**
 * Has an admin upload a file of so many new activities of a new campaign, read what it would do, and import it; then
 * the same file with another time in each row, so that each activity changes.
 */
export async function measureImport (
  { db, url }: Bench, activities: number
): Promise<{ created: ImportTimes, changed: ImportTimes }> {
  const cookie = await anAdmin({ db, url })
  const campaign = `import-${Date.now()}`
  await db.campaign.create({ data: { slug: campaign, title: 'Imported', kind: 'week-of-action', partnership: 'A partnership' } })
  const rows = (hour: number) => Array.from({ length: activities }, (_, n): ProgrammeCells => ({
    ...Object.fromEntries(programmeColumns.map(column => [column, ''])) as ProgrammeCells,
    campaign,
    title: `Safer internet at school ${n}`,
    slug: `${campaign}-${n}`,
    kind: 'school-session',
    starts: `2030-02-${String(5 + n % 7).padStart(2, '0')} ${hour}:00`,
    ends: `2030-02-${String(5 + n % 7).padStart(2, '0')} ${hour + 1}:00`,
    venue: `School ${n}`,
    audiences: 'young-people;parents',
    visibility: 'public',
    booking: 'invitation',
    summary: 'What to do when something online does not feel right, and who to tell. '.repeat(4),
    status: 'published'
  }))
  const times = async (hour: number) => await timesOf({ url, cookie }, programmeFileOf(rows(hour)))
  const [created, changed] = [await times(9), await times(13)]
  const found = await db.activity.count({ where: { campaign: { slug: campaign }, startsAt: { gte: new Date('2030-02-05T13:00Z') } } })
  if (found < activities) throw new Error(`Of ${activities} activities only ${found} were imported.`)
  return { created, changed }
}

async function timesOf ({ url, cookie }: { url: string, cookie: string }, csv: string): Promise<ImportTimes> {
  const form = new FormData()
  form.append('file', new File([csv], 'programme.csv', { type: 'text/csv' }))
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  const send = async (path: string, body: FormData | URLSearchParams) =>
    await timed(async () => await fetch(`${url}${path}`, { method: 'POST', body, headers, redirect: 'manual' }), 303)

  const upload = await send('/staff/programme', form)
  const path = upload.answer.headers.get('location') ?? ''
  const preview = await timed(async () => await fetch(`${url}${path}`, { headers }), 200)
  const confirmed = /name="confirmed" value="([^"]*)"/.exec(preview.text)?.[1] ?? ''
  const done = await send(path, new URLSearchParams({ confirmed }))
  return { upload: upload.seconds, preview: preview.seconds, import: done.seconds }
}

async function timed (act: () => Promise<Response>, status: number) {
  const before = performance.now()
  const answer = await act()
  const text = await answer.text()
  const seconds = (performance.now() - before) / 1000
  if (answer.status !== status) throw new Error(`Answered with ${answer.status}: ${/<h1[^]*?<.h1>/.exec(text)?.[0] ?? text.slice(0, 200)}`)
  return { answer, text, seconds }
}

async function anAdmin ({ db, url }: Pick<Bench, 'db' | 'url'>): Promise<string> {
  const { email } = await db.staffMember.create({
    data: { email: `admin-${Date.now()}@council.example`, name: 'Olu Organiser', role: 'admin' }
  })
  const link = await createSignInLink(db, { email, publicUrl: url }, systemClock())
  const signedIn = await fetch(link, { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } })
  return signedIn.headers.getSetCookie().map(cookie => cookie.split(';')[0]).join('; ')
}
