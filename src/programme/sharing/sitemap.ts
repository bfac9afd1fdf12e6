import { DateTime } from 'luxon'
import type { PublicAddress, PublicPage } from '../activities/public-activities.ts'

/** Pages of the service itself; when they last changed is not known. */
const ownPages = ['/', '/help', '/advice', '/resources', '/privacy', '/accessibility']

/** Fewer than the 50,000 addresses that the protocol allows (sitemaps.org). */
export const maxActivities = 45_000

/**
 * The pages that anyone may find, for search engines. A campaign's page changes with its activities, but only with
 * those that are public: its date would tell of the others.
 */
export function sitemapOf (
  addresses: readonly PublicAddress[], pages: readonly PublicPage[], publicUrl: string
): string {
  const campaigns = [...Map.groupBy(addresses, ({ campaignSlug }) => campaignSlug)].map(([slug, ofIt]) =>
    entryOf(`/campaigns/${slug}`, latest(ofIt.flatMap(({ changedAt, campaignChangedAt }) => [changedAt, campaignChangedAt]))))
  const others = pages.map(({ path, changedAt }) => entryOf(path, changedAt))
  const activities = addresses.map(({ slug, changedAt }) => entryOf(`/activities/${slug}`, changedAt))

  return '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' +
    `${[...ownPages.map(path => entryOf(path, undefined)), ...campaigns, ...others, ...activities].join('\n')}\n</urlset>\n`

  function entryOf (path: string, changedAt: DateTime<true> | undefined): string {
    const lastmod = changedAt === undefined ? '' : `<lastmod>${changedAt.toUTC().toISO({ suppressMilliseconds: true })}</lastmod>`
    return `<url><loc>${escapeXml(publicUrl + path)}</loc>${lastmod}</url>`
  }
}

function latest (instants: ReadonlyArray<DateTime<true> | undefined>): DateTime<true> | undefined {
  return DateTime.max(...instants.filter(at => at !== undefined))
}

function escapeXml (text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/**
 * What search engines may read. Pages that must not be found say so themselves, which a crawler only sees if it may
 * read them; posters are left out because each costs us a document and says what its page says.
 */
export function robotsOf (publicUrl: string): string {
  return `User-agent: *\nDisallow: /*/poster.pdf\nDisallow: /exit\n\nSitemap: ${publicUrl}/sitemap.xml\n`
}
