import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { Environment } from 'nunjucks'

declare module 'fastify' {
  interface FastifyInstance {
    /** Renders `templates/<name>.njk` with what every page has and `model`. */
    render: (name: string, model?: object) => string
  }

  interface FastifyReply {
    /** Answers with `templates/<name>.njk`, which knows the address of its route, with parameters, as `route`. */
    page: (name: string, model?: object) => FastifyReply
    /** Answers with a page that was rendered before. */
    html: (html: string) => FastifyReply
  }
}

interface Pages {
  templates: Environment
  /** The variables of every page, as of now. */
  common: () => object
}

/** Adds `reply.page('group/part/page', model)`, and its two halves for pages that many people see. */
export const pages = fp<Pages>(async (app, { templates, common }) => {
  app.decorate('render', (name: string, model: object = {}) =>
    templates.render(`${name}.njk`, { ...common(), ...model }))

  app.decorateReply('page', function (this: FastifyReply, name: string, model?: object) {
    return this.html(app.render(name, { route: this.request.routeOptions.url, ...model }))
  })

  app.decorateReply('html', function (this: FastifyReply, html: string) {
    return this.type('text/html; charset=utf-8').send(html)
  })
}, { name: 'pages' })

/** A text as part of a page that was rendered before. */
export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/**
 * The same page with everything beyond ASCII as numeric references, for pages that are rendered once and sent often:
 * Node sends an ASCII string in one piece with its headers, half as fast again as a Buffer and twice as fast as a text
 * that it has to encode. Read as bytes, because a regular expression takes twice as long. The
 * detour through a Buffer at the end is needed: V8 keeps a string that was put together of many as many.
 */
export function inAscii (html: string): string {
  const bytes = Buffer.from(html)
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < bytes.length; at++) {
    if (!isBeyondAscii(bytes[at])) continue
    let end = at + 1
    while (isBeyondAscii(bytes[end])) end++
    pieces.push(bytes.toString('latin1', from, at), ...Array.from(bytes.toString('utf8', at, end), reference))
    from = at = end
  }
  pieces.push(bytes.toString('latin1', from))
  return Buffer.from(pieces.join(''), 'latin1').toString('latin1')
}

function isBeyondAscii (byte = 0): boolean {
  return byte > 0x7f
}

function reference (character: string): string {
  return `&#${character.codePointAt(0)};`
}
