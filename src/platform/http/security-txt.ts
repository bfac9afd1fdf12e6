import type { FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'

const path = '/.well-known/security.txt'

/** Says where to report a hole in the service (RFC 9116). Only registered where someone reads what is reported. */
export const securityTxt: FastifyPluginAsync<{ contact: string }> = async (app, { contact }) => {
  app.get(path, { config: { quiet: true } }, async (_, reply) =>
    await reply.headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=300' })
      .send(securityTxtOf(contact, app.publicUrl, app.clock())))
}

/**
 * Expires within half a year, less than the year of RFC 9116 §2.5.5, and is the same text all month. An address without
 * encryption may not be named as its own (§2.5.2).
 */
export function securityTxtOf (contact: string, publicUrl: string, now: DateTime<true>): string {
  const expiresAt = now.startOf('month').plus({ months: 6 })
  return [
    `Contact: ${contact}`,
    `Expires: ${expiresAt.toISO({ suppressMilliseconds: true })}`,
    ...(publicUrl.startsWith('https:') ? [`Canonical: ${publicUrl}${path}`] : []),
    'Preferred-Languages: en',
    ''
  ].join('\n')
}
