import type { RequestKind } from './due.ts'
import type { GroundForTime } from './request.ts'

/** Why the law gives us more time, for staff and for the person who asked. */
export const groundsInWords: Record<GroundForTime, { ours: string, theirs: string }> = {
  complex: { ours: 'The request is complex', theirs: 'because your request is complex' },
  many: { ours: 'They have made many requests', theirs: 'because you have made several requests' }
}

/** The names of a request, for staff and for the person who asked. */
export const kindsInWords: Record<RequestKind, { name: string, short: string, theirs: string }> = {
  complaint: { name: 'Complaint', short: 'complaint', theirs: 'your complaint' },
  copy: { name: 'Request for a copy of what we hold', short: 'copy', theirs: 'your request for a copy' },
  deletion: { name: 'Request to delete what we hold', short: 'deletion', theirs: 'your request to delete your details' },
  objection: {
    name: 'Objection to how we use what we hold', short: 'objection', theirs: 'your objection to how we use your details'
  }
}
