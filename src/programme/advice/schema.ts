import { z } from 'zod'
import { answer, answerInLine, answerInNumbers, unknownField, submission } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { audiences } from '../campaigns/audiences.ts'
import { textOf } from '../campaigns/schema.ts'
import { everyoneReads, notForEveryone } from '../support/public-text.ts'
import { isWebAddress } from '../support/reachable.ts'
import { mostLinks } from './advice-page.ts'
import type { AdviceDraft, AdviceLink } from './advice-page.ts'

const numbers = Array.from({ length: mostLinks }, (_, n) => n + 1)

/** The fields of each link: `link_1_title`, `link_1_url`, `link_1_about`. */
export const linkFields = numbers.flatMap(n => [`link_${n}_title`, `link_${n}_url`, `link_${n}_about`])

const audience = 'Select who it is for'
const status = 'Select who can see it'

const typedLinks = Object.fromEntries(linkFields.map(field => [field, answer('Link').trim().default('')]))

const fields = {
  title: answerInLine('Title', 'Enter a title', 150)
    .superRefine(everyoneReads('Title')),
  audience: answer('Who it is for', audience).pipe(z.enum(audiences, audience)),
  text: textOf('Text', 10_000).refine(typed => typed !== '', 'Enter the advice'),
  status: answer('Who can see it', status).pipe(z.enum(['draft', 'published'], status)),
  position: answerInNumbers('Position', 0, 999),
  ...typedLinks
}

export const adviceFields = ['title', 'audience', 'text', 'status', 'position', ...linkFields]

/** The form that adds a page. The same form with the same answers makes one page, by its id. */
export const newAdviceForm = withLinks(z.strictObject({
  ...fields, submission
}, { error: unknownField }))
  .transform(({ submission, ...draft }) => ({ ...draft, id: idFromForm(String(submission), draft) }))

/** The form that changes a page, with the state that was read. */
export const adviceForm = withLinks(z.strictObject({
  ...fields, edition: answer('What you have read')
}, { error: unknownField }))

/** The button that removes a page, in the state that was read. */
export const removalForm = z.strictObject({
  edition: answer('What you have read', 'Read this page again before you press the button.')
}, { error: unknownField })

/** Puts the links together, without those that are empty, and says what is wrong with the others. */
function withLinks<T extends Record<string, unknown>> (form: z.ZodType<T>) {
  return form.superRefine((given, context) => {
    for (const n of numbers) {
      for (const [part, message] of wrongIn(linkOf(given, n))) {
        context.addIssue({ code: 'custom', path: [`link_${n}_${part}`], message })
      }
    }
  }).transform(given => {
    const links = numbers.map(n => linkOf(given, n)).filter(link => !isEmpty(link))
    const rest = Object.fromEntries(Object.entries(given).filter(([field]) => !linkFields.includes(field)))
    return { ...rest, links } as unknown as Omit<T, `link_${number}_${keyof AdviceLink}`> & AdviceDraft
  })
}

function linkOf (given: Readonly<Record<string, unknown>>, n: number): AdviceLink {
  const part = (name: keyof AdviceLink) => String(given[`link_${n}_${name}`] ?? '')
  return { title: part('title'), url: part('url'), about: part('about') }
}

function isEmpty ({ title, url, about }: AdviceLink): boolean {
  return title === '' && url === '' && about === ''
}

/** What is wrong with a link, by its part. */
function wrongIn (link: AdviceLink): Array<[part: keyof AdviceLink, sentence: string]> {
  if (isEmpty(link)) return []
  const line = (part: keyof AdviceLink, noun: string, most: number): Array<[keyof AdviceLink, string]> => {
    if (Array.from(link[part]).length > most) return [[part, `${noun} must be ${most} characters or fewer`]]
    if (link[part].includes('\n')) return [[part, `${noun} must be on one line`]]
    const because = notForEveryone(link[part])
    return because === undefined ? [] : [[part, `${noun} ${because}`]]
  }
  return [
    ...link.title === '' ? [['title', 'Enter what the link is called'] as const] : line('title', 'What the link is called', 150),
    ...isWebAddress(link.url) && link.url.length <= 500
      ? []
      : [['url', 'Web address must be a whole one that begins with https://, like https://www.childline.org.uk/'] as const],
    ...line('about', 'What people find there', 300)
  ].map(([part, sentence]) => [part, sentence])
}
