import fc from 'fast-check'
import t from 'tap'
import { asksAt, occasions, questionsAt, readQuestions, suggested, valuesOf } from '../../../src/programme/evaluations/questionnaire.ts'
import type { Question, Questions } from '../../../src/programme/evaluations/questionnaire.ts'
import { answersOf, fieldOf, fieldsOf, numbers, questionFields, questionnaireDraft } from '../../../src/programme/evaluations/questionnaire-draft.ts'
import { questionsForm } from '../../../src/programme/evaluations/schema.ts'

const line = fc.stringMatching(/^[A-Za-z?’ ]{1,60}$/).map(text => `A${text.replaceAll(/\s+/g, ' ').trim()}`)
const scale = fc.record({ kind: fc.constant('scale' as const), text: line, low: line, high: line, asksBefore: fc.constant(false) }, { noNullPrototype: true })
const choice = fc.record({ kind: fc.constant('choice' as const), text: line, choices: fc.uniqueArray(line, { minLength: 2, maxLength: 8 }) }, { noNullPrototype: true })
const text = fc.record({ kind: fc.constant('text' as const), text: line }, { noNullPrototype: true })
const questionnaires = fc.array(fc.oneof(scale, choice, text), { minLength: 1, maxLength: 5 }).chain(questions =>
  fc.nat({ max: questions.length }).map((n): Questions => {
    const compared: Question[] = questions.map((question, at) =>
      question.kind === 'scale' && at === n ? { ...question, asksBefore: true } : question)
    return { questions: compared, asksLater: questions[n]?.kind === 'scale' }
  }))

/** What a browser sends from the form of a questionnaire. */
function sent ({ questions, asksLater }: Questions): Record<string, string> {
  const all = numbers.flatMap(number => {
    const fields = fieldsOf(questions[number - 1])
    return questionFields.flatMap(field => field === 'before' && fields.before === '' ? [] : [[fieldOf(number, field), fields[field]]])
  })
  return { ...Object.fromEntries(all) as Record<string, string>, source: 'own', edition: '0'.repeat(32), ...asksLater && { later: 'yes' } }
}

function sentences (form: Record<string, string>): string[] {
  const read = questionsForm(suggested).safeParse(form)
  return read.success ? [] : read.error.issues.map(({ message }) => message)
}

t.test('what the form sends is what is asked, and what is stored can be read', async t => {
  fc.assert(fc.property(questionnaires, asked => {
    const { questions, asksLater } = questionsForm(suggested).parse(sent(asked))
    t.strictSame({ questions, asksLater }, asked)
    t.strictSame(readQuestions(JSON.parse(JSON.stringify(questions))), asked.questions)
  }), { numRuns: 50 })
})

t.test('before and later ask nothing but the one question that is compared', async () => {
  fc.assert(fc.property(questionnaires, asked => {
    for (const occasion of occasions) {
      const some = questionsAt(asked, occasion)
      const [one, ...others] = some
      if (occasion !== 'after' && others.length > 0) return false
      if (asksAt(asked, occasion) !== (one !== undefined)) return false
      if (some.some(({ number, text }) => asked.questions[number - 1]?.text !== text)) return false
    }
    return true
  }), { numRuns: 100 })
})

t.test('what we suggest is a questionnaire: four questions, one of them compared', async t => {
  t.strictSame(sentences(sent(suggested)), [])
  t.equal(suggested.questions.length, 4)
  t.strictSame(questionsAt(suggested, 'before').map(({ number }) => number), [1])
  t.strictSame(suggested.questions.map(question => valuesOf(question).length), [5, 5, 5, 0])
})

t.test('each mistake in the form gets a sentence that says which question it is', async t => {
  const good = sent(suggested)
  const cases: Array<[change: Record<string, string>, sentence: RegExp]> = [
    [{ source: 'x' }, /^Select what people are asked$/],
    [{ q1_low: '' }, /^Question 1: enter the words for 1$/],
    [{ q2_high: ' ' }, /^Question 2: enter the words for 5$/],
    [{ q3_choices: 'Only one' }, /^Question 3: enter from 2 to 8 answers to choose from, one on each line$/],
    [{ q3_choices: 'Yes\nYes' }, /^Question 3: two of the answers are the same$/],
    [{ q3_choices: `Yes\n${'x'.repeat(81)}` }, /^Question 3: each answer must be 80 characters or fewer$/],
    [{ q3_before: 'yes' }, /^Question 3: only a scale from 1 to 5 can be asked before too$/],
    [{ q2_before: 'yes' }, /^Question 2: only one question can be asked before too, and question 1 is$/],
    [{ q4_text: '', q4_choices: 'Yes\nNo' }, /^Question 4: enter the question$/],
    [{ q5_low: 'Not at all' }, /^Question 5: enter the question$/],
    [{ q5_before: 'yes' }, /^Question 5: enter the question$/],
    [{ q3_text: '', q3_choices: 'Talk with a child about it\nNothing for now' }, /^Question 3: enter the question$/],
    [{ q1_text: 'x'.repeat(201) }, /^Question 1 must be 200 characters or fewer$/],
    [{ q2_kind: 'stars' }, /^Question 2: select how people answer$/]
  ]
  for (const [change, sentence] of cases) t.ok(sentences({ ...good, ...change }).some(said => sentence.test(said)), `${sentence}: ${sentences({ ...good, ...change }).join('; ')}`)
  const none = Object.fromEntries(Object.entries(good).map(([field, value]) => [field, field.startsWith('q') && !field.endsWith('kind') ? '' : value]))
  t.match(sentences({ ...none, q1_before: '' }).join(), /enter|Load/)
  const { q1_before: _, ...without } = good
  t.match(sentences({ ...without, later: 'yes' }), [/^To ask again after 3 months, choose one question that is asked before too$/])
  t.strictSame(sentences({ ...good, source: 'none', q1_low: '' }), [], 'who asks nothing need not mend the questions')
})

t.test('a question is left out by emptying it, whatever the form had filled in beside it', async () => {
  fc.assert(fc.property(questionnaires, fc.nat(), (shown, at) => {
    const number = at % shown.questions.length + 1
    const left = shown.questions.filter((_, n) => n !== number - 1)
    const { later: _, ...form } = sent(shown)
    const read = questionsForm(shown).safeParse({ ...form, [fieldOf(number, 'text')]: ' ' })
    return left.length === 0 ? !read.success : JSON.stringify(read.data?.questions) === JSON.stringify(left)
  }), { numRuns: 100 })
})

t.test('two people who change different questions are told apart', async t => {
  const now = answersOf('own', suggested)
  const changed = answersOf('own', { ...suggested, questions: suggested.questions.slice(0, 3) })

  t.not(questionnaireDraft.versionHash(now), questionnaireDraft.versionHash(changed))
  t.strictSame(questionnaireDraft.changed(now, changed), ['q4'])
})
