import { createHash } from 'node:crypto'

/** How long a story may be, in characters and in parts. */
export const limits = {
  file: 100_000, title: 100, steps: 100, name: 60, text: 3_000, choices: 6, words: 200, problems: 50
} as const

/** A piece of what a step says. */
export type Block =
  | { is: 'paragraph' | 'heading' | 'item', text: string }
  /** What a choice has meant for someone in the story. */
  | { is: 'person', name: string, text: string }

/** A way on, in the words of who decides, to the step with the slug `to`. */
export interface Choice { words: string, to: string }

/** A place in a story, with an address of its own. */
export interface Step {
  name: string
  slug: string
  blocks: Block[]
  /** None: the story ends here. */
  choices: Choice[]
}

/** A branching story without gaps: every step can be reached, and from every step an end. The first one begins it. */
export interface Story {
  title: string
  /** What people read before they begin. */
  about: Block[]
  steps: Step[]
}

export function findStep ({ steps }: Story, slug: string): Step | undefined {
  return steps.find(step => step.slug === slug)
}

/** The same for the same words, and another for any others: what people chose belongs to what they had read. */
export function fingerprintOf ({ name, blocks, choices }: Step): string {
  return createHash('sha256').update(JSON.stringify([name, blocks, choices])).digest('hex').slice(0, 16)
}
