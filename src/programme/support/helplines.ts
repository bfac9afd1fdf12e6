import { setTimeout as sleep } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { nationalContacts } from './contact.ts'
import type { SupportContact } from './contact.ts'
import { listSupportContacts } from './queries.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whom to call, at once and whatever happens: pages about failures show it too. */
    helplines: () => readonly SupportContact[]
  }
}

/** A changed number is on every page this soon. */
const milliseconds = 1000

/**
 * Adds `app.helplines()`. It answers from memory and looks again behind the page's back; while the
 * database does not answer, the last known stay, or the national ones.
 */
export const helplines = fp(async app => {
  let contacts: readonly SupportContact[] = nationalContacts
  let lookedAt = -Infinity

  // The first page has them, unless the database is silent: a start does not wait for that.
  app.addHook('onReady', async () => { await Promise.race([look(), sleep(milliseconds, undefined, { ref: false })]) })
  app.decorate('helplines', () => {
    if (performance.now() - lookedAt > milliseconds) void look()
    return contacts
  })

  async function look (): Promise<void> {
    lookedAt = performance.now()
    await listSupportContacts(app.db).then(
      found => { if (found.length > 0) contacts = found },
      error => { app.log.warn({ err: error }, 'The helplines could not be read.') })
  }
}, { name: 'helplines', dependencies: ['service'] })
