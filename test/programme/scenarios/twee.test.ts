import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { outdatedWords } from '../../../src/programme/campaigns/wording.ts'
import { fingerprintOf, limits } from '../../../src/programme/scenarios/scenario.ts'
import type { Block, Story } from '../../../src/programme/scenarios/scenario.ts'
import { readStory, storyAsText } from '../../../src/programme/scenarios/twee.ts'
import { shareInWords, shareOf } from '../../../src/programme/scenarios/totals.ts'
import { processorMs } from '../../support/processor-time.ts'

const root = join(import.meta.dirname, '../../..')
const jess = readFileSync(join(root, 'templates/programme/scenarios/where-is-jess.twee'), 'utf8')

const story = `:: StoryTitle
The missing phone

:: Before [about]
You are a teacher.

:: Friday
Sam looks for
his phone.

[[Ask him->Sam talks]]
[[Wait|Sam leaves]]

:: Sam leaves
> Sam: He is alone: again.
> You: Nothing.

[[Sam talks]]

:: Sam talks [end]
# What helps
* Listen
* Call https://www.ceop.police.uk/ for help
`

/** What the parser says of a story in which `from` is replaced. */
function saidOf (from: string | RegExp, to: string): string[] {
  return readStory(story.replace(from, to)).problems.map(({ line, sentence }) => `${line}: ${sentence}`)
}

t.test('a story is read as it was written', async t => {
  t.strictSame(readStory(story), {
    story: {
      title: 'The missing phone',
      about: [{ is: 'paragraph', text: 'You are a teacher.' }],
      steps: [
        {
          name: 'Friday',
          slug: 'friday',
          blocks: [{ is: 'paragraph', text: 'Sam looks for his phone.' }],
          choices: [{ words: 'Ask him', to: 'sam-talks' }, { words: 'Wait', to: 'sam-leaves' }]
        },
        {
          name: 'Sam leaves',
          slug: 'sam-leaves',
          blocks: [{ is: 'person', name: 'Sam', text: 'He is alone: again.' }, { is: 'person', name: 'You', text: 'Nothing.' }],
          choices: [{ words: 'Sam talks', to: 'sam-talks' }]
        },
        {
          name: 'Sam talks',
          slug: 'sam-talks',
          blocks: [
            { is: 'heading', text: 'What helps' }, { is: 'item', text: 'Listen' },
            { is: 'item', text: 'Call https://www.ceop.police.uk/ for help' }
          ],
          choices: []
        }
      ]
    },
    problems: []
  })
})

t.test('what is wrong is said in a sentence, with its line', async t => {
  const wrong: Array<[from: string | RegExp, to: string, said: RegExp]> = [
    [/:: StoryTitle\n.*\n/, '', /^1: The title is missing/],
    ['phone\n\n', 'phone\nand more\n\n', /^1: The title is one line/],
    [/^/, 'Hello\n', /^1: A story begins with the line “:: StoryTitle”/],
    ['->Sam talks', '->Sam talk', /^11: There is no step “Sam talk”/],
    ['[[Wait|Sam leaves]]', '', /^14: Nobody reaches the step “Sam leaves”/],
    ['[[Sam talks]]', '', /^14: The step “Sam leaves” has no choices\. Add one, or write \[end\]/],
    [' [end]', ' [end]\n[[Go on->Friday]]', /^20: The step “Sam talks” is an end/],
    [' [end]', '\n[[Back->Friday]]', /Choices come last/],
    [':: Sam leaves', ':: Sam Talks', /The step “Sam talks” has the name of the one in line 14/],
    [':: Friday', ':: 金曜日', /^7: Give the step a name with characters/],
    [':: Friday', ':: Fri[day', /^7: The name of a step cannot have brackets/],
    [':: Friday', `:: ${'Friday '.repeat(9)}`, /^7: The name of a step can have 60 characters/],
    ['[[Ask him->', `[[${'Ask '.repeat(60)}->`, /^11: A choice can have 200 characters/],
    ['[[Ask him->Sam talks]]', '[[->Sam talks]]', /^11: A choice says what someone does/],
    ['[[Ask him->Sam talks]]', 'Or [[Ask him->Sam talks]]', /^11: A choice stands in a line of its own/],
    ['[[Wait|Sam leaves]]', '[[Ask him->Sam leaves]]', /^12: Two choices of this step say the same/],
    ['> Sam: He is alone: again.', '> He is alone', /^15: Say who it happens to/],
    ['* Listen', '*', /^22: There is nothing behind the “\*”/],
    ['* Listen', '* Call 07700 900123', /^22: This must not have a mobile number/],
    ['Sam looks for\nhis phone.', 'Call 07700\n900123', /^8: This must not have a mobile number/],
    ['Sam looks for', '(set: $angry to true)', /^8: This is a command for a game program/],
    ['Sam looks for\nhis phone.', '', /^7: The step “Friday” says nothing/],
    ['his phone.', 'his phone. '.repeat(300), /^7: The step “Friday” is too long/],
    ['[[Wait|Sam leaves]]', Array.from('abcdefg', word => `[[${word}->Sam leaves]]`).join('\n'), /^7: The step “Friday” has too many choices/],
    [':: Before', ':: More [about]\nMore.\n\n:: Before', /^7: Only one step can be \[about\]/],
    [/ \[end\][^]*/, '\nHe talks.\n[[Again->Friday]]', /^7: The story has no end/],
    [/:: Friday[^]*/, '', /^1: There are no steps yet/],
    [/$/, 'x'.repeat(limits.file), /^1: The story is too long/]
  ]
  for (const [from, to, said] of wrong) t.match(saidOf(from, to).join('\n'), said, `${from}`)

  const loop = '\n:: Round\nRound.\n[[And->About]]\n:: About\nAnd about.\n[[Round]]\n'
  const round = readStory(`${story.replace('[[Wait|', '[[Turn->Round]]\n[[Wait|')}${loop}`)
  t.strictSame(round.problems.map(({ sentence }) => sentence), [
    'From the step “Round” nobody comes to an end.', 'From the step “About” nobody comes to an end.'
  ])
})

t.test('everything that is wrong is said at once, in the order of its lines', async t => {
  t.strictSame(saidOf(/\* Listen[^]*/, '*\n[[Off->Nowhere]]\n').map(said => said.split(':')[0]), ['20', '22', '23'])
  t.equal(readStory(Array.from({ length: 500 }, () => ':: [').join('\n')).problems.length, limits.problems)
})

t.test('Twine says where a story begins, and its marks are no matter', async t => {
  const fromTwine = story.replace(':: Friday', ':: Friday {"position":"600,400","size":"100,100"}')
    .replace('[end]', '[end red] {"position":"1,2"}') + '\n:: Hello\nHello.\n[[Friday]]\n'
  const { story: read, problems } = readStory(`${fromTwine}\n:: StoryData\n{\n  "ifid": "D674", "start": "Hello"\n}\n`)

  t.strictSame(problems, [])
  t.strictSame(read.steps.map(({ name }) => name), ['Hello', 'Friday', 'Sam leaves', 'Sam talks'])
})

const word = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '’', '-', '>', '<', '|', ':', '#', '*', '[', ']', '{', ' ', '\u200D', '\uFE0F', '0', '7'), minLength: 1, maxLength: 20 })
const line = fc.oneof(
  word, word.map(text => `:: ${text}`), word.map(text => `:: ${text} [end]`), word.map(text => `> ${text}: ${text}`),
  word.map(text => `* ${text}`), fc.tuple(word, word).map(([one, other]) => `[[${one}->${other}]]`), fc.constant(''),
  fc.constant(':: StoryTitle')
)

t.test('whatever a file says, it is read or refused, and what is read is the same when it is written again', async () => {
  fc.assert(fc.property(fc.oneof(fc.array(line, { maxLength: 30 }).map(lines => lines.join('\n')), fc.string({ unit: 'binary' })), text => {
    const { story, problems } = readStory(text)
    if (problems.length === 0) sameAgain(story)
  }), { numRuns: 2_000 })
})

/** A story of steps that lead on, each to the next and some others, and of texts with every mark in them. */
const written = fc.array(fc.tuple(fc.array(fc.tuple(fc.constantFrom('', '# ', '* ', '> Sam: '), word), { minLength: 1, maxLength: 4 }), fc.array(fc.tuple(word, fc.nat(20)), { maxLength: 3 })), { minLength: 1, maxLength: 12 })
  .map(steps => [':: StoryTitle\nA title', ...steps.map(([blocks, choices], n) => [
    `:: Step ${n}${n === steps.length - 1 ? ' [end]' : ''}`,
    ...blocks.map(([mark, text]) => `${mark}x${text}`),
    ...n === steps.length - 1 ? [] : [`[[On->Step ${n + 1}]]`, ...choices.map(([words, to], m) => `[[${m} ${words}->Step ${to % steps.length}]]`)]
  ].join('\n'))].join('\n\n'))

t.test('a story that holds together is read, and is the same when it is written again', async t => {
  let read = 0
  fc.assert(fc.property(written, text => {
    const { story, problems } = readStory(text)
    if (problems.length > 0) return
    read++
    sameAgain(story)
  }), { numRuns: 1_000 })
  t.ok(read > 100, `${read} of them were stories`)
})

function sameAgain (story: Story): void {
  const again = readStory(storyAsText(story))
  const isSame = JSON.stringify(again) === JSON.stringify({ story, problems: [] })
  if (!isSame) throw new Error(JSON.stringify({ story, again }))
}

t.test('no file takes more time than its length calls for', async t => {
  for (const piece of ['[[', '::', ':: [', '<', '# ', '{', '"start" ', '\u200C', ' ', '> a:', '[[a->b]]\n', ':: a\nb\n', '+44 7']) {
    const text = `:: StoryTitle\n${piece.repeat(Math.floor(limits.file / piece.length) - 20)}`
    t.ok(processorMs(() => { readStory(text) }) < 1_500, JSON.stringify(piece))
  }
})

t.test('the example is a story of ten steps and more, in plain words that blame no child', async t => {
  const { story: { title, steps, about }, problems } = readStory(jess)

  t.strictSame(problems, [])
  t.ok(steps.length >= 10)
  t.ok(steps.filter(({ choices }) => choices.length === 0).length >= 2, 'it can end well or not')
  t.strictSame(outdatedWords(jess), [])
  t.notMatch(jess, /her own fault|attention.seeking|streetwise|promiscuous|runaway|risky behaviour/i)
  t.match(title, 'Where is Jess?')
  t.ok(about.length > 0)
  for (const { name, blocks, choices } of steps.filter(({ choices }) => choices.length === 0)) {
    t.ok(blocks.some(({ is, text }) => is === 'heading' && text === 'What really helps'), name)
    t.strictSame(choices, [])
  }
  const said = steps.flatMap(({ blocks, choices }) =>
    [...blocks.map(({ text }: Block) => text), ...choices.map(({ words }) => words)])
  const sentences = said.flatMap(text => text.split(/[.?!]+[”"]?(?:\s+|$)/)).filter(sentence => sentence.trim() !== '')
  const lengths = sentences.map(sentence => sentence.trim().split(/\s+/).length)
  t.ok(Math.max(...lengths) <= 25, 'no sentence is long')
  t.ok(lengths.reduce((sum, length) => sum + length, 0) / lengths.length < 11, 'most are short')
})

t.test('shares are told in tenths, and only of enough answers', async t => {
  t.equal(shareInWords(19, 19), undefined)
  t.equal(shareInWords(8, 20), 'About 4 in 10 people chose this.')
  t.equal(shareInWords(0, 40), 'Few people chose this.')
  t.equal(shareInWords(40, 40), 'Almost everyone chose this.')
  const { story: { steps: [step] } } = readStory(story)
  const words = step === undefined ? '' : fingerprintOf(step)
  const totals = new Map([[words, new Map([[1, 15], [2, 15]])]])
  t.equal(shareOf(totals, words, 1, 2), 'About 5 in 10 people chose this.')
  t.equal(shareOf(totals, 'other words', 1, 2), undefined)
})
