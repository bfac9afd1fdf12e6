import { connect } from 'node:tls'
import { DateTime } from 'luxon'
import type { Config } from '../../platform/config.ts'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

/** Certificates of Let's Encrypt are renewed with 30 days left: with fewer than this the renewal has failed. */
const leastDays = 14

/** How long the certificate of the public address is good for; of an address that is not https nothing. */
export async function checkCertificate (publicUrl: string, now: DateTime<true>): Promise<Finding[]> {
  const { protocol, hostname, port } = new URL(publicUrl)
  if (protocol !== 'https:') return []
  return [ofCertificate(await certificateEnd(hostname, Number(port || 443)), now)]
}

/** What is to be said of a certificate that ends then. */
export function ofCertificate (endsAt: DateTime, now: DateTime<true>): Finding {
  const days = Math.floor(endsAt.diff(now).as('days'))
  if (days < 0) return mend('certificate', 'The certificate of PUBLIC_URL has ended: renew it, browsers let nobody in.')
  return days < leastDays
    ? mend('certificate', `The certificate of PUBLIC_URL ends in ${days} days and has not been renewed: see why.`)
    : good('certificate', `The certificate of PUBLIC_URL is good for ${days} days.`)
}

/** Also of one that is not to be trusted: that is another finding. */
async function certificateEnd (host: string, port: number): Promise<DateTime> {
  const { promise, resolve, reject } = Promise.withResolvers<DateTime>()
  const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
    resolve(DateTime.fromJSDate(new Date(socket.getPeerCertificate().valid_to)))
    socket.destroy()
  })
  socket.setTimeout(4000, () => { socket.destroy(new Error('No answer came.')) })
  socket.on('error', reject)
  return await promise
}

/** Whether the provider with which staff sign in says where (OpenID Connect Discovery 1.0 §4). */
export async function checkOpenId ({ issuer }: NonNullable<Config['openId']>): Promise<Finding[]> {
  const answer = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const said = answer.ok ? await answer.json() as { issuer?: unknown } : {}
  return [said.issuer === issuer
    ? good('work accounts', 'The provider with which staff sign in answers.')
    : mend('work accounts', 'At OIDC_ISSUER there is no provider of that name: staff can sign in by email alone.')]
}

/** Whether Microsoft gives us a token for making meetings (RFC 6749 §4.4); nothing is done with it. */
export async function checkGraph (
  { tenantId, clientId, clientSecret, url, loginUrl }: NonNullable<Config['graph']>
): Promise<Finding[]> {
  const answer = await ask(`${loginUrl}/${tenantId}/oauth2/v2.0/token`, new URLSearchParams({
    grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${url}/.default`
  }))
  return [answer.ok
    ? good('Teams', 'Microsoft lets us in for making meetings.')
    : mend('Teams', `Microsoft does not let us in for making meetings (${answer.status}): see whether GRAPH_CLIENT_SECRET has ended.`)]
}

async function ask (url: string, body?: URLSearchParams): Promise<Response> {
  return await fetch(url, {
    redirect: 'error', signal: AbortSignal.timeout(4000), ...body !== undefined && { method: 'POST', body }
  })
}
