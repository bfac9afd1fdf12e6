import { draft } from '../../platform/draft.ts'

/** Who journalists turn to, and what they are asked to keep to; empty where there is nothing to say. */
export interface Press {
  pressContact: string
  pressEmail: string
  pressPhone: string
  pressNote: string
}

export const pressDraft = draft(['pressContact', 'pressEmail', 'pressPhone', 'pressNote'])
