import type { Config } from '../../platform/config.ts'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

/** Settings that are allowed, and yet seldom meant. */
export function checkSettings (config: Pick<Config, 'publicUrl' | 'trustProxy' | 'smtpUrl'>): Finding[] {
  const { protocol, hostname } = new URL(config.publicUrl)
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  return [
    protocol === 'https:'
      ? good('address', 'People reach the service encrypted.')
      : isHere
        ? mend('address', 'PUBLIC_URL is this machine: links in emails lead nowhere for anyone else.')
        : mend('address', 'PUBLIC_URL is not https: what people type can be read on its way.'),
    protocol === 'https:' && config.trustProxy === undefined
      ? mend('proxy', 'PUBLIC_URL is https and TRUST_PROXY is not set: everyone who comes by your proxy counts as one.')
      : good('proxy', 'It is said whose X-Forwarded-For counts, or nobody’s has to.'),
    config.smtpUrl === undefined
      ? mend('emails', 'SMTP_URL is not set: emails are kept as files and reach nobody.')
      : good('emails', 'Emails go to a mail server.')
  ]
}
