import type { Answer, Draft } from '../../platform/draft.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { textOf } from '../../platform/draft.ts'
import type { EditedCampaign } from './queries.ts'
import { campaignSections } from './sections.ts'
import { outdatedWords } from './wording.ts'

/** What a page of a campaign edits: each field is a text, or a list with one item a line. */
export interface Content<Field extends string> {
  at: Parameters<typeof campaignSections>[1]
  draft: Draft<Field>
  names: Readonly<Record<Field, string>>
}

/** What an editor tried to save, and why it was not. */
export interface TriedContent<Field extends string> {
  typed: Record<Field, string>
  errors: FormErrors
  /** The editor's own input, parsed, if a colleague has changed the same meanwhile. */
  mine?: Record<Field, string | string[]> | undefined
  /** The state that was read, if it is still the one to change. */
  versionHash?: string | undefined
}

/** The form that edits one kind of a campaign's content, with the stored values or those that were tried. */
export function contentPageOf<Field extends string> (
  { at, draft, names }: Content<Field>, { title, slug }: EditedCampaign, stored: Record<Field, string | string[]>,
  tried?: TriedContent<Field>
) {
  const values = tried?.typed ?? typedAs(draft, stored)
  return {
    title,
    action: `/staff/campaigns/${slug}${at}`,
    leaveHref: `/staff/campaigns/${slug}`,
    sections: campaignSections(slug, at),
    versionHash: tried?.versionHash ?? draft.versionHash(stored),
    values,
    warnings: draft.fields.flatMap(field =>
      outdatedWords(values[field]).map(warning => ({ where: names[field], ...warning }))),
    comparison: tried?.mine === undefined ? [] : draft.compared(stored, tried.mine, names),
    errors: tried?.errors
  }
}

function typedAs<Field extends string> (
  { fields }: Draft<Field>, stored: Record<Field, Answer>
): Record<Field, string> {
  return Object.fromEntries(fields.map(field =>
    [field, [stored[field]].flat().map(textOf).join('\n')])) as Record<Field, string>
}
