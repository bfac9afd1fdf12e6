import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

const neighbourhood = new BlockList()
for (const [net, prefix, family] of [
  ['10.0.0.0', 8, 'ipv4'], ['172.16.0.0', 12, 'ipv4'], ['192.168.0.0', 16, 'ipv4'], ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'], ['fc00::', 7, 'ipv6'], ['fe80::', 10, 'ipv6'], ['::1', 128, 'ipv6']
] as const) neighbourhood.addSubnet(net, prefix, family)

const said = 'X-Forwarded-For came from an address that TRUST_PROXY does not name, so it counts for nothing: everyone ' +
  'behind that address counts as one, and is soon told to try again later. If it is your proxy, set TRUST_PROXY to it.'

/**
 * Warns if a request has an X-Forwarded-For header from an untrusted sender: once for machines nearby, such as a proxy,
 * and once for the rest of the world, where anyone may send such a header. Only the former are named, because their
 * addresses identify no person.
 */
export const forwarded = fp(async app => {
  const warned = new Set<boolean>()

  app.addHook('onRequest', (request, _, done) => {
    if (warned.size < 2 && isUntrusted(request)) {
      const { remoteAddress: peer = '' } = request.socket
      const isNear = isIP(peer) !== 0 && neighbourhood.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4')
      if (!warned.has(isNear)) app.log.warn(isNear ? { proxy: peer } : {}, said)
      warned.add(isNear)
    }
    done()
  })
}, { name: 'forwarded' })

/** If the sender is a trusted proxy, `ips` has at least one more address. */
function isUntrusted ({ headers, ips }: FastifyRequest): boolean {
  return headers['x-forwarded-for'] !== undefined && (ips?.length ?? 1) === 1
}
