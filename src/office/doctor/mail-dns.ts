import type { Resolver } from 'node:dns/promises'
import { good, mend } from './finding.ts'
import type { Finding } from './finding.ts'

/** Under which mail services usually publish their keys. */
const usualSelectors = ['default', 'selector1', 'selector2', 'google', 'mail', 'dkim', 'k1', 's1']

/**
 * What the DNS says of the domain that emails come from: without it they count as spam, or as forged. `selector` is the
 * one under which the mail server's key for signing is published; undefined: the usual ones are tried.
 */
export async function checkMailDns (resolver: Resolver, domain: string, selector?: string): Promise<Finding[]> {
  const texts = async (name: string) =>
    (await orNothing(resolver.resolveTxt(name))).map(pieces => pieces.join(''))
  const selectors = selector === undefined ? usualSelectors : [selector]
  const [mx, ownTexts, dmarc, keys] = await Promise.all([
    orNothing(resolver.resolveMx(domain)),
    texts(domain),
    texts(`_dmarc.${domain}`),
    Promise.all(selectors.map(async selector => (await texts(`${selector}._domainkey.${domain}`)).map(() => selector)))
  ])
  const found = keys.flat()
  return [ofMx(domain, mx.length), ofSpf(domain, ownTexts), ofDmarc(domain, dmarc), ofDkim(domain, found, selector)]
}

function ofMx (domain: string, servers: number): Finding {
  return servers > 0
    ? good('MX', `${domain} has a mail server for answers.`)
    : mend('MX', `${domain} has no MX record: answers to our emails reach nobody.`)
}

/** RFC 7208 §3.2: two records are an error; §5.1: `+all` lets anyone send. */
function ofSpf (domain: string, texts: string[]): Finding {
  const records = texts.filter(text => /^v=spf1( |$)/i.test(text))
  const [record] = records
  if (record === undefined) return mend('SPF', `${domain} has no SPF record: say in one which servers may send for it.`)
  if (records.length > 1) return mend('SPF', `${domain} has ${records.length} SPF records, so none counts: make them one.`)
  return / \+?all( |$)/i.test(record)
    ? mend('SPF', `The SPF record of ${domain} lets anyone send for it: end it with -all or ~all.`)
    : good('SPF', `${domain} says in its SPF record which servers may send for it.`)
}

/** RFC 7489 §6.3. */
function ofDmarc (domain: string, texts: string[]): Finding {
  const records = texts.filter(text => /^v=DMARC1 *;/.test(text))
  const policy = /; *p *= *(none|quarantine|reject)/i.exec(records[0] ?? '')?.[1]?.toLowerCase()
  if (records.length !== 1 || policy === undefined) {
    return mend('DMARC', `${domain} has no DMARC record that counts: publish one at _dmarc.${domain}, with p=.`)
  }
  return policy === 'none'
    ? mend('DMARC', `The DMARC record of ${domain} says p=none: make it p=quarantine or p=reject once reports show no failures.`)
    : good('DMARC', `${domain} has a DMARC record with p=${policy}.`)
}

/** RFC 6376 §3.6.2.1. */
function ofDkim (domain: string, selectors: string[], wanted?: string): Finding {
  if (wanted !== undefined && selectors.length === 0) {
    return mend('DKIM', `${domain} has no DKIM key under ${wanted}: publish the key of your mail server at ${wanted}._domainkey.${domain}.`)
  }
  return selectors.length > 0
    ? good('DKIM', `${domain} has a DKIM key, ${selectors[0]}; that emails are signed with it cannot be told from here.`)
    : good('DKIM', `Whether emails of ${domain} are signed cannot be told: none of the usual DKIM selectors has a key.`)
}

/** A name that does not exist, or has nothing of the kind, is an answer; a server that gives none is not. */
async function orNothing<T> (asked: Promise<T[]>): Promise<T[]> {
  return await asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return []
    throw error
  })
}
