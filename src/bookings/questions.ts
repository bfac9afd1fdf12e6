/** One question of the booking form. */
export interface Question {
  label: string
  /** What an error calls the answer. */
  noun: string
  /** Why we ask, in one sentence, shown under the question and in the privacy notice. */
  why: string
  optional: boolean
}

/** What the booking form asks, in its order, by the names of its fields. Nothing else is kept of anybody. */
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
    why: 'We send your confirmation, and anything that changes, to this address.',
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
    why: 'This is for people who live in these areas, and we count how many come from each.',
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
    why: 'If a partner organisation gave you a code for this, it keeps a place for you.',
    optional: true
  },
  phone: {
    label: 'Phone number',
    noun: 'Phone number',
    why: 'We only call if something changes so late that you might miss an email.',
    optional: true
  },
  access_needs: {
    label: 'What would help you take part?',
    noun: 'What would help you take part',
    why: 'For example captions, a British Sign Language interpreter, large print or step-free access.',
    optional: true
  },
  question: {
    label: 'Is there a question you would like answered?',
    noun: 'Your question',
    why: 'The people who run this read it beforehand. Do not name or describe a child.',
    optional: true
  },
  heard_from: {
    label: 'How did you hear about this?',
    noun: 'How you heard about this',
    why: 'It tells us which posters, schools and posts reach people.',
    optional: true
  }
} as const satisfies Record<string, Question>

export type Field = keyof typeof questions
