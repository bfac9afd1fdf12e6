import type { FormErrors } from '../../platform/http/form-errors.ts'
import { outdatedWords } from '../campaigns/wording.ts'
import { scenarioDraft } from './draft.ts'
import type { ScenarioAnswers, scenarioFields } from './draft.ts'
import type { StoryRefused } from './errors.ts'
import { saidIn } from './page.ts'
import type { KeptScenario } from './queries.ts'
import { findStep, fingerprintOf } from './scenario.ts'
import { shareOf } from './totals.ts'
import type { Totals } from './totals.ts'
import { readStory } from './twee.ts'

/** What was typed into the form of a scenario. */
export type TypedScenario = Partial<Record<typeof scenarioFields[number], string>>

/** What a writer tried to save, and why it was not. */
export interface Tried {
  typed: TypedScenario
  errors: FormErrors
  /** Their own answers, where a colleague has changed the scenario meanwhile. */
  mine?: ScenarioAnswers | undefined
  /** The state that was read, if it is still the one to change. */
  versionHash?: string | undefined
}

/** The form of a scenario, a new one or one that there is, with the campaigns that it may belong to. */
export function formPageOf (
  scenario: KeptScenario | undefined, campaigns: ReadonlyArray<{ slug: string, title: string }>, tried?: Tried
) {
  const values = tried?.typed ?? scenario ?? { text: '', campaign: undefined }
  return {
    heading: scenario === undefined ? 'Add a scenario' : `Change ${scenario.title}`,
    href: scenario === undefined ? '/staff/scenarios/new' : `${hrefOf(scenario)}/text`,
    backText: scenario === undefined ? 'Back to scenarios' : `Back to ${scenario.title}`,
    backHref: scenario === undefined ? '/staff/scenarios' : hrefOf(scenario),
    isPublished: scenario?.publishedText !== undefined,
    versionHash: scenario && (tried?.versionHash ?? scenarioDraft.versionHash(scenario)),
    text: values.text,
    campaigns: [{ value: '', text: 'None' }, ...campaigns.map(({ slug, title }) => ({ value: slug, text: title }))]
      .map(item => ({ ...item, selected: item.value === (values.campaign ?? '') })),
    comparison: scenario === undefined || tried?.mine === undefined
      ? []
      : scenarioDraft.compared(scenario, tried.mine, { text: 'Story', campaign: 'Campaign' }),
    errors: tried?.errors
  }
}

/** Every problem of a story, each leading to the field where it is mended. */
export function problemsOf ({ problems }: StoryRefused): FormErrors {
  const list = problems.map(({ line, sentence }) => ({ text: `Line ${line}: ${sentence}`, href: '#text' }))
  const text = list.length === 1 ? list[0]?.text ?? '' : `There are ${list.length} things to mend in the story`
  return { list, of: { text: { text } }, status: 400 }
}

/** A scenario with what can be done to it, and all of its steps on one sheet. */
export function scenarioPageOf (scenario: KeptScenario, totals: Totals, errors?: FormErrors) {
  const { title, slug, text, publishedText, campaignTitle } = scenario
  const { story } = readStory(text)
  return {
    title,
    href: hrefOf(scenario),
    publicHref: publishedText === undefined ? undefined : `/scenarios/${slug}`,
    campaign: campaignTitle,
    state: publishedText === undefined
      ? 'Only staff can read this.'
      : publishedText === text ? 'Everyone can read this.' : 'Everyone can read an earlier version. Publish this one when it is ready.',
    mayPublish: publishedText !== text,
    isPublished: publishedText !== undefined,
    versionHash: scenarioDraft.versionHash(scenario),
    warnings: outdatedWords(text),
    about: saidIn(story.about),
    steps: story.steps.map((step, n) => ({
      number: n + 1,
      name: step.name,
      slug: step.slug,
      said: saidIn(step.blocks),
      choices: step.choices.map(({ words, to }, n) => ({
        words,
        to: findStep(story, to)?.name,
        toHref: `#${to}`,
        share: shareOf(totals, fingerprintOf(step), n + 1, step.choices.length)
      }))
    })),
    errors
  }
}

function hrefOf ({ slug }: Pick<KeptScenario, 'slug'>): string {
  return `/staff/scenarios/${slug}`
}
