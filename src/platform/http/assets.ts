import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Base address of the assets: `${app.assets}/placekeeper.css`. Changes when any of them does. */
    assets: string
  }
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml; charset=utf-8'
}

/** The scripts and the icon are served from here; the Sass beside them is what the style sheet is made of. */
const ours = fileURLToPath(new URL('../../../templates/assets', import.meta.url))
const made = fileURLToPath(new URL('public/placekeeper.css', import.meta.url))
const govuk = fileURLToPath(new URL('govuk-frontend.min.js', import.meta.resolve('govuk-frontend')))

/**
 * Serves the style sheet, the scripts and the icon from memory. Their address contains a hash of all of them, so
 * browsers may cache them for good and a new version is never mixed with an old page.
 */
export const assets = fp(async app => {
  const served = (await readdir(ours)).sort().filter(name => extname(name) in types)
  const read = await Promise.all([made, govuk, ...served.map(name => join(ours, name))].map(async file => {
    const content = await readFile(file).catch(error => {
      throw new Error(`${file} is missing: "npm run build" makes it.`, { cause: error })
    })
    return { name: basename(file), type: types[extname(file)], content }
  }))
  const hash = createHash('sha256')
  for (const { content } of read) hash.update(content)
  app.decorate('assets', `/assets/${hash.digest('hex').slice(0, 16)}`)

  for (const { name, type, content } of read) {
    app.get(`${app.assets}/${name}`, { config: { quiet: true } }, async (_, reply) => await reply
      .headers({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' }).send(content))
  }
}, { name: 'assets' })
