import fc from 'fast-check'
import t from 'tap'
import { addedAnswers } from '../../../src/office/reports/answers.ts'
import { exactly, isSmall, partsOf } from '../../../src/office/reports/small-numbers.ts'
import type { Figure } from '../../../src/office/reports/small-numbers.ts'
import { resultsOf } from '../../../src/office/evaluation-results/results.ts'
import type { QuestionResult } from '../../../src/office/evaluation-results/results.ts'
import type { Question } from '../../../src/programme/evaluations/questionnaire.ts'
import { Guesses } from '../../support/guesses.ts'

const useful: Question = { kind: 'scale', text: 'How useful was it?', low: 'Not', high: 'Very', asksBefore: true }
const next: Question = { kind: 'choice', text: 'What will you do next?', choices: ['Talk', 'Ask', 'Nothing'] }
const better: Question = { kind: 'text', text: 'What could we do better?' }

/** What an activity's page shows of how often each answer was given, afterwards or before. */
function resultsWith (questions: readonly Question[], counts: readonly number[][], occasion: 'before' | 'after' = 'after') {
  const all = counts.flatMap((each, question) =>
    each.map((count, n) => ({ occasion, question: question + 1, value: n + 1, count })))
  return resultsOf({ questions, asksLater: true }, all, []).questions
}

t.test('the same question of several activities is added up, and another is not', async t => {
  const added = addedAnswers([
    [...resultsWith([useful, next], [[0, 0, 5, 5, 10], [5, 5, 0]]), ...resultsWith([useful], [[6, 6, 0, 0, 0]], 'before')],
    resultsWith([better, useful], [[], [0, 5, 0, 0, 5]]),
    resultsWith([{ ...useful, high: 'Quite' }], [[5, 0, 0, 0, 5]])
  ])

  t.strictSame(added.map(({ question, occasions }) => [question.text, occasions.map(({ occasion }) => occasion)]), [
    ['How useful was it?', ['before', 'after']], ['How useful was it?', ['after']], ['What will you do next?', ['after']]
  ])
  const [before, after] = added[0]?.occasions ?? []
  t.match(before, { activities: 1, answered: 12, counts: [6, 6, 0, 0, 0].map(exactly) })
  t.match(after, { activities: 2, answered: 30, counts: [0, 5, 5, 5, 15].map(exactly) })
})

t.test('an activity where fewer than 5 people answered a question is not counted for it', async t => {
  const added = addedAnswers([
    resultsWith([useful], [[0, 0, 0, 0, 4]]), resultsWith([useful], [[0, 0, 0, 5, 5]]), resultsWith([next], [[1, 1, 2]])
  ])

  t.match(added, [{ question: useful, occasions: [{ activities: 1, answered: 10 }] }])
  t.equal(added.length, 1)
})

/** An activity, in its campaign, its quarter and led by an organisation, with how often each answer was given. */
interface Asking { campaign: number, quarter: number, agency: number, counts: number[] }

const programmes = fc.array(fc.record({
  campaign: fc.nat(1),
  quarter: fc.nat(1),
  agency: fc.nat(1),
  counts: fc.array(fc.oneof(fc.constant(0), fc.nat(5), fc.nat(12)), { minLength: 3, maxLength: 3 })
}), { minLength: 1, maxLength: 5 })

/** Every choice that there is on the page: some span, a campaign or all, an organisation or all. */
const selections = [[0, 1], [0], [1]].flatMap(quarters =>
  [undefined, 0, 1].flatMap(campaign => [undefined, 0, 1].map(agency => (one: Asking) =>
    quarters.includes(one.quarter) &&
    (campaign === undefined || campaign === one.campaign) && (agency === undefined || agency === one.agency))))

interface Published { answered: number, counts: readonly Figure[] }
type Adding = (some: ReadonlyArray<readonly QuestionResult[]>) => Published | undefined

const asReported: Adding = some => addedAnswers(some)[0]?.occasions[0]

/**
 * Counts from 1 to 4 of one activity that are worked out by whoever has every report, and has read the pages of all
 * other activities.
 */
function workedOut (programme: readonly Asking[], adding: Adding): string[] {
  const results = programme.map(({ counts }) => resultsWith([next], [counts]))
  const unknownsOf = (n: number) => [0, 1, 2].map(answer => `${n} gave ${answer}`)
  return programme.flatMap(({ counts: told }, about) => {
    const guesses = new Guesses()
    for (const [n, { counts }] of programme.entries()) {
      const answered = counts.reduce((sum, count) => sum + count)
      guesses.know(unknownsOf(n), answered < 5 ? { low: 0, high: 4 } : exactly(answered))
      if (n === about || answered < 5) continue
      for (const [answer, count] of counts.entries()) guesses.know([`${n} gave ${answer}`], exactly(count))
    }
    for (const isChosen of selections) {
      const places = [...programme.keys()].filter(n => programme[n] !== undefined && isChosen(programme[n]))
      const published = adding(places.map(n => results[n] ?? []))
      if (published === undefined) continue
      // Everyone is taken to know which activities are counted.
      const counted = adding === asReported ? places.filter(n => asReported([results[n] ?? []]) !== undefined) : places
      guesses.know(counted.flatMap(unknownsOf), exactly(published.answered))
      for (const [answer, figure] of published.counts.entries()) {
        guesses.know(counted.map(n => `${n} gave ${answer}`), figure)
      }
    }
    const sums: Array<[unknowns: string[], count: number]> = [
      ...told.map((count, answer): [string[], number] => [[`${about} gave ${answer}`], count]),
      [unknownsOf(about), told.reduce((sum, count) => sum + count)]
    ]
    return sums.filter(([, count]) => isSmall(count)).flatMap(([unknowns, count]) => {
      const [low, high] = guesses.rangeOf(unknowns)
      const what = `${unknowns.join(' + ')} is ${count}`
      if (low > count || high < count) throw new Error(`${what}, and published as ${low} to ${high}.`)
      return low === high ? [what] : []
    })
  })
}

const runs = { numRuns: Number(process.env['PROGRAMMES'] ?? 60) }

t.test('from all reports, and the pages of all other activities, nobody works out a count of answers under 5', async () => {
  fc.assert(fc.property(programmes, programme => {
    const found = workedOut(programme, asReported)
    if (found.length > 0) throw new Error(found.join(', '))
  }), runs)
})

/** Adds up what the pages show. */
const shownAdded: Adding = some => addedBy(some, counts => counts.map(exactly))
/** Adds up, and hides what is small in the sum. */
const hiddenInTheSum: Adding = some => addedBy(some, partsOf)

function addedBy (
  some: ReadonlyArray<readonly QuestionResult[]>, publish: (counts: number[]) => Figure[]
): Published | undefined {
  const counts = some.flatMap(([result]) => result?.distributions[0]?.counts ?? [0, 0, 0])
  const each = [0, 1, 2].map(answer => counts.filter((_, n) => n % 3 === answer).reduce((sum, count) => sum + count, 0))
  const answered = each.reduce((sum, count) => sum + count)
  return answered < 5 ? undefined : { answered, counts: publish(each) }
}

t.test('and would, if what the pages show was added up, or small numbers were hidden in the sum alone', async t => {
  for (const adding of [shownAdded, hiddenInTheSum]) {
    // Each activity has answers enough to be counted.
    const counted = programmes.filter(programme =>
      programme.every(({ counts }) => counts.reduce((sum, one) => sum + one) >= 5))
    t.ok(fc.check(fc.property(counted, programme => workedOut(programme, adding).length === 0), runs).failed)
  }
})

/** Every way in which so many people can have answered. */
function * ways (people: number, answers: number): Generator<number[]> {
  if (answers === 1) return yield [people]
  for (let first = 0; first <= people; first++) {
    for (const rest of ways(people - first, answers - 1)) yield [first, ...rest]
  }
}

t.test('nor does anyone who knows how this works: other answers are published in the very same way', async t => {
  for (const [answers, most] of [[3, 18], [5, 11], [8, 8]] as const) {
    const choices = Array.from({ length: answers }, (_, n) => `Answer ${n + 1}`)
    for (let people = 5; people <= most; people++) {
      const alike = Map.groupBy(ways(people, answers), counts =>
        JSON.stringify(addedAnswers([resultsWith([{ ...next, choices }], [counts])])))
      const settled = [...alike.values()].filter(some =>
        some[0]?.some((count, n) => isSmall(count) && some.every(one => one[n] === count)))
      t.strictSame(settled.map(([first]) => first), [], `${people} people, ${answers} answers`)
    }
  }
})
