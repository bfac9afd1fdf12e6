import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Db, Reader } from '../database/connect.ts'
import { formError } from './form-errors.ts'
import type { FormErrors } from './form-errors.ts'

/**
 * A field that people cannot see, named and marked so that browsers and password managers leave it alone
 * (`templates/parts/trap.njk`). What fills it in is most likely a program.
 */
export const trapField = 'remark'

/** In a form that somebody opened while the version before was still there. */
const trapBefore = 'website'

/** The fields of a trap, for a form that knows all its fields. */
export const trap = { [trapField]: z.unknown().optional(), [trapBefore]: z.unknown().optional() }

/** Whether something filled in the field that people cannot see. */
export function isTrapped (body: unknown): boolean {
  const given = (body ?? {}) as Record<string, unknown>
  return [trapField, trapBefore].some(field => given[field] !== undefined && given[field] !== '')
}

/**
 * What whoever was trapped reads above the form with what they typed: it may have been a person after all. That form
 * has no trap, so that they get through at the second press.
 */
export const trapped = 'A hidden part of this form was filled in, perhaps by a password manager, so nothing is sent yet. ' +
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

/** Counts a form that was trapped, by the day in UTC: how many, and of nobody. */
export async function noteTrapped (db: Db, now: Date): Promise<void> {
  await db.$executeRaw`
    INSERT INTO trapped_forms (day, forms) VALUES ((${now}::timestamptz AT TIME ZONE 'UTC')::date, 1)
    ON CONFLICT (day) DO UPDATE SET forms = trapped_forms.forms + 1`
}

/** How many forms were trapped since an instant, by whole days. */
export async function countTrapped (db: Reader, since: Date): Promise<number> {
  const { _sum: { forms } } = await db.trappedForms.aggregate({ where: { day: { gte: since } }, _sum: { forms: true } })
  return forms ?? 0
}
