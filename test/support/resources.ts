import { randomUUID } from 'node:crypto'
import { canonicalAddress } from '../../src/booking/bookings/address.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Download, Resource, ResourceRequest } from '../../src/platform/database/generated/client.ts'
import { tellOfMoves } from '../../src/office/resource-requests/jobs.ts'
import type { ResourceContext } from '../../src/office/resource-requests/jobs.ts'
import type { AskingForResources } from '../../src/office/resource-requests/request.ts'
import { noon } from './world.ts'
import type { World } from './world.ts'

/** Something to ask for: 100 of it, at most 50 for one request. */
export async function aResource (db: Db, given: Partial<Resource> = {}): Promise<Resource> {
  return await db.resource.create({
    data: {
      name: `Wristbands ${randomUUID()}`,
      description: 'Bright ones, for adults and children.',
      mostPerRequest: 50,
      stock: 100,
      createdAt: noon.toJSDate(),
      ...given
    }
  })
}

/** The smallest PDF that begins like one, in English, by itself. */
export const aPdf = new Uint8Array(Buffer.from('%PDF-1.7\n%%EOF\n'))

export async function aDownload (db: Db, given: Partial<Download> = {}): Promise<Download> {
  return await db.download.create({
    data: {
      title: 'Poster',
      language: 'English',
      fileName: 'poster.pdf',
      mediaType: 'application/pdf',
      size: aPdf.length,
      bytes: aPdf,
      sha256: '00ff',
      createdAt: noon.toJSDate(),
      ...given
    }
  })
}

/** A request for ten of it, made at noon, to be collected; announces nothing. */
export async function aResourceRequest (
  db: Db, resourceId: string, { granted = null, ...given }: Partial<ResourceRequest> & { granted?: number | null } = {}
): Promise<ResourceRequest> {
  const { email = `${randomUUID()}@school.example` } = given
  const request = await db.resourceRequest.create({
    data: {
      id: randomUUID(),
      name: 'Anne Kirkbride',
      organisation: 'Kendal School',
      email,
      canonicalEmail: canonicalAddress(email),
      getting: 'collect',
      neededBy: new Date('2026-12-07'),
      purpose: 'A stall at our open day',
      status: 'asked',
      askedAt: noon.toJSDate(),
      changedAt: noon.toJSDate(),
      ...given
    }
  })
  await db.requestedResource.create({
    data: { requestId: request.id, resourceId, asked: 10, granted, promised: granted ?? 10 }
  })
  return request
}

/** What someone asks for who collects it. */
export function anAsking (
  items: AskingForResources['items'], given: Partial<AskingForResources> = {}
): AskingForResources {
  return {
    id: randomUUID(),
    name: 'Anne Kirkbride',
    organisation: 'Kendal School',
    organisationKind: undefined,
    email: 'anne@school.example',
    phone: undefined,
    getting: 'collect',
    address: undefined,
    neededBy: '2026-12-07',
    campaignId: undefined,
    purpose: 'A stall',
    items,
    ...given
  }
}

/** Does each job once that tells people of their requests; returns the errors. */
export async function tellAskers ({ boss }: World, context: ResourceContext): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const { id, data } of await boss.fetch<never>('resources.moved', { batchSize: 100, ignoreStartAfter: true })) {
    const [end] = await tellOfMoves(context, [data])
    if (end?.status === 'rejected') failures.push(end.reason)
    await (end?.status === 'rejected' ? boss.fail('resources.moved', id) : boss.complete('resources.moved', id))
  }
  return failures
}
