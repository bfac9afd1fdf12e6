import { setTimeout as sleep } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { nationalContacts } from './contact.ts'
import type { SupportContact } from './contact.ts'
import { listSupportContacts } from './queries.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The contacts to show, at once and whatever happens: pages about failures show them too. */
    helplines: () => readonly SupportContact[]
  }
}

/** Within this time a changed number is on every page. */
const milliseconds = 1000

/**
 * Adds `app.helplines()`. It answers from memory and reads the list in the background; while the database does not
 * answer, the last known list stays, or the national one.
 */
export const helplines = fp(async app => {
  let contacts: readonly SupportContact[] = nationalContacts
  let lookedAt = -Infinity

  // The first page has them, unless the database is silent: the start does not wait for that.
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
