import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { permissions as tasks } from '../src/identity/staff/roles.ts'

/** Words that people read past or stumble over, and what we say. */
const instead: Record<string, string> = {
  letter: 'email',
  letters: 'emails',
  somebody: 'someone',
  everybody: 'everyone',
  anybody: 'anyone',
  telephone: 'phone, or call',
  whom: 'who',
  whoever: 'anyone who'
}
/** Words joined by hyphens are names of classes and cookies. */
const word = new RegExp(`(?<![\\w-])(?:${Object.keys(instead).join('|')})(?![\\w-])`, 'gi')
const ofTheAlphabet = /letters(?: from A to Z)?(?:,| and) digits|at least one letter|a letter was missing/g

const root = join(import.meta.dirname, '..')
/** What the example programme says is stored, and is then for staff to change. */
const code = globSync(['src/**/*.ts', 'templates/assets/*.js'], { cwd: root, exclude: ['src/platform/database/generated'] })
  .filter(file => file !== 'src/example-programme.ts')
const templates = globSync(['templates/**/*.{njk,twee}', 'deploy/**/*.html'], { cwd: root })

/** The words of a sentence that have a better one. */
function oddWords (sentence: string): string[] {
  return (sentence.replaceAll(ofTheAlphabet, '').match(word) ?? []).map(found => found.toLowerCase())
}

/** Whether a string of code is for people; those of one small word, and the names of tasks, are for programs. */
function isSaid (string: string): boolean {
  return /\S\s\S|^[A-Z]/.test(string) && !Object.hasOwn(tasks, string)
}

/** The strings of a script that people read. SQL stands in tagged templates, which are left out. */
function stringsOf (text: string): string[] {
  const said: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      said.push(node.text)
    }
    if (ts.isTaggedTemplateExpression(node)) {
      if (!ts.isTemplateExpression(node.template)) return
      for (const { expression } of node.template.templateSpans) visit(expression)
      return
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true))
  return said.filter(isSaid)
}

/** The lines of a template that people read: text, names for screen readers, and strings in expressions. */
function linesOf (template: string): string[] {
  return template
    .replaceAll(/\{#.*?#\}/gs, '')
    .replaceAll(/\{[{%].*?[%}]\}/gs, expression => stringsOf(expression).join(' '))
    .replaceAll(/ (?!title|alt|aria-label=)[\w-]+="[^"]*"/g, '')
    .split('\n')
}

function oddSentences (file: string, sentences: string[]): string[] {
  return sentences.flatMap(sentence => oddWords(sentence).map(found => `${file}: “${found}”, say “${instead[found]}”: ${sentence.trim()}`))
}

const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

t.test('what people read on pages and in emails is in words that they use', async t => {
  t.strictSame(templates.flatMap(file => oddSentences(file, linesOf(textOf(file)))), [])
  t.strictSame(code.flatMap(file => oddSentences(file, stringsOf(textOf(file)))), [])
})

t.test('sentences are found in pages and in code, and names are not', async t => {
  const found = linesOf('{# A letter. #}<p class="letter {{ " letter" if letter }}" title="Telephone them">{{ "Whom?" if letter else "letter" }}</p>')
  // eslint-disable-next-line no-template-curly-in-string -- it is a script to be read
  const said = stringsOf("const letter = ['letter', `Somebody ${telephone} whoever comes`, 'edit what everyone reads', sql`every letter of ${f('any letter')}`]")

  t.strictSame(oddSentences('a', found).map(line => line.slice(3, 12)), ['“telephon', '“whom”, s'])
  t.strictSame(said.flatMap(oddWords), ['somebody', 'whoever', 'letter'])
  t.strictSame(oddWords('Code must be 4 to 20 letters from A to Z and digits; sign-in-letter'), [])
})
