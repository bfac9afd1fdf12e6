import type { Campaign } from '../campaigns/campaign.ts'

/** The badge of a campaign: who took part, and their pictures to take. */
export function badgePageOf (campaign: Campaign, agencies: ReadonlyArray<{ slug: string, name: string }>) {
  const href = `/campaigns/${campaign.slug}`
  return {
    campaign: { title: campaign.title, href },
    agencies: agencies.map(({ slug, name }) => ({
      name, svgHref: `${href}/badges/${slug}.svg`, pngHref: `${href}/badges/${slug}.png`
    }))
  }
}
