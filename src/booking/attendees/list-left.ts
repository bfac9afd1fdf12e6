import { parse } from 'node:querystring'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import type { Seal } from '../../platform/seal.ts'
import { addressOf, listAddress } from './filter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Seals what is searched for, where an address carries it. */
    searchSeal: Seal
  }
}

/** The list on which people are chosen. */
export function attendeesHref ({ slug }: Pick<KnownActivity, 'slug'>): string {
  return `/staff/activities/${slug}/attendees`
}

/** The list of attendees that people were chosen from: its address, and what a form carries to lead back there. */
export interface ListLeft {
  href: string
  /** What stands behind the question mark of its address; empty for everyone in the usual order. */
  query: string
}

/** Longer than any list that people come to by the form; a longer one is left without its filter. */
const longest = 8192

/**
 * The list as it was left, by the field `list` of a form: read by the parser of the list's own address and written
 * anew, so it leads nowhere else, and a search in it stays sealed. A field that cannot be read leads to everyone.
 */
export function listLeft ({ activity, body, reply }: Pick<Running, 'activity' | 'body' | 'reply'>): ListLeft {
  const { list } = Object(body) as { list?: unknown }
  const query = typeof list === 'string' ? readAgain(list, reply.server.searchSeal) : ''
  return { href: `${attendeesHref(activity)}${query === '' ? '' : `?${query}`}`, query }
}

/** The same list, with what was done to people on it. */
export function listAfter (asked: Pick<Running, 'activity' | 'body' | 'reply'>, done: string): string {
  const { href, query } = listLeft(asked)
  return `${href}${query === '' ? '?' : '&'}done=${done}`
}

function readAgain (list: string, seal: Seal): string {
  if (list.length > longest) return ''
  const { success, data } = listAddress(seal).safeParse({ ...parse(list) })
  return success ? addressOf(data.filter, seal, data.page) : ''
}
