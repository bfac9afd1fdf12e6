import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/* The tables of docs/security beside the code that they speak of. */

const project = join(import.meta.dirname, '../..')

/** A document, or another text of the project. */
export async function textOf (file: string): Promise<string> {
  return await readFile(join(project, file), 'utf8')
}

/** The rows of the first table beneath a heading, without its head: a cell each, without backticks around all of it. */
export function tableIn (document: string, heading: string): string[][] {
  const section = document.split(/^#+ /m).find(one => one.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| (.*) \|$/gm)].slice(2)
    .map(([, cells = '']) => cells.split(' | ').map(cell => cell.replace(/^`([^`]*)`$/, '$1')))
}

/** Every file of `src` that is ours, with its text. */
export const sources: Array<[file: string, text: string]> = await Promise.all(
  (await readdir(join(project, 'src'), { recursive: true }))
    .filter(file => file.endsWith('.ts') && !file.startsWith('platform/database/generated/'))
    .map(async (file): Promise<[string, string]> => [`src/${file}`, await textOf(`src/${file}`)])
)

/** The files in which something stands. */
export function filesWith (what: RegExp): string[] {
  return sources.filter(([, text]) => what.test(text)).map(([file]) => file).sort()
}

/** What a pattern's first group finds, with its file. */
export function foundBy (what: RegExp): Array<[found: string, file: string]> {
  return sources.flatMap(([file, text]) => [...text.matchAll(what)].map(([, found = '']): [string, string] => [found, file]))
}
