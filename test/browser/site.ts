import type { BrowserContextOptions, Page } from 'playwright-core'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { AppParts } from '../../src/app/app-parts.ts'
import { freePort } from '../support/running-service.ts'
import { partsOf } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { world } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { openPage } from './chromium.ts'

type Member = Awaited<ReturnType<typeof signedIn>>['member']

/** The service, listening on a port for browsers. */
export interface Site extends World {
  app: FastifyInstance
  origin: string
  /** The browser of a member of staff who is signed in: an organiser, unless given otherwise. */
  staffAt: (options?: BrowserContextOptions, given?: Partial<Member>) => Promise<{ page: Page, member: Member }>
}

/** Starts the service in this process with its own database and port; it ends with the test. */
export async function aSite (t: Test, given: Partial<AppParts> = {}): Promise<Site> {
  const its = await world(t)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const app = await buildApp({ ...partsOf(its), ...given, publicUrl: origin })
  t.teardown(async () => { await app.close() })
  await app.listen({ host: '127.0.0.1', port })

  async function staffAt (options: BrowserContextOptions = {}, given: Partial<Member> = {}) {
    const { headers, member } = await signedIn(app, its.db, { role: 'organiser', ...given })
    const page = await openPage(t, options)
    const [name = '', value = ''] = headers.cookie.split('=')
    await page.context().addCookies([{ name, value, url: origin }])
    return { page, member }
  }

  return { ...its, app, origin, staffAt }
}
