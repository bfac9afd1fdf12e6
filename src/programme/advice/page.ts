import { blocksOf } from '../../platform/marked-text.ts'
import { audiences, audiencesInWords } from '../campaigns/audiences.ts'
import type { AdviceDraft, AdvicePage } from './advice-page.ts'

/** A page of advice as everyone reads it. */
export function adviceAsRead ({ title, audience, text, links }: AdviceDraft) {
  return {
    title,
    isForYoungPeople: audience === 'young-people',
    whom: `For ${inASentence(audiencesInWords[audience])}`,
    blocks: blocksOf(text),
    links: links.map(link => ({ ...link, site: new URL(link.url).hostname.replace(/^www\./, '') }))
  }
}

/** Where pages of advice are, by who they are for: those for everyone first. */
export function adviceList (pages: readonly AdvicePage[], campaign?: { slug: string }) {
  const base = campaign === undefined ? '/advice' : `/campaigns/${campaign.slug}/advice`
  return audiences.flatMap(audience => pages.filter(page => page.audience === audience).map(({ title, slug }) =>
    ({ title, href: `${base}/${slug}`, whom: `For ${inASentence(audiencesInWords[audience])}` })))
}

function inASentence (words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`
}
