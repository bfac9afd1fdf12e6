import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/** Classes that look like nothing by themselves, each with what it is for. */
const hooks: Record<string, string> = {
  'govuk-table__head': 'part of the markup of GOV.UK’s table, which styles what is in it',
  'govuk-table__body': 'the same',
  'govuk-table__row': 'the same',
  'govuk-tag--blue': 'the colour of a tag that has no other',
  'govuk-js-exit-this-page-skiplink': 'where GOV.UK’s script finds the link that leaves the page',
  'pk-key': 'where the test of a real browser finds what a phone is given'
}

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
/** Emails have their styles in themselves. */
const pages = globSync('templates/**/*.njk', { cwd: root, exclude: ['templates/mail/emails/**'] })
const code = globSync('src/**/*.ts', { cwd: root, exclude: ['src/platform/database/generated'] })

const styles = read('src/platform/http/public/placekeeper.css')
const styled = new Set([...styles.matchAll(/\.((?:[a-z]|\\!)(?:[\w-]|\\.)*)/gi)].map(([, name = '']) => name.replaceAll('\\', '')))

/** The classes that a text gives, and the beginnings of those that it completes elsewhere. */
function classesIn (text: string): string[] {
  const attributes = [...text.matchAll(/\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"/g)]
  const given = [...text.matchAll(/\bclasses: ([^,}\n]*)/g)]
  return [...attributes, ...given].flatMap(([, names = '']) => names.match(/(?:govuk|pk)-[\w!-]+/g) ?? [])
}

function isStyled (name: string): boolean {
  return styled.has(name) || (name.endsWith('-') && [...styled].some(other => other.startsWith(name)))
}

t.test('every class that a page gives has a style, or is a hook', async t => {
  const lost = [...pages, ...code].flatMap(file =>
    classesIn(read(file)).filter(name => !isStyled(name) && !Object.hasOwn(hooks, name)).map(name => `${name} in ${file}`))

  t.strictSame([...new Set(lost)], [])
})

t.test('what counts as a hook is used, and has no style', async t => {
  const used = new Set([...pages, ...code].flatMap(file => classesIn(read(file))))

  t.strictSame(Object.keys(hooks).filter(name => !used.has(name) || styled.has(name)), [])
})

t.test('a class is read where pages put one', async t => {
  t.strictSame(classesIn('<p class="pk-a{{ " pk-b" if one }} {% if x %}govuk-c{% endif %} pk-d--{{ kind }}">'), ['pk-a', 'pk-b', 'govuk-c', 'pk-d--'])
  t.strictSame(classesIn('{{ govukButton({ text: "x", classes: "govuk-!-margin-bottom-0 pk-wide", href: y }) }}'), ['govuk-!-margin-bottom-0', 'pk-wide'])
})
