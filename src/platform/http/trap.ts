import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Db, Reader } from '../database/connect.ts'
import { formError } from './form-errors.ts'
import type { FormErrors } from './form-errors.ts'

/**
 * A field that people cannot see, named and marked so that browsers and password managers leave it alone
 * (`templates/parts/trap.njk`). If it is filled in, most likely a program did it.
 */
const trapField = 'remark'

/** Its name in forms that were opened before the last upgrade. */
const trapBefore = 'website'

/** The fields of the trap, for forms that refuse unknown fields. */
export const trap = { [trapField]: z.unknown().optional(), [trapBefore]: z.unknown().optional() }

/** True if the field that people cannot see was filled in. */
export function isTrapped (body: unknown): boolean {
  const given = (body ?? {}) as Record<string, unknown>
  return [trapField, trapBefore].some(field => given[field] !== undefined && given[field] !== '')
}

/**
 * Shown above a trapped form with what was typed: it may have been a person after all. The form comes back without the
 * trap, so that a person gets through at the second press.
 */
const trapped = 'A hidden part of this form was filled in, perhaps by a password manager, so nothing is sent yet. ' +
  'Check your answers, then press the button again.'

/** Lets a route answer a form with an empty trap; any other is counted and shown again. */
export function untrapped<A extends { body: unknown, reply: FastifyReply }> (
  again: (asked: NoInfer<A>, errors: FormErrors) => FastifyReply | Promise<FastifyReply>,
  answer: (asked: A) => Promise<FastifyReply>
): (asked: A) => Promise<FastifyReply> {
  return async asked => {
    const { body, reply } = asked
    if (!isTrapped(body)) return await answer(asked)
    await noteTrapped(reply.server.db, reply.server.clock().toJSDate())
    reply.code(400)
    return await again(asked, formError('form', trapped))
  }
}

/** Counts a trapped form, by the day in UTC: only how many, about no one in particular. */
export async function noteTrapped (db: Db, now: Date): Promise<void> {
  await db.$executeRaw`
    INSERT INTO trapped_forms (day, forms) VALUES ((${now}::timestamptz AT TIME ZONE 'UTC')::date, 1)
    ON CONFLICT (day) DO UPDATE SET forms = trapped_forms.forms + 1`
}

/** Number of forms trapped since an instant, by whole days. */
export async function countTrapped (db: Reader, since: Date): Promise<number> {
  const { _sum: { forms } } = await db.trappedForms.aggregate({ where: { day: { gte: since } }, _sum: { forms: true } })
  return forms ?? 0
}
