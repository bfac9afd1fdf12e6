import type { Effects } from '../../identity/staff/confirmation.ts'
import { isTold } from './request.ts'
import type { RequestStatus, ResourceRequest } from './request.ts'

/** What they get and what they read. */
interface Said { granted?: ReadonlyMap<string, number> | undefined, message?: string | undefined }

/** What bringing a request to a status does, in sentences; none where nobody is emailed. */
export function movingEffects (request: ResourceRequest, to: RequestStatus, { granted, message }: Said): Effects {
  const { name, items, getting, unreachableAt } = request
  if (!isTold(to, getting)) return { sentences: [], changes: [] }
  const less = items.filter(({ resourceId, asked }) => granted !== undefined && (granted.get(resourceId) ?? 0) < asked)
  const says: Partial<Record<RequestStatus, string>> = {
    approved: `${name} gets an email that we have approved it${less.length > 0 ? ', with how many they get and why' : ''}.`,
    packed: `${name} gets an email with when and where to collect it.`,
    'handed-over': `${name} gets an email that we have sent it.`,
    refused: `${name} gets an email that we cannot give them what they asked for, and why.`
  }
  return {
    sentences: [
      says[to] ?? '',
      ...less.map(({ resourceId, name, asked }) => `They get ${granted?.get(resourceId) ?? 0} of ${asked}: ${name}.`),
      ...to === 'refused' ? ['What was kept for them is free for others.'] : [],
      ...unreachableAt === undefined ? [] : ['Our last email to this address was refused. Call them if you can.']
    ],
    changes: [],
    basis: JSON.stringify([to, message, granted === undefined ? [] : [...granted].sort()])
  }
}
