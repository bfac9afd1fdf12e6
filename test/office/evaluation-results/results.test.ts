import fc from 'fast-check'
import t from 'tap'
import { parse } from 'csv-parse/sync'
import { csvFileOf } from '../../../src/office/evaluation-results/csv-file.ts'
import { resultsOf } from '../../../src/office/evaluation-results/results.ts'
import type { Count } from '../../../src/office/evaluation-results/results.ts'
import { occasions, questionsAt, suggested, valuesOf } from '../../../src/programme/evaluations/questionnaire.ts'
import type { Question } from '../../../src/programme/evaluations/questionnaire.ts'

const asked = { ...suggested, asksLater: true }
const texts = [{ occasion: 'after', question: 4, text: 'A longer break' }] as const

/** The counts of people who answered, each on some questions, in the occasions in which those are asked. */
const counted = fc.array(fc.record({
  occasion: fc.constantFrom(...occasions),
  answers: fc.array(fc.nat({ max: 5 }), { minLength: 3, maxLength: 3 })
}, { noNullPrototype: true }), { maxLength: 40 }).map(people => {
  const counts: Count[] = occasions.flatMap(occasion => [
    { occasion, question: 0, value: 0, count: 0 },
    ...questionsAt(asked, occasion).flatMap(question =>
      valuesOf(question).map(value => ({ occasion, question: question.number, value, count: 0 })))
  ])
  for (const { occasion, answers } of people) {
    for (const [question, value] of [[0, 0], ...answers.map((value, n) => [n + 1, value])]) {
      const found = counts.find(count =>
        count.occasion === occasion && count.question === question && count.value === value)
      if (found !== undefined) found.count++
    }
  }
  return { people, counts }
})

t.test('nothing is shown of fewer than five answers, and everything of five', async t => {
  fc.assert(fc.property(counted, ({ people, counts }) => {
    const results = resultsOf(asked, counts, [...texts])
    for (const { occasion, forms } of results.answered) {
      const theirs = people.filter(person => person.occasion === occasion).length
      if (forms !== (theirs < 5 ? undefined : theirs)) return false
    }
    const all = results.questions.flatMap(({ question, distributions }) =>
      distributions.map(one => ({ ...one, question })))
    return all.every(({ question, occasion, answered, counts, mean }) => {
      const given = people.filter(person => person.occasion === occasion)
        .map(({ answers }) => answers[question.number - 1] ?? 0).filter(value => value > 0)
      if (given.length < 5) return answered === undefined && counts === undefined && mean === undefined
      const sum = (counts ?? []).reduce((sum, count) => sum + count, 0)
      return answered === given.length && sum === given.length
    })
  }))
  t.pass('in random groups of people')
})

t.test('before, afterwards and three months on stand beside each other where they are asked', async t => {
  const count = (occasion: Count['occasion'], value: number, count: number) => ({ occasion, question: 1, value, count })
  const forms = (occasion: Count['occasion'], count: number) => ({ occasion, question: 0, value: 0, count })
  const counts = [
    forms('before', 6), forms('after', 10), forms('later', 4), count('before', 2, 6), count('after', 4, 5), count('after', 5, 5),
    count('later', 5, 4)
  ]
  const [compared, useful, next, better] = resultsOf(asked, counts, [...texts]).questions

  t.strictSame(compared?.distributions, [
    { occasion: 'before', answered: 6, counts: [0, 6, 0, 0, 0], mean: 2 },
    { occasion: 'after', answered: 10, counts: [0, 0, 0, 5, 5], mean: 4.5 },
    { occasion: 'later', answered: undefined, counts: undefined, mean: undefined }
  ])
  t.strictSame(useful?.distributions.map(({ occasion }) => occasion), ['after'])
  t.strictSame(next?.distributions.map(({ mean }) => mean), [undefined])
  t.strictSame(better?.texts, texts)
  t.equal(resultsOf(asked, [forms('after', 4)], [...texts]).questions[3]?.texts, undefined, 'of four people no text is shown')
})

t.test('the file has the numbers, says what it keeps back, and nothing that a spreadsheet would run', async t => {
  const questions: Question[] = [{ kind: 'choice', text: '=1+1', choices: ['-1', '+2'] }]
  const counts: Count[] = [1, 2].map(value => ({ occasion: 'after', question: 1, value, count: 3 }))
  const file = csvFileOf(resultsOf({ questions, asksLater: false }, counts, []))
  const few = csvFileOf(resultsOf(asked, [], [...texts]))

  t.strictSame(parse(file, { bom: true }), [
    ['question_number', 'question', 'occasion', 'answer', 'count', 'answered'],
    ['1', "'=1+1", 'after', "'-1", '3', '6'], ['1', "'=1+1", 'after', "'+2", '3', '6']
  ])
  t.match(few, /,before,1 – Not at all confident,,fewer than 5\r\n/)
  t.notMatch(few, /A longer break/, 'what people wrote stays on the page')
})
