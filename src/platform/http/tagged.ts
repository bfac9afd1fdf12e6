import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

/** The entity tag of an answer that consists of `content`, or of what only this content gives. */
export function tagOf (content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
}

/**
 * Whether whoever asks has what this tag stands for. Compared weakly (RFC 9110 §13.1.2): a proxy that compresses an
 * answer marks its tag as weak.
 */
export function isThere ({ headers }: Pick<FastifyRequest, 'headers'>, etag: string): boolean {
  return headers['if-none-match']?.split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, ''))) ?? false
}
