import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { Conflict } from '../../platform/errors.ts'
import { catching } from '../../platform/http/form.ts'
import { fieldsIn } from '../../platform/http/form-answers.ts'

/** One thing that is about to change, in words. */
export interface Change {
  what: string
  from: string
  to: string
}

/** The effects on others of something that a person is about to do. */
export interface Effects {
  /** One sentence each; empty if it affects no one. */
  sentences: readonly string[]
  changes: readonly Change[]
  /** Those concerned that emails do not reach. */
  toCall?: ToCall
  /** What else the effects were computed from, which no sentence says; never shown. */
  basis?: string
}

/** Someone who must be called: emails do not reach them, because they gave no address or theirs does not work. */
export interface Callee {
  name: string
  phone: { number: string, href: string } | undefined
  /** The page of their booking. */
  href: string
}

/** People to call: how many, and who; only the first of very many. */
export interface ToCall { count: number, people: readonly Callee[] }

export const nobodyToCall: ToCall = { count: 0, people: [] }

/** Something would reach people, and who does it has not confirmed what it does by now. Nothing was changed. */
export class ConfirmationRequired extends Conflict {
  readonly refusal = 'people-to-tell'
  readonly title = 'People would be told'
  readonly effects: Effects
  /** The token of what they had read; undefined: nothing yet. */
  readonly token: string | undefined

  constructor (effects: Effects, token?: string) {
    super('This change would reach people. Nothing is saved yet.')
    this.effects = effects
    this.token = token
  }
}

/**
 * Lets pass what reaches nobody, and what was confirmed: `token` comes from the page that said what it does. Throws
 * `ConfirmationRequired` for anything else. Asked under the lock under which it is then done, so that what happens is
 * what was read.
 */
export function requireConfirmation (effects: Effects, token: string | undefined): void {
  const reachesNobody = effects.sentences.length === 0
  if (!reachesNobody && token !== confirmationToken(effects)) throw new ConfirmationRequired(effects, token)
}

/**
 * Lets a route show, where what it does would reach people and they were not confirmed, the page that says so. Put
 * around `form`, which lets `ConfirmationRequired` pass, or inside it where the page needs what was read.
 */
export function confirming<A> (
  show: (asked: NoInfer<A>, required: ConfirmationRequired) => FastifyReply | Promise<FastifyReply>,
  answer: (asked: A) => Promise<FastifyReply>
): (asked: A) => Promise<FastifyReply> {
  return catching(ConfirmationRequired, show, answer)
}

/** A mark for each sentence, and for what is otherwise: the same token is of the same effects. */
export function confirmationToken ({ sentences, changes, toCall = nobodyToCall, basis = '' }: Effects): string {
  return [...sentences, JSON.stringify([changes, toCall.people.map(({ href }) => href), basis])].map(markOf).join('.')
}

/** What a page says before something is done; if the person had read an earlier version, it marks what is new. */
export function effectsOf ({ effects, token }: ConfirmationRequired) {
  const { sentences, changes, toCall = nobodyToCall } = effects
  const known = token?.split('.') ?? []
  return {
    hasChanged: token !== undefined,
    effects: sentences.map(text => ({ text, isNew: token !== undefined && !known.includes(markOf(text)) })),
    changes,
    toCall,
    confirmed: confirmationToken(effects)
  }
}

/** 132 bits: who writes two texts must not find a pair of them with one mark, and have one read and do the other. */
function markOf (text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Hidden fields to send a form again unchanged. */
export function hiddenFieldsOf (body: unknown): Array<{ name: string, value: string }> {
  return fieldsIn(body).filter(({ name }) => name !== 'confirmed')
}

/** A number of people with their verb: `1 person gets`, `2 people get`. */
export function people (count: number, one: string, many: string): string {
  return count === 1 ? `1 person ${one}` : `${count} people ${many}`
}

/** The same, for a page that may be about one person, who is `they` on it. */
export function whoOf (isOne: boolean) {
  return (count: number, one: string, many: string) => isOne ? `They ${many}` : people(count, one, many)
}

/** A sentence of its own about those that emails do not reach; none if all are reached. */
export function toCallInWords ({ count }: Pick<ToCall, 'count'>): string[] {
  return count === 0 ? [] : [`Emails do not reach ${count === 1 ? '1 person' : `${count} people`}: call them.`]
}
