import type { DateTime } from 'luxon'
import * as client from 'openid-client'
import { instant } from '../../platform/clock.ts'
import type { OpenIdAccess } from '../../platform/config.ts'
import { hashOf } from '../staff/token.ts'

/** Someone as their provider identifies them. Addresses change hands there; this pair never does. */
export interface WorkAccount {
  issuer: string
  subject: string
  /** When they last proved to the provider who they are; undefined if it does not say. */
  signedInAt?: DateTime<true> | undefined
  /** Whether they proved it by two factors, as far as the provider says; one that says nothing asked for one. */
  hasTwoFactors: boolean
}

/** Identifies people through the partnership's provider. */
export interface Provider {
  /**
   * Returns the address to which the browser goes to be asked. `secret` is kept by that browser alone, and identifies
   * it when it comes back. `anew`: the provider must ask again, even if the person is signed in there.
   */
  begin: (secret: string, how?: { anew: boolean }) => Promise<URL>
  /**
   * Returns who came back to an address with the provider's answer. Throws for anything that does not answer what
   * `secret` began, is not from this provider, is not for us, or is too old.
   */
  finish: (secret: string, search: string) => Promise<WorkAccount>
  /** Returns where people sign out of the provider as well; undefined if it has no such address, or is away. */
  signOutAddress: () => Promise<URL | undefined>
}

/** What of the configuration is needed; no names of two factors are known where it says none. */
type ProviderAccess = Pick<OpenIdAccess, 'issuer' | 'clientId' | 'clientSecret'> & Partial<OpenIdAccess>

/** How long a person waits after pressing a button. */
const timeoutSeconds = 10

/**
 * Speaks OpenID Connect with one provider: authorization code with PKCE, by a library that is certified for it.
 * Signatures are checked although the answer comes straight from the provider: then nothing depends on the network in
 * between. The provider is looked up when first needed, so that an unreachable one prevents neither starting nor
 * signing in by email.
 */
export function openIdProvider (
  { issuer, clientId, clientSecret, acr = [], alwaysAsksForTwo = false }: ProviderAccess, publicUrl: string
): Provider {
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
    // Config allows http to this machine only.
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests)
    const options = { execute, timeout: timeoutSeconds }
    return await client.discovery(new URL(issuer), clientId, clientSecret, undefined, options)
  }

  return {
    async begin (secret, { anew } = { anew: false }) {
      return client.buildAuthorizationUrl(await provider(), {
        redirect_uri: redirectUri,
        scope: 'openid',
        state: stateOf(secret),
        nonce: nonceOf(secret),
        code_challenge: await client.calculatePKCECodeChallenge(verifierOf(secret)),
        code_challenge_method: 'S256',
        ...(acr.length > 0 && { acr_values: acr.join(' ') }),
        // Either of them has this effect (OpenID Connect Core 1.0 §3.1.2.1); the second also asks for `auth_time`.
        ...(anew && { prompt: 'login', max_age: '0' })
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
      if (claims === undefined) throw new Error('The provider did not say who is signing in.')
      const { iss: issuer, sub: subject, auth_time: shown } = claims
      return {
        issuer,
        subject,
        signedInAt: shown === undefined ? undefined : instant(new Date(shown * 1000)),
        hasTwoFactors: alwaysAsksForTwo || saysTwoFactors(claims, acr)
      }
    },

    // Without an address to come back to, which a provider accepts only if it is registered there (OpenID Connect
    // RP-Initiated Logout 1.0 §2): the provider's page tells people that they are signed out.
    async signOutAddress () {
      const configuration = await provider().catch(() => undefined)
      if (configuration?.serverMetadata().end_session_endpoint === undefined) return undefined
      return client.buildEndSessionUrl(configuration)
    }
  }
}

/**
 * What we ask for in `acr_values` a provider may pass over (OpenID Connect Core 1.0 §3.1.2.1), so what it did is read
 * from its answer: one of those names in `acr`, or `mfa` among the methods (RFC 8176 §2).
 */
function saysTwoFactors ({ acr, amr }: client.IDToken, names: readonly string[]): boolean {
  return (typeof acr === 'string' && names.includes(acr)) || (Array.isArray(amr) && amr.includes('mfa'))
}

/** Derives three secrets from the browser's own; none of them reveals another (RFC 7636 §4.1 for the third). */
const stateOf = (secret: string) => hashOf(`state ${secret}`)
const nonceOf = (secret: string) => hashOf(`nonce ${secret}`)
const verifierOf = (secret: string) => hashOf(`verifier ${secret}`)
