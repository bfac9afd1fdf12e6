import { limits } from './scenario.ts'
import type { Choice, Step } from './scenario.ts'

/** What is wrong with a file, and where; lines count from 1. */
export interface Problem { line: number, sentence: string }

/** A step, with where it and its choices stand in the file. */
export interface Placed {
  step: Step
  line: number
  isEnd: boolean
  choices: Array<Choice & { line: number, target: string }>
}

/** What keeps steps from being one story: steps that are not there, that nobody reaches, or that never end. */
export function gapsIn (placed: readonly Placed[]): Problem[] {
  const [start] = placed
  if (start === undefined) return [{ line: 1, sentence: 'There are no steps yet. Each begins with a line like “:: The call”.' }]
  const problems: Problem[] = []
  if (placed.length > limits.steps) problems.push({ line: 1, sentence: `There are too many steps. A story can have ${limits.steps}.` })
  const bySlug = new Map<string, Placed>()
  for (const one of placed) {
    const before = bySlug.get(one.step.slug)
    if (before === undefined) bySlug.set(one.step.slug, one)
    else if (one.step.slug !== '') {
      const sentence = `The step “${one.step.name}” has the name of the one in line ${before.line}. Give each its own.`
      problems.push({ line: one.line, sentence })
    }
  }
  const unknown = placed.flatMap(({ choices }) => choices).filter(({ to }) => !bySlug.has(to))
  for (const { line, target } of unknown) if (target !== '') problems.push({ line, sentence: `There is no step “${target}”.` })
  for (const one of placed) problems.push(...endingOf(one))
  // A step that is missing makes others seem out of reach, which would only confuse.
  if (problems.length > 0) return problems

  const onward = new Map(placed.map(({ step, choices }) => [step.slug, choices.map(({ to }) => to)]))
  const reached = spread([start.step.slug], onward)
  const ends = placed.filter(({ isEnd }) => isEnd).map(({ step }) => step.slug)
  const ending = spread(ends, reversed(onward))
  if (ends.length === 0) return [{ line: start.line, sentence: 'The story has no end. Write [end] behind the name of a step without choices.' }]
  return placed.flatMap(({ step: { name, slug }, line }) => [
    ...reached.has(slug) ? [] : [{ line, sentence: `Nobody reaches the step “${name}”.` }],
    ...ending.has(slug) ? [] : [{ line, sentence: `From the step “${name}” nobody comes to an end.` }]
  ])
}

function endingOf ({ step: { name }, line, isEnd, choices }: Placed): Problem[] {
  const said = new Set<string>()
  const twice = choices.find(({ words }) => said.size === said.add(words).size)
  return [
    ...twice === undefined ? [] : [{ line: twice.line, sentence: 'Two choices of this step say the same.' }],
    ...isEnd && choices.length > 0 ? [{ line, sentence: `The step “${name}” is an end, and so it has no choices.` }] : [],
    ...!isEnd && choices.length === 0
      ? [{ line, sentence: `The step “${name}” has no choices. Add one, or write [end] behind its name.` }]
      : []
  ]
}

/** Everything that can be reached from `begin`. */
function spread (begin: readonly string[], onward: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set(begin)
  for (const slug of reached) for (const next of onward.get(slug) ?? []) reached.add(next)
  return reached
}

function reversed (onward: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const back = new Map<string, string[]>()
  for (const [from, targets] of onward) {
    for (const to of targets) {
      const sources = back.get(to)
      if (sources === undefined) back.set(to, [from])
      else sources.push(from)
    }
  }
  return back
}
