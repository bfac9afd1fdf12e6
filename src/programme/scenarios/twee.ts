import { slugOf } from '../../platform/slug.ts'
import { visibleText } from '../../platform/typed.ts'
import { notForEveryone } from '../support/public-text.ts'
import { gapsIn } from './gaps.ts'
import type { Placed, Problem } from './gaps.ts'
import { limits } from './scenario.ts'
import type { Block, Choice, Story } from './scenario.ts'

/** A part of the file: its header, and the lines below it. */
interface Passage { name: string, tags: string[], line: number, lines: string[] }

type Kind = 'title' | 'data' | 'about' | 'step'

function kindOf ({ name, tags }: Passage): Kind {
  if (name === 'StoryTitle') return 'title'
  if (name === 'StoryData') return 'data'
  return tags.includes('about') ? 'about' : 'step'
}

/**
 * Reads a story from Twee 3, of which it knows what docs/scenarios.md says. The problems are all that there are, in
 * their order; without any, the story is one. Takes time in proportion to the text, whatever it is.
 */
export function readStory (typed: string): { story: Story, problems: Problem[] } {
  const problems: Problem[] = []
  if (typed.length > limits.file) {
    const sentence = `The story is too long. It may have ${limits.file.toLocaleString('en-GB')} characters.`
    return { story: { title: '', about: [], steps: [] }, problems: [{ line: 1, sentence }] }
  }
  const passages = passagesIn(visibleText(typed), problems)
  const are = (kind: Kind) => passages.filter(passage => kindOf(passage) === kind)
  const placed = are('step').map(passage => stepIn(passage, problems))

  const title = titleIn(are('title'), problems)
  const about = are('about').flatMap((passage, n) => {
    const { step: { blocks }, choices: [choice] } = stepIn(passage, problems)
    if (n > 0) problems.push({ line: passage.line, sentence: 'Only one step can be [about].' })
    if (choice !== undefined) problems.push({ line: choice.line, sentence: 'What people read before they begin has no choices.' })
    return blocks
  })
  const startSlug = startIn(are('data')[0])
  const start = placed.find(({ step }) => step.slug === startSlug) ?? placed[0]
  const inOrder = start === undefined ? [] : [start, ...placed.filter(one => one !== start)]
  problems.push(...gapsIn(inOrder))

  const story = { title, about, steps: inOrder.map(({ step }) => step) }
  return { story, problems: problems.sort((one, other) => one.line - other.line).slice(0, limits.problems) }
}

/** A story as a file, which reads as the same story. */
export function storyAsText ({ title, about, steps }: Story): string {
  const nameOf = new Map(steps.map(({ slug, name }) => [slug, name]))
  return [
    `:: StoryTitle\n${title}`,
    ...about.length === 0 ? [] : [`:: About [about]\n${blocksAsText(about)}`],
    ...steps.map(({ name, blocks, choices }) => [
      `:: ${name}${choices.length === 0 ? ' [end]' : ''}`,
      blocksAsText(blocks),
      ...choices.length === 0 ? [] : ['', ...choices.map(({ words, to }) => `[[${words}->${nameOf.get(to)}]]`)]
    ].join('\n'))
  ].join('\n\n') + '\n'
}

const marks = { paragraph: '', heading: '# ', item: '* ' } as const

function blocksAsText (blocks: readonly Block[]): string {
  return blocks.map(block =>
    block.is === 'person' ? `> ${block.name}: ${block.text}` : marks[block.is] + block.text).join('\n\n')
}

function passagesIn (text: string, problems: Problem[]): Passage[] {
  const passages: Passage[] = []
  for (const [n, line] of text.split('\n').entries()) {
    const passage = passages.at(-1)
    if (line.startsWith('::')) passages.push(headerIn(line.slice(2).trim(), n + 1, problems))
    else if (passage !== undefined) passage.lines.push(line.trim())
    else if (line.trim() !== '') {
      problems.push({ line: n + 1, sentence: 'A story begins with the line “:: StoryTitle”, and its title in the line below.' })
      // What follows without a header is read no further.
      passages.push({ name: 'StoryData', tags: [], line: n + 1, lines: [] })
    }
  }
  return passages
}

/** `Name [tags] {what a program keeps there}`; tags and the rest may be missing. */
function headerIn (header: string, line: number, problems: Problem[]): Passage {
  const metadata = header.endsWith('}') ? header.indexOf('{') : -1
  const named = (metadata === -1 ? header : header.slice(0, metadata)).trim()
  const bracket = named.endsWith(']') ? named.indexOf('[') : -1
  const name = tidy(bracket === -1 ? named : named.slice(0, bracket))
  const tags = bracket === -1 ? [] : named.slice(bracket + 1, -1).toLowerCase().split(' ')
  if (/[[\]{}|<>\\]/.test(name)) {
    problems.push({ line, sentence: 'The name of a step cannot have brackets or any of { } | < > \\ in it.' })
  } else if (name.length > limits.name) {
    problems.push({ line, sentence: `The name of a step can have ${limits.name} characters.` })
  } else if (slugOf(name) === '') {
    problems.push({ line, sentence: 'Give the step a name with characters from A to Z or digits: its address is made from it.' })
  }
  return { name, tags, line, lines: [] }
}

/** A part of a line as it is seen once it stands by itself. */
function tidy (text: string): string {
  return visibleText(text).trim()
}

function titleIn ([passage, second]: readonly Passage[], problems: Problem[]): string {
  const [title = '', ...others] = passage?.lines.filter(line => line !== '') ?? []
  const line = passage?.line ?? 1
  if (second !== undefined) problems.push({ line: second.line, sentence: 'There is a title already.' })
  if (title === '') problems.push({ line, sentence: 'The title is missing. Write it in the line below “:: StoryTitle”.' })
  if (others.length > 0) problems.push({ line, sentence: 'The title is one line.' })
  if (title.length > limits.title) problems.push({ line, sentence: `The title can have ${limits.title} characters.` })
  return title
}

/** Where Twine says that a story begins. */
function startIn (passage: Passage | undefined): string | undefined {
  const [, start] = /"start"\s*:\s*"([^"]*)"/.exec(passage?.lines.join(' ') ?? '') ?? []
  return start === undefined ? undefined : slugOf(start)
}

function stepIn ({ name, tags, line: header, lines }: Passage, problems: Problem[]): Placed {
  const blocks: Block[] = []
  const lineOf = new Map<Block, number>()
  const choices: Placed['choices'] = []
  let length = 0
  let isOpen = false
  for (const [n, text] of lines.entries()) {
    const line = header + 1 + n
    length += text.length
    const refuse = (sentence: string) => { problems.push({ line, sentence }) }
    const choice = choiceIn(text, refuse)
    if (choice !== undefined) choices.push({ ...choice, line })
    else if (text !== '') {
      if (choices.length > 0) refuse('Choices come last. Move this line above them.')
      const block = blockIn(text, refuse)
      const last = blocks.at(-1)
      if (isOpen && block.is === 'paragraph' && last?.is === 'paragraph') last.text += ` ${text}`
      else {
        blocks.push(block)
        lineOf.set(block, line)
      }
    }
    isOpen = text !== '' && choice === undefined && blocks.at(-1)?.is === 'paragraph'
  }
  const refuse = (sentence: string) => { problems.push({ line: header, sentence }) }
  const said = [...blocks, ...choices].map(one =>
    'is' in one ? { text: one.text, line: lineOf.get(one) ?? header } : { text: one.words, line: one.line })
  for (const { text, line } of said) {
    const because = notForEveryone(text)
    if (because !== undefined) problems.push({ line, sentence: `This ${because}.` })
  }
  if (blocks.length === 0) refuse(`The step “${name}” says nothing.`)
  if (length > limits.text) refuse(`The step “${name}” is too long. It can have ${limits.text.toLocaleString('en-GB')} characters.`)
  if (choices.length > limits.choices) refuse(`The step “${name}” has too many choices. It can have ${limits.choices}.`)
  return {
    step: { name, slug: slugOf(name), blocks, choices: choices.map(({ words, to }) => ({ words, to })) },
    line: header,
    isEnd: tags.includes('end'),
    choices
  }
}

type Refuse = (sentence: string) => void

/**
 * A line with a link as Twine's story formats write it: `[[words->step]]`, `[[step<-words]]`, `[[words|step]]`,
 * `[[step]]`.
 */
function choiceIn (text: string, refuse: Refuse): (Choice & { target: string }) | undefined {
  if (!text.includes('[[')) return undefined
  const inner = text.slice(2, -2)
  if (!text.startsWith('[[') || !text.endsWith(']]') || text.length < 4 || inner.includes('[[') || inner.includes(']]')) {
    refuse('A choice stands in a line of its own, like “[[Ask her what she needs->Asking]]”.')
    return undefined
  }
  const [words = '', target = ''] = sidesOf(inner).map(tidy)
  if (words === '' || target === '') refuse('A choice says what someone does, and the step that follows, like “[[Ask her what she needs->Asking]]”.')
  else if (words.length > limits.words) refuse(`A choice can have ${limits.words} characters.`)
  return { words, to: slugOf(target), target }
}

function sidesOf (link: string): [words: string, target: string] {
  const right = link.lastIndexOf('->')
  if (right !== -1) return [link.slice(0, right), link.slice(right + 2)]
  const left = link.indexOf('<-')
  if (left !== -1) return [link.slice(left + 2), link.slice(0, left)]
  const bar = link.lastIndexOf('|')
  return bar === -1 ? [link, link] : [link.slice(0, bar), link.slice(bar + 1)]
}

const commands = /^(?:<<|\((?:set|if|unless|else-if|else|link|link-goto|go-to|goto|put|display|print|live|event):)/i

function blockIn (text: string, refuse: Refuse): Block {
  if (commands.test(text)) refuse('This is a command for a game program. Write only what people read, and choices.')
  const [mark] = text
  if (!['#', '*', '>'].includes(mark ?? '') || !(text.length === 1 || text[1] === ' ')) return { is: 'paragraph', text }
  const rest = text.slice(1).trim()
  if (rest === '') refuse(`There is nothing behind the “${mark}”.`)
  if (mark !== '>') return { is: mark === '#' ? 'heading' : 'item', text: rest }
  const colon = rest.indexOf(':')
  const [name, means] = [tidy(rest.slice(0, Math.max(colon, 0))), tidy(rest.slice(colon + 1))]
  if (rest !== '' && (name === '' || means === '')) refuse('Say who it happens to, like “> Sam: He feels alone.”.')
  return { is: 'person', name, text: means }
}
