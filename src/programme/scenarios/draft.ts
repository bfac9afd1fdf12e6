import { draft } from '../../platform/draft.ts'

/** What the writers of a scenario save. */
export interface ScenarioAnswers {
  text: string
  /** Slug of the campaign that shows it; undefined: none. */
  campaign: string | undefined
}

export const scenarioDraft = draft(['text', 'campaign'])
export const scenarioFields = scenarioDraft.fields
