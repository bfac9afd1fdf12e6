import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Where a page finds an asset: `${app.assets}/placekeeper.css`. Changes when any of them does. */
    assets: string
  }
}

const files = {
  'placekeeper.css': { from: new URL('public/placekeeper.css', import.meta.url), type: 'text/css; charset=utf-8' },
  'start.js': {
    from: new URL('../../../templates/assets/start.js', import.meta.url), type: 'text/javascript; charset=utf-8'
  },
  'evening.js': {
    from: new URL('../../../templates/assets/evening.js', import.meta.url), type: 'text/javascript; charset=utf-8'
  },
  'govuk-frontend.min.js': {
    from: new URL('govuk-frontend.min.js', import.meta.resolve('govuk-frontend')), type: 'text/javascript; charset=utf-8'
  },
  'icon.svg': { from: new URL('../../../templates/assets/icon.svg', import.meta.url), type: 'image/svg+xml' }
}

/**
 * Serves the style sheet, the scripts and the icon from memory. Their address contains a hash of
 * all of them, so browsers keep them for good and a new version is never mixed with an old page.
 */
export const assets = fp(async app => {
  const read = await Promise.all(Object.entries(files).map(async ([name, { from, type }]) => {
    const content = await readFile(from).catch(error => {
      throw new Error(`${fileURLToPath(from)} is missing: "npm run build" makes it.`, { cause: error })
    })
    return { name, type, content }
  }))
  const hash = createHash('sha256')
  for (const { content } of read) hash.update(content)
  app.decorate('assets', `/assets/${hash.digest('hex').slice(0, 16)}`)

  for (const { name, type, content } of read) {
    app.get(`${app.assets}/${name}`, { config: { quiet: true } }, async (_, reply) => await reply
      .headers({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }).send(content))
  }
}, { name: 'assets' })
