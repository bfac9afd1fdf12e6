import * as client from 'openid-client'
import type { OpenIdAccess } from '../config.ts'
import { hashOf } from './token.ts'

/** Somebody as their provider knows them. Addresses change hands there; this pair never does. */
export interface WorkAccount { issuer: string, subject: string }

/** Says who people are that the partnership's provider knows. */
export interface Provider {
  /** Where a browser goes to be asked. `secret` is what it alone is known by again when it comes back. */
  begin: (secret: string) => Promise<URL>
  /**
   * Who came back to an address with what the provider gave along. Throws for whatever is not an answer to what
   * `secret` began, is not from this provider, is not for us, or is too old.
   */
  finish: (secret: string, search: string) => Promise<WorkAccount>
}

/** As long as somebody at a button waits. */
const patienceSeconds = 10

/**
 * Speaks OpenID Connect with one provider: authorization code with PKCE, by a library that is certified for it.
 * Signatures are checked although the answer comes straight from the provider: then nothing rests on the
 * network in between. The provider is looked up when it is first needed, so that one which is away keeps
 * nobody from starting, or from signing in by letter.
 */
export function openIdProvider ({ issuer, clientId, clientSecret }: OpenIdAccess, publicUrl: string): Provider {
  const redirectUri = `${publicUrl}/staff/sign-in/openid/return`
  let found: Promise<client.Configuration> | undefined

  async function provider (): Promise<client.Configuration> {
    found ??= look()
    try {
      return await found
    } catch (error) {
      found = undefined
      throw error
    }
  }

  async function look (): Promise<client.Configuration> {
    const execute = [client.enableNonRepudiationChecks]
    // Config lets http through to this machine only.
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests)
    const options = { execute, timeout: patienceSeconds }
    return await client.discovery(new URL(issuer), clientId, clientSecret, undefined, options)
  }

  return {
    async begin (secret) {
      return client.buildAuthorizationUrl(await provider(), {
        redirect_uri: redirectUri,
        scope: 'openid',
        state: stateOf(secret),
        nonce: nonceOf(secret),
        code_challenge: await client.calculatePKCECodeChallenge(verifierOf(secret)),
        code_challenge_method: 'S256'
      })
    },

    async finish (secret, search) {
      const tokens = await client.authorizationCodeGrant(await provider(), new URL(`${redirectUri}${search}`), {
        expectedState: stateOf(secret),
        expectedNonce: nonceOf(secret),
        pkceCodeVerifier: verifierOf(secret),
        idTokenExpected: true
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('The provider did not say who somebody is.')
      return { issuer: claims.iss, subject: claims.sub }
    }
  }
}

/** Three secrets from the one that a browser keeps; none of them leads to another (RFC 7636 §4.1 for the third). */
const stateOf = (secret: string) => hashOf(`state ${secret}`)
const nonceOf = (secret: string) => hashOf(`nonce ${secret}`)
const verifierOf = (secret: string) => hashOf(`verifier ${secret}`)
