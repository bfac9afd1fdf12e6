import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OidcProvider from 'oidc-provider'
import type { Test } from 'tap'
import type { OpenIdAccess } from '../../src/platform/config.ts'

/** The content of an ID token. */
type Claims = Record<string, unknown>

/** How a token is forged on its way: other claims, another key, another algorithm, or none. */
export interface Forgery {
  claims?: Claims
  alg?: 'RS256' | 'HS256' | 'none'
  isOfAnotherKey?: boolean
}

/** A real OpenID provider on this machine, whose answers a test can change. */
export interface OpenIdServer {
  access: OpenIdAccess
  /** Undefined ends it. */
  forge: (forgery: Forgery | undefined) => void
  /** Called for each question, which is answered afterwards; where it throws, half an answer comes and the end. */
  think: (path: string) => Promise<void>
  /** Signs someone in there, as a browser does with a redirect, and returns the address it is redirected back to. */
  visit: (authorizationUrl: string, as: string) => Promise<string>
}

const keysOf = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const [key, anotherKey] = [keysOf(), keysOf()]
const inBase64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Everyone there has the same address: only their name there, `as`, tells them apart. */
export async function openIdServer (t: Test, redirectUris: string[]): Promise<OpenIdServer> {
  const web = createServer()
  await once(web.listen(0, '127.0.0.1'), 'listening')
  t.teardown(async () => { web.closeAllConnections(); await new Promise(resolve => { web.close(resolve) }) })
  const issuer = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
  const access = { issuer, clientId: 'placekeeper', clientSecret: randomUUID(), acr: [], alwaysAsksForTwo: false }
  let forgery: Forgery | undefined

  const provider = new OidcProvider(issuer, {
    clients: [{
      client_id: access.clientId,
      client_secret: access.clientSecret,
      redirect_uris: redirectUris,
      response_types: ['code'],
      grant_types: ['authorization_code']
    }],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'ours' }] },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ['sub', 'email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'anne@council.example', email_verified: true }) }),
    features: { devInteractions: { enabled: true } }
  })
  provider.use(async (ctx, next) => {
    await next()
    const body = ctx.body as { id_token?: string } | undefined
    const token = body?.id_token
    if (forgery !== undefined && token !== undefined) ctx.body = { ...body, id_token: forged(token, forgery) }
  })
  const answer = provider.callback()
  const server: OpenIdServer = { access, forge: given => { forgery = given }, think: async () => {}, visit }
  web.on('request', (request, response) => {
    server.think(request.url ?? '').then(async () => { await answer(request, response) }, () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
      response.write('{"issuer":', () => { request.socket.destroy() })
    })
  })

  function forged (token: string, { claims, alg = 'RS256', isOfAnotherKey = false }: Forgery): string {
    const real = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims
    const signed = `${inBase64({ alg, typ: 'JWT', kid: 'ours' })}.${inBase64({ ...real, ...claims })}`
    if (alg === 'none') return `${signed}.`
    if (alg === 'HS256') return `${signed}.${createHmac('sha256', access.clientSecret).update(signed).digest('base64url')}`
    return `${signed}.${createSign('sha256').update(signed).sign(isOfAnotherKey ? anotherKey : key, 'base64url')}`
  }

  async function visit (authorizationUrl: string, as: string): Promise<string> {
    const cookies = new Map<string, string>()
    let url = authorizationUrl
    let form: Record<string, string> | undefined
    for (let hop = 0; hop < 15; hop++) {
      if (redirectUris.some(uri => url.startsWith(uri))) return url
      const answer = await fetch(url, {
        method: form === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: {
          cookie: [...cookies].map(pair => pair.join('=')).join('; '),
          ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' })
        },
        ...(form !== undefined && { body: new URLSearchParams(form) })
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        cookies.set(name, value)
      }
      const location = answer.headers.get('location')
      const page = await answer.text()
      form = undefined
      if (location !== null) url = new URL(location, url).href
      else {
        const [, action = '', prompt = ''] = /action="([^"]+)"[\s\S]*?name="prompt" value="(\w+)"/.exec(page) ?? []
        if (action === '') throw new Error(`The provider said: ${page.replace(/<[^>]*>/g, ' ').slice(0, 500)}`)
        url = new URL(action, url).href
        form = { prompt, ...(prompt === 'login' && { login: as, password: 'any' }) }
      }
    }
    throw new Error('The provider sent us round in circles.')
  }

  return server
}
