import { Conflict, NotFound } from '../../platform/errors.ts'
import type { Eligibility } from './eligibility.ts'

/** The page of the certificate says why. */
export class NoCertificateYet extends Conflict {
  readonly refusal = 'no-certificate-yet'
  readonly title = 'There is no certificate yet'
  readonly why: Eligibility

  constructor (why: Eligibility) {
    super('There is no certificate for this booking yet.')
    this.why = why
  }
}

/** There never was such a certificate, or a code was typed wrongly. */
export class CertificateNotFound extends NotFound {
  readonly refusal = 'certificate-not-found'
  override readonly title = 'No certificate has this code'

  constructor () {
    super('Check the code again. If it is as on the paper, we did not give out this certificate.')
  }
}
