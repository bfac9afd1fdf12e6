import { draft } from '../../platform/draft.ts'
import { audiences } from './audiences.ts'
import type { Audience } from './audiences.ts'

/** What a campaign wants each audience to remember, in order. */
export type KeyMessages = Record<Audience, string[]>

export const messagesDraft = draft(audiences)

/** How many an audience may have, and how long each: nobody remembers more. */
export const most = { messages: 20, characters: 500 } as const
