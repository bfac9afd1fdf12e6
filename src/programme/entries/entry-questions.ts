import { z } from 'zod'

/** More are not answered. */
export const mostQuestions = 5
export const mostChoices = 8

const question = z.strictObject({
  text: z.string().min(1),
  /** What can be chosen; none: it is answered in words. */
  choices: z.array(z.string().min(1)).max(mostChoices),
  isRequired: z.boolean()
})

/** What the organisers of a campaign ask everyone who enters something; the answers are for them only. */
export type EntryQuestion = z.infer<typeof question>

const questions = z.array(question).max(mostQuestions)

/** Reads stored questions; those that this version cannot read are a fault. */
export function readEntryQuestions (stored: unknown): EntryQuestion[] {
  return questions.parse(stored)
}

const answers = z.array(z.strictObject({ question: z.string(), answer: z.string() }))

/** An answer, with the question as it was when it was answered. */
export type EntryAnswer = z.infer<typeof answers>[number]

/** Reads stored answers. */
export function readEntryAnswers (stored: unknown): EntryAnswer[] {
  return answers.parse(stored)
}
