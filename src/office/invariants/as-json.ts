import { brokenIn } from './check.ts'
import type { Checked } from './check.ts'

/** What a check found, for machines. */
export function asJson (checked: Checked) {
  return {
    isSound: brokenIn(checked).length === 0, checkedAt: checked.checkedAt.toISO(), findings: checked.findings
  }
}
