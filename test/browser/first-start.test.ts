import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { joinUrl } from '../support/calendar-entry.ts'
import { placekeeper } from '../support/command.ts'
import { read } from '../support/icalendar.ts'
import { eventually, runService } from '../support/running-service.ts'
import { openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

t.test('from the first start to the first workshop that a parent has booked, on a phone without scripts',
  withBrowser, async t => {
    const service = await runService(t, {})
    const isFit = async (what: string) => {
      t.notOk(await scrollsSideways(page), `${what} does not scroll sideways`)
    }
    const press = async (name: string | RegExp) => { await page.getByRole('button', { name }).first().click() }
    const follow = async (name: string | RegExp) => { await page.getByRole('link', { name }).first().click() }
    const page = await openPage(t, plainPhone)

    await eventually(() => service.output().includes('staff link'))
    t.notMatch(service.output(), '/staff/sign-in/', 'no link stands where no terminal is')
    const [, admin = ''] = /staff link (\S+)/.exec(service.output()) ?? []
    const { out } = await placekeeper({ DATA_DIR: service.dataDir }, 'staff', 'link', admin)
    const [link = ''] = /http\S+\/staff\/sign-in\/\S+/.exec(out) ?? []
    await page.goto(link.replace(/^http:\/\/[^/]+/, service.url))
    await press('Sign in')
    await isFit('home')

    await follow('Campaigns')
    await press('Add a campaign')
    await isFit('a new campaign')
    await page.getByLabel('Title').fill('It’s Not OK')
    await page.getByLabel('Who runs it').fill('Cumbria Safeguarding Children Partnership')
    await page.getByLabel('Districts').fill('Cumberland\nEden')
    await press('Add the campaign')
    await isFit('its texts')

    await page.goto(`${service.url}/staff/activities/new`)
    await page.getByLabel('Campaign').selectOption('It’s Not OK')
    await press('Continue')
    await isFit('a new activity')
    const day = DateTime.now().setZone('Europe/London').plus({ days: 14 }).toISODate() ?? ''
    await page.getByLabel('Title').fill('Online safety for parents of teenagers')
    await page.getByLabel('Kind').selectOption({ label: 'Online workshop' })
    await page.getByLabel('First day').fill(day)
    await page.getByLabel('Starts at').fill('18:00')
    await page.getByLabel('Ends at').fill('19:00')
    await page.locator('input[name=visibility][value=public]').check()
    await page.locator('input[name=booking][value=places]').check()
    await page.getByLabel('Places', { exact: true }).fill('2')
    await press('Save as a draft')
    t.match(await page.textContent('main'), 'The activity is saved as a draft')
    const at = new URL(page.url()).pathname

    await page.goto(`${service.url}${at}/publish`)
    await isFit('what is missing')
    t.match(await page.textContent('main'), 'It has no Teams link yet.')
    await page.goto(`${service.url}${at}/meeting`)
    await page.getByLabel('Teams link').fill(joinUrl)
    await press('Use this link')
    await page.goto(`${service.url}${at}/publish`)
    await press('Publish')
    t.match(await page.textContent('main'), 'The activity is published.')
    await isFit('the activity')

    const parent = await openPage(t, plainPhone)
    await parent.goto(service.url)
    await parent.getByRole('link', { name: 'Online safety for parents of teenagers' }).first().click()
    await parent.getByRole('button', { name: /book/i }).first().click()
    await parent.getByLabel('Full name').fill('Anne Kirkbride')
    await parent.getByLabel('Email address').fill('anne@example.org')
    await parent.locator('input[name=role][value=parent]').check()
    await parent.getByLabel('Eden').check()
    await parent.locator('form[method=post] button').last().click()
    t.match(await parent.textContent('main'), 'We have your request')

    const folder = join(service.dataDir, 'mail')
    const emails = async () => (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.eml'))
    await eventually(async () => (await emails()).length > 0)
    const [file = ''] = await emails()
    const email = await simpleParser(await readFile(join(folder, file)))
    t.match(email.subject, /Online workshop/)
    t.ok(email.text?.includes(joinUrl), 'the Teams link, byte for byte')
    const [calendar] = email.attachments.filter(({ contentType }) => contentType === 'text/calendar')
    t.match(read(calendar?.content.toString() ?? ''), {
      method: 'REQUEST', events: [{ start: DateTime.fromISO(`${day}T18:00`, { zone: 'Europe/London' }).toUTC().toFormat('yyyy-LL-dd\'T\'HH:mm:ss\'Z\'') }]
    })
    await page.goto(`${service.url}${at}`)
    await page.getByRole('link', { name: 'Attendees' }).click()
    t.match(await page.textContent('main'), /Anne Kirkbride/)
  })
