import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { placeAmongSections } from '../../../src/programme/activities/sections.ts'
import type { RoleHolder } from '../../../src/identity/staff/roles.ts'
import { staffRoutes, withItsRoutes } from '../../support/routes.ts'
import { partsOf } from '../../support/service.ts'
import { world } from '../../support/world.ts'

const [led, host] = ['6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11', '0d7c9a52-5d5e-4bb4-8a43-5f6f3b1f2c33']
const activity = { slug: 'safe-online', booking: 'places' as const, leadAgencyId: led, hostIds: [host] }
const admin: RoleHolder = { id: led, role: 'admin', agencyId: undefined }
const own = '/staff/activities/:slug'

function sectionsFor (staff: RoleHolder, of: Parameters<typeof placeAmongSections>[0] = activity): string[] {
  return placeAmongSections(of, staff, own).sections.map(({ text }) => text)
}

t.test('people see the sections that they may use', async t => {
  t.strictSame(sectionsFor(admin), ['Overview', 'Attendees', 'Waiting list', 'Emails', 'On the day', 'Settings'])
  t.strictSame(sectionsFor({ ...admin, role: 'staff' }), ['Overview', 'Attendees', 'Emails', 'On the day'])
  t.strictSame(sectionsFor({ ...admin, role: 'organiser', agencyId: host }), ['Overview'], 'another agency takes part')
  t.strictSame(sectionsFor({ id: host, role: 'host', agencyId: undefined }), ['Overview', 'On the day'])
})

t.test('an activity without bookings has no sections about who books', async t => {
  for (const booking of ['none', 'drop-in', 'invitation'] as const) {
    t.strictSame(sectionsFor(admin, { ...activity, booking }), ['Overview', 'On the day', 'Settings'], booking)
  }
})

t.test('a page says in which section it is, and leads back to it', async t => {
  const at = (route: string) => {
    const { sections, back } = placeAmongSections(activity, admin, route)
    return { current: sections.filter(({ current }) => current !== undefined), back }
  }

  t.strictSame(at(own), {
    current: [{ text: 'Overview', href: '/staff/activities/safe-online', current: 'page' }],
    back: { text: 'Activities', href: '/staff/activities' }
  })
  t.strictSame(at(`${own}/letters`), {
    current: [{ text: 'Emails', href: '/staff/activities/safe-online/letters', current: 'page' }],
    back: { text: 'Back to the activity', href: '/staff/activities/safe-online' }
  })
  t.strictSame(at(`${own}/bulletins/:number/text`), {
    current: [{ text: 'Emails', href: '/staff/activities/safe-online/letters', current: 'true' }],
    back: { text: 'Back to emails', href: '/staff/activities/safe-online/letters' }
  })
})

t.test('nobody is led back to a section that they may not use', async t => {
  const { back } = placeAmongSections(activity, { id: host, role: 'host', agencyId: undefined }, `${own}/waiting-list/groups`)

  t.strictSame(back, { text: 'Back to the activity', href: '/staff/activities/safe-online' })
})

t.test('every page about an activity is in a section', async t => {
  const its = await world(t)
  const { app, routes } = await withItsRoutes(async () => await buildApp({ ...partsOf(its), makesMeetings: true }))
  t.teardown(async () => { await app.close() })
  const files = /\.(csv|xlsx|pdf)$/
  const pages = staffRoutes(routes).map(({ url }) => url).filter(url => url.startsWith(`${own}/`) && !files.test(url))
  t.ok(pages.length > 30)

  for (const page of new Set(pages)) {
    const { sections } = placeAmongSections(activity, admin, page)
    t.equal(sections.filter(({ current }) => current !== undefined).length, 1, `${page} is in one: name it in sections.ts`)
  }
})
