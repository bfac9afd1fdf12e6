import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import type { Environment } from 'nunjucks'

const ours = fileURLToPath(new URL('../../templates', import.meta.url))
const govuk = join(dirname(fileURLToPath(import.meta.resolve('govuk-frontend/package.json'))), 'dist')

export interface Templates {
  /** Pages and the HTML part of emails. */
  html: Environment
  /** Subjects and the plain-text part of emails. */
  text: Environment
}

/**
 * Two environments over templates/: HTML is escaped; plain text must not be, or Ms O'Brien is greeted as `O&#39;Brien`.
 * A misspelt variable of ours in an email throws rather than leaves a gap; GOV.UK's macros rely on gaps. `newName()`
 * gives a page a name that no other has.
 */
export function loadTemplates (): Templates {
  const loader = () => new nunjucks.FileSystemLoader([ours, govuk])
  const html = new nunjucks.Environment(loader(), { autoescape: true, trimBlocks: true, lstripBlocks: true })
  html.addGlobal('newName', () => randomUUID())
  return {
    html,
    text: new nunjucks.Environment(loader(), {
      autoescape: false, throwOnUndefined: true, trimBlocks: true, lstripBlocks: true
    })
  }
}
