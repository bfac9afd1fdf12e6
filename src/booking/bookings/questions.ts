import type { AskedColumn } from './answer-columns.ts'

/** One question of the booking form. */
interface Question {
  label: string
  /** What an error message calls the answer. */
  noun: string
  /** Why we ask, in one sentence, shown under the question and in the privacy notice. */
  why: string
  optional: boolean
}

/** Everything that the booking form asks, in its order, by field name. Nothing else is kept about anyone. */
export const questions = {
  name: {
    label: 'Full name',
    noun: 'Full name',
    why: 'So we know what to call you and when you join.',
    optional: false
  },
  email: {
    label: 'Email address',
    noun: 'Email address',
    why: 'We send your confirmation here.',
    optional: false
  },
  role: {
    label: 'You are',
    noun: 'Who you are',
    why: 'This helps the people running it.',
    optional: false
  },
  district: {
    label: 'Where you live',
    noun: 'Where you live',
    why: 'This is meant for people in these areas.',
    optional: false
  },
  places: {
    label: 'Number of places',
    noun: 'Number of places',
    why: 'Include yourself. Make one booking for everyone.',
    optional: false
  },
  code: {
    label: 'Code',
    noun: 'Code',
    why: 'Only if a partner organisation gave you one.',
    optional: true
  },
  phone: {
    label: 'Phone number',
    noun: 'Phone number',
    why: 'We only call about late changes.',
    optional: true
  },
  access_needs: {
    label: 'What would help you take part?',
    noun: 'What would help you take part',
    why: 'For example captions, sign language or step-free access.',
    optional: true
  },
  question: {
    label: 'Your question',
    noun: 'Your question',
    why: 'We read it before the day. This is not monitored: do not report a concern here, or name a child.',
    optional: true
  },
  heard_from: {
    label: 'How did you hear about this?',
    noun: 'How you heard about this',
    why: 'It tells us what reaches people.',
    optional: true
  }
} as const satisfies Record<AskedColumn | 'code', Question>

export type Field = keyof typeof questions
