import { draft } from '../../platform/draft.ts'
import type { Audience } from '../campaigns/audiences.ts'

/** A useful link: its title, its address, and what people find there. */
export interface AdviceLink { title: string, url: string, about: string }

/** A page of advice as its editors type it. */
export interface AdviceDraft {
  title: string
  audience: Audience
  text: string
  links: AdviceLink[]
  status: 'draft' | 'published'
  /** Order in lists, lowest first. */
  position: number
}

export interface AdvicePage extends AdviceDraft {
  id: string
  /** Undefined: advice for all, of no campaign. */
  campaignId: string | undefined
  slug: string
}

/** How many useful links a page has at most. */
export const mostLinks = 10

export const adviceDraft = draft(['title', 'audience', 'text', 'links', 'status', 'position'])
export type AdviceField = typeof adviceDraft.fields[number]

/** What the fields hold, for telling two states apart. */
export function answersOf ({ links, ...page }: AdviceDraft) {
  return { ...page, links: links.map(({ title, url, about }) => [title, url, about].filter(part => part !== '').join(', ')) }
}
