import type { SealedTable } from '../../platform/database/sealed-columns.ts'

/**
 * What of a request or complaint is sealed in the database: what someone wrote, which may tell of a child, and what we
 * wrote, which says it again. Nothing is found by a part of them.
 */
export const sealedTexts: SealedTable = {
  table: 'requests',
  columns: { text: 'text', answer: 'answer', extensionReason: 'extension_reason' }
}
