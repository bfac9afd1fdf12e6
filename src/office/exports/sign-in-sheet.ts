import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { whereInWords } from '../../programme/activities/page.ts'
import { momentInWords, whenInWords } from '../../programme/activities/when.ts'
import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import type { Signer } from './sign-in-sheet-queries.ts'

/** How a sheet is to be. */
export interface SheetOptions {
  withNeeds: boolean
  isLarge: boolean
  /** Why what people need stands on it. */
  why: string | undefined
}

/** What its template reads (templates/office/exports/sign-in-sheet.typ). */
export interface SignInSheet {
  title: string
  /** Whose it is, at the head of each page. */
  of: string
  facts: Array<{ key: string, value: string }>
  foot: string
  isLarge: boolean
  withNeeds: boolean
  /** Without `name` or `needs` where a letter of it cannot be printed: then the reference says who it is. */
  rows: Array<{ reference: string, name: string | undefined, places: number, needs: string | undefined }>
}

/**
 * The sheet for those who have a place, in their order. One letter that no font has would stop the whole sheet, or be a
 * gap in somebody's name, so it is left out of titles, and names that have one are not printed at all.
 */
export function signInSheetOf (
  activity: Activity, signers: readonly Signer[], { withNeeds, isLarge }: Omit<SheetOptions, 'why'>, coverage: Coverage,
  now: DateTime<true>
): SignInSheet {
  const ours = (text: string) => coverage.drawable(asSet(text))
  const theirs = (text: string) => coverage.has(asSet(text)) ? asSet(text) : undefined
  return {
    title: ours(activity.title),
    of: ours(activity.campaign.partnership),
    facts: [
      { key: 'When', value: whenInWords(activity) },
      { key: 'Where', value: ours(whereInWords(activity)) },
      { key: 'Booked', value: signersInWords(signers) }
    ],
    foot: `Printed ${momentInWords(now, activity.zone)}. Shred it when it has been used.`,
    isLarge,
    withNeeds,
    rows: signers.map(({ reference, name, places, accessNeeds }) => ({
      reference,
      name: theirs(name),
      places,
      needs: accessNeeds === undefined ? '' : theirs(accessNeeds)
    }))
  }
}

/** Those whose names have letters that no font has. */
export function unprintableOf (signers: readonly Signer[], coverage: Coverage): Signer[] {
  return signers.filter(({ name }) => !coverage.has(asSet(name)))
}

/** `24 people, 27 places`. */
export function signersInWords (signers: readonly Signer[]): string {
  const places = signers.reduce((sum, { places }) => sum + places, 0)
  const people = signers.length === 1 ? '1 person' : `${signers.length} people`
  return places === signers.length ? people : `${people}, ${placesInWords(places)}`
}
