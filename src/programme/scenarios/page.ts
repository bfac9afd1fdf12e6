import { paragraphsOf } from '../../platform/marked-text.ts'
import type { Segment } from '../../platform/marked-text.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { fingerprintOf } from './scenario.ts'
import type { Block, Choice, Step, Story } from './scenario.ts'
import { shareOf } from './totals.ts'
import type { Totals } from './totals.ts'

/** Where a story is played: by the public, or by staff who try it. */
export interface Place {
  /** Address of the page before the first step; the steps have theirs below it. */
  href: string
  back: { text: string, href: string }
}

/** The way someone came to a step: what they chose, and where. */
export interface Came { step: Step, number: number, choice: Choice }

export function startPageOf ({ title, about, steps }: Story, { href, back }: Place) {
  const [first] = steps
  return { title, back, about: saidIn(about), firstHref: first && `${href}/${first.slug}` }
}

export function stepPageOf (
  { title }: Story, step: Step, { href, back }: Place, came: Came | undefined, totals: Totals, errors?: FormErrors
) {
  const { name, slug, choices, blocks } = step
  return {
    title,
    name,
    back,
    href,
    action: `${href}/${slug}`,
    formName: `story-${slug}`,
    edition: fingerprintOf(step),
    blocks: saidIn(blocks),
    isEnd: choices.length === 0,
    choices: choices.map(({ words, to }, n) => ({ number: n + 1, words, href: `${href}/${to}` })),
    chosen: came && {
      words: came.choice.words,
      share: shareOf(totals, fingerprintOf(came.step), came.number, came.step.choices.length)
    },
    errors
  }
}

/** Address of the step to which a choice leads, which says what was chosen and where. */
export function nextHref (href: string, { step, number, choice }: Came): string {
  const way = step.choices.length < 2 ? '' : `?${new URLSearchParams({ from: step.slug, choice: String(number) })}`
  return `${href}/${choice.to}${way}`
}

/** How someone came to a step, if its address says so and the story has such a way; anything else is no way. */
export function cameTo (
  { slug }: Step, { steps }: Story, { from, choice }: Readonly<Record<string, unknown>>
): Came | undefined {
  const step = steps.find(({ slug }) => slug === from)
  const number = typeof choice === 'string' && /^[1-9]$/.test(choice) ? Number(choice) : 0
  const chosen = step?.choices[number - 1]
  return step === undefined || chosen?.to !== slug ? undefined : { step, number, choice: chosen }
}

interface Part { name: string | undefined, segments: Segment[] }

/** What a step says, with the items of a list, and what happens to people, together. */
export function saidIn (blocks: readonly Block[]) {
  const groups: Array<{ is: Block['is'], parts: Part[] }> = []
  for (const block of blocks) {
    const [segments = []] = paragraphsOf(block.text)
    const part = { name: block.is === 'person' ? block.name : undefined, segments }
    const last = groups.at(-1)
    if (last?.is === block.is && ['item', 'person'].includes(block.is)) last.parts.push(part)
    else groups.push({ is: block.is, parts: [part] })
  }
  return groups
}
