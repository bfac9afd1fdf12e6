import { DateTime } from 'luxon'
import t from 'tap'
import { createSignInLink } from '../../src/identity/sign-in/commands.ts'
import { graphServer, noPolicy } from '../support/graph-server.ts'
import { eventually, runService } from '../support/running-service.ts'
import { aStaffMember } from '../support/staff.ts'
import { aBooking, anActivity, world } from '../support/world.ts'
import { axe, openPage, scrollsSideways, withBrowser } from './chromium.ts'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000)

t.test('an organiser has the service make the Teams meeting, mends what is in its way, and replaces it',
  withBrowser, async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const activity = await anActivity(db, { startsAt: at(10_080), endsAt: at(10_110) })
    for (let n = 0; n < 3; n++) await aBooking(db, activity.id)
    const graph = await graphServer(t)
    graph.fail(noPolicy)
    const { access } = graph
    const service = await runService(t, {
      DATABASE_URL,
      GRAPH_TENANT_ID: access.tenantId,
      GRAPH_CLIENT_ID: access.clientId,
      GRAPH_CLIENT_SECRET: access.clientSecret,
      GRAPH_ORGANISER_ID: access.organiserId,
      GRAPH_URL: access.url,
      GRAPH_LOGIN_URL: access.loginUrl
    })
    const { email } = await aStaffMember(db)
    const page = await openPage(t, { viewport: { width: 320, height: 640 } })
    const isFit = async (what: string) => {
      t.strictSame(await axe(page), [], what)
      t.notOk(await scrollsSideways(page), `${what} does not scroll sideways`)
      const folder = process.env.SCREENSHOTS
      if (folder === undefined) return
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 844 })
        await page.screenshot({ path: `${folder}/${what.replaceAll(' ', '-')}-${width}.png`, fullPage: true })
      }
      await page.setViewportSize({ width: 320, height: 640 })
    }
    const stands = async (status: string, generation = 0) => {
      await eventually(async () =>
        await db.teamsMeeting.count({ where: { activityId: activity.id, status, generation } }) === 1)
      await page.goto(`${service.url}/staff/activities/${activity.slug}/meeting`)
    }

    await page.goto(await createSignInLink(db, { email, publicUrl: service.url }, DateTime.utc()))
    await page.getByRole('button').first().click()
    await page.goto(`${service.url}/staff/activities/${activity.slug}`)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: /^Change\s+Teams meeting$/ }).click()
    await isFit('before there is a meeting')
    await page.getByLabel('Nobody waits').check()
    await page.getByLabel('Their microphones').check()
    await page.getByRole('button', { name: 'Create the Teams meeting' }).click()
    t.match(await page.textContent('h1'), 'The Teams meeting')
    await stands('failed')
    await isFit('where Microsoft refuses')
    await page.getByRole('button', { name: 'Try again' }).click()
    await stands('made')
    await isFit('with a meeting')
    t.match(await page.textContent('main'), /to the meeting that we made.*Nobody waits.*People may switch theirs on/s)

    await page.getByLabel('Teams link').fill('https://example.org/')
    await page.getByRole('button', { name: 'Use this link' }).click()
    await isFit('with a wrong link')
    await page.getByRole('link', { name: 'Make a new meeting' }).click()
    await isFit('before a new meeting')
    await page.getByRole('button', { name: 'Make a new meeting' }).click()
    await stands('made', 1)

    t.strictSame([...graph.meetings.keys()], [`${activity.id}-1`])
    t.match(graph.meetings.get(`${activity.id}-1`), { allowAttendeeToEnableMic: true })
    const output = service.output()
    for (const secret of ['thread.v2', 'meetup-join', access.clientSecret, 'eyJ.']) t.notOk(output.includes(secret), secret)
    t.match(output, 'Microsoft Graph has answered.')
  })
