import { searchSeal } from './booking/attendees/filter.ts'
import { bookingLinks, joinLinks } from './booking/bookings/link.ts'
import { typedAddressSeal } from './booking/bookings/typed-address.ts'
import { certificateCodes } from './booking/certificates/code.ts'
import { checkInCodes } from './booking/check-in/code.ts'
import { evaluationLinks } from './booking/evaluations/link.ts'
import { secondFactorSeal } from './identity/second-factor/authenticator.ts'
import { signInSecrets } from './identity/sign-in/secrets.ts'
import { joinLinkSeal } from './programme/teams/seal.ts'
import { entryLinks } from './office/entries/links.ts'
import { networkMark } from './office/entries/network-mark.ts'
import { outcomeLinks } from './office/outcomes/link.ts'
import { sealFor } from './platform/seal.ts'
import type { SecretKey } from './platform/seal.ts'
import { signedIds } from './platform/signed-id.ts'

/** What signs links and seals secrets with SECRET_KEY, wherever emails are written or answered. */
export function keyedParts (secretKey: SecretKey) {
  return {
    links: bookingLinks(secretKey),
    joinLinks: joinLinks(secretKey),
    checkInCodes: checkInCodes(secretKey),
    evaluationLinks: evaluationLinks(secretKey),
    certificateCodes: certificateCodes(secretKey),
    copyLinks: signedIds('copy-link', secretKey),
    resourceLinks: signedIds('resource-request', secretKey),
    coHostLinks: signedIds('co-host', secretKey),
    outcomeLinks: outcomeLinks(signedIds('outcome', secretKey)),
    entryLinks: entryLinks(secretKey),
    networkMark: networkMark(secretKey),
    signInSecrets: signInSecrets(secretKey),
    seal: joinLinkSeal(secretKey)
  }
}

/** The same, for pages alone. */
export function keyedPagesParts (
  secretKey: SecretKey, { isSecondFactorRequired }: { isSecondFactorRequired: boolean }
) {
  return {
    knownBrowsers: signedIds('known-browser', secretKey),
    searchSeal: searchSeal(secretKey),
    addressSeal: typedAddressSeal(secretKey),
    limitMark: sealFor('limits', secretKey).mark,
    secondFactor: { seal: secondFactorSeal(secretKey), isRequired: isSecondFactorRequired }
  }
}
