import type { FormErrors } from '../../platform/http/form-errors.ts'
import { audiences, audiencesInWords } from '../campaigns/audiences.ts'
import { campaignSections } from '../campaigns/sections.ts'
import { outdatedWords } from '../campaigns/wording.ts'
import { adviceDraft, answersOf, mostLinks } from './advice-page.ts'
import type { AdviceDraft, AdviceField, AdvicePage } from './advice-page.ts'
import { adviceAsRead } from './page.ts'

/** The campaign of a page of advice; undefined for one of no campaign. */
export type OfCampaign = { slug: string, title: string } | undefined

/** Where the list of pages is, for staff. */
export function listHrefOf (campaign: OfCampaign): string {
  return campaign === undefined ? '/staff/advice' : `/staff/campaigns/${campaign.slug}/advice`
}

/** All pages of advice of a campaign, or of none. */
export function adviceListPageOf (pages: readonly AdvicePage[], campaign: OfCampaign) {
  return {
    campaign,
    sections: campaign && campaignSections(campaign.slug, '/advice'),
    newHref: `${listHrefOf(campaign)}/new`,
    pages: pages.map(({ id, title, audience, status, links }) => ({
      title,
      href: `/staff/advice/${id}`,
      whom: audiencesInWords[audience],
      links: links.length,
      tag: status === 'draft' ? { text: 'Draft', classes: 'govuk-tag--grey' } : { text: 'Published', classes: 'govuk-tag--green' }
    }))
  }
}

/** What an editor tried to save, and why it was not. */
export interface TriedAdvice {
  typed: Readonly<Record<string, string>>
  errors: FormErrors
  /** The editor's own input, parsed, if a colleague has changed the page meanwhile. */
  mine?: AdviceDraft | undefined
  /** The state that was read, if it is still the one to change. */
  versionHash?: string | undefined
}

const names: Record<AdviceField, string> = {
  title: 'Title', audience: 'Who it is for', text: 'Text', links: 'Useful links', status: 'Who can see it', position: 'Position'
}

/** The form that adds or changes a page, with the stored values, or with what was typed and its errors. */
export function adviceFormPageOf (
  { page, campaign, position }: { page: AdvicePage | undefined, campaign: OfCampaign, position: number },
  tried?: TriedAdvice
) {
  const values: Readonly<Record<string, string>> = tried?.typed ??
    (page === undefined ? { position: String(position), status: 'draft' } : typedAs(page))
  const listHref = listHrefOf(campaign)
  const published = campaign === undefined ? 'It is published at once.' : 'It is published as soon as the campaign is.'
  return {
    isNew: page === undefined,
    campaign,
    title: page?.title,
    action: page === undefined ? `${listHref}/new` : `/staff/advice/${page.id}`,
    listHref,
    removalHref: page && `/staff/advice/${page.id}/removal`,
    publicHref: page?.status === 'published' ? publicHrefOf(page, campaign) : undefined,
    versionHash: tried?.versionHash ?? (page && adviceDraft.versionHash(answersOf(page))),
    values,
    links: linkRows(values, tried?.errors),
    audiences: audiences.map(audience =>
      ({ value: audience, text: audiencesInWords[audience], checked: values.audience === audience })),
    statuses: [
      { value: 'draft', text: 'Only staff', checked: values.status === 'draft', hint: { text: 'It is a draft.' } },
      { value: 'published', text: 'Everyone', checked: values.status === 'published', hint: { text: published } }
    ],
    warnings: [['Title', values.title], ['Text', values.text]].flatMap(([where, text]) =>
      outdatedWords(text ?? '').map(warning => ({ where, ...warning }))),
    comparison: page === undefined || tried?.mine === undefined
      ? []
      : adviceDraft.compared(answersOf(page), answersOf(tried.mine), names, saidAs),
    preview: page === undefined || tried !== undefined ? undefined : adviceAsRead(page),
    errors: tried?.errors
  }
}

/** The page that asks before a page is removed. */
export function removalPageOf (page: AdvicePage, campaign: OfCampaign, errors?: FormErrors) {
  return {
    title: page.title,
    isPublished: page.status === 'published',
    action: `/staff/advice/${page.id}/removal`,
    backHref: `/staff/advice/${page.id}`,
    backText: 'Back to the page of advice',
    versionHash: adviceDraft.versionHash(answersOf(page)),
    campaign,
    errors
  }
}

function publicHrefOf ({ slug }: AdvicePage, campaign: OfCampaign): string {
  return campaign === undefined ? `/advice/${slug}` : `/campaigns/${campaign.slug}/advice/${slug}`
}

function saidAs (field: AdviceField, text: string): string {
  if (field === 'status') return text === 'published' ? 'Everyone' : 'Only staff'
  if (field === 'audience') return audiencesInWords[text as AdviceDraft['audience']]
  return text === '' ? 'Nothing' : text
}

function typedAs ({ title, audience, text, status, position, links }: AdvicePage): Record<string, string> {
  return {
    title,
    audience,
    text,
    status,
    position: String(position),
    ...Object.fromEntries(links.flatMap((link, n) =>
      (['title', 'url', 'about'] as const).map(part => [`link_${n + 1}_${part}`, link[part]])))
  }
}

/** Rows for the links that there are, and two empty ones; saving gives more. */
function linkRows (values: Readonly<Record<string, string>>, errors: FormErrors | undefined) {
  const parts = ['title', 'url', 'about'] as const
  const all = Array.from({ length: mostLinks }, (_, n) => parts.map(part => {
    const name = `link_${n + 1}_${part}`
    return { part, name, value: values[name] ?? '', error: errors?.of[name] }
  }))
  const used = all.findLastIndex(row => row.some(({ value }) => value !== '')) + 1
  return all.slice(0, Math.max(3, Math.min(mostLinks, used + 2)))
    .map((row, n) => ({ number: n + 1, ...Object.fromEntries(row.map(field => [field.part, field])) }))
}
