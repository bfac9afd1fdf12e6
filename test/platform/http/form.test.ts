import formbody from '@fastify/formbody'
import fastify from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { z } from 'zod'
import { unknownField } from '../../../src/platform/http/form-answers.ts'
import { DomainError } from '../../../src/platform/errors.ts'
import { asking, form, query, refusing } from '../../../src/platform/http/form.ts'
import type { Asked } from '../../../src/platform/http/form.ts'
import { formError } from '../../../src/platform/http/form-errors.ts'
import type { FormErrors } from '../../../src/platform/http/form-errors.ts'

class Taken extends Error {}
class Locked extends Error {}

class Eaten extends DomainError {
  readonly refusal = 'eaten'
  readonly status = 410
  readonly title = 'Eaten'
  readonly by: string

  constructor (by: string) {
    super('That fruit is eaten')
    this.by = by
  }
}

const fruit = z.strictObject({ fruit: z.string().trim().min(1, 'Enter a fruit') }, { error: unknownField })

const showAgain = ({ body, reply }: Asked, errors: FormErrors) => reply.send({ typed: body, errors: errors.list })

function refused (error: unknown): FormErrors | undefined {
  if (error instanceof Locked) return { ...formError('fruit', error.message), status: 429 }
  return error instanceof Taken ? formError('fruit', error.message) : undefined
}

/** A service with one form; gives what sends it. `act` is what its route does. */
async function aForm (t: Test, act: (fruit: string) => void = () => {}) {
  const app = fastify()
  t.teardown(async () => await app.close())
  await app.register(formbody)
  app.post('/', asking(form({ schema: fruit, fields: ['fruit'], again: showAgain, refused }, ({ input, reply }) => {
    act(input.fruit)
    return reply.send({ took: input.fruit })
  })))
  return async (fields: Record<string, string>) => await app.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString()
  })
}

t.test('what was filled in rightly comes to the route as the schema reads it', async t => {
  const send = await aForm(t)

  const answer = await send({ fruit: ' pear ' })

  t.equal(answer.statusCode, 200)
  t.strictSame(answer.json(), { took: 'pear' })
})

t.test('what was filled in wrongly comes back with what was typed, and the route does nothing', async t => {
  let acts = 0
  const send = await aForm(t, () => { acts += 1 })

  const answer = await send({ fruit: ' ' })

  t.equal(answer.statusCode, 400)
  t.strictSame(answer.json(), { typed: { fruit: ' ' }, errors: [{ text: 'Enter a fruit', href: '#fruit' }] })
  t.equal(acts, 0)
})

t.test('a field that the page does not show is an error of the whole form', async t => {
  const send = await aForm(t)

  const answer = await send({ fruit: 'pear', colour: 'green' })

  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { errors: [{ href: '#form' }] })
})

t.test('a form that came without anything is one that was left empty', async t => {
  const app = fastify()
  t.teardown(async () => await app.close())
  app.post('/', asking(form({ schema: fruit, again: showAgain }, ({ reply }) => reply.send('taken'))))

  const answer = await app.inject({ method: 'POST', url: '/' })

  t.equal(answer.statusCode, 400)
})

t.test('what a rule refuses comes back on the same page, with 409 or a status of its own', async t => {
  const [taken, locked] = await Promise.all([
    aForm(t, () => { throw new Taken('That fruit is taken') }), aForm(t, () => { throw new Locked('Wait a minute') })
  ])

  const answers = [await taken({ fruit: 'pear' }), await locked({ fruit: 'pear' })]

  t.strictSame(answers.map(({ statusCode }) => statusCode), [409, 429])
  t.strictSame(answers.map(answer => answer.json().errors[0].text), ['That fruit is taken', 'Wait a minute'])
})

t.test('a refusal of one kind gets a page of its own, with its status and with what was read', async t => {
  const app = fastify()
  t.teardown(async () => await app.close())
  app.post('/', asking(form({ schema: fruit, again: showAgain, refused }, refusing(Eaten,
    ({ input, reply }, { by }) => reply.send({ by, input }),
    ({ input }) => { throw input.fruit === 'pear' ? new Eaten('Anne') : new Taken('That fruit is taken') }
  ))))
  const send = async (fruit: string) => await app.inject({ method: 'POST', url: '/', body: { fruit } })

  const [eaten, taken] = [await send(' pear '), await send('fig')]

  t.equal(eaten.statusCode, 410)
  t.strictSame(eaten.json(), { by: 'Anne', input: { fruit: 'pear' } })
  t.equal(taken.statusCode, 409, 'others are left to the form')
})

t.test('a fault is left to the error handler', async t => {
  const send = await aForm(t, () => { throw new Error('broken') })

  t.equal((await send({ fruit: 'pear' })).statusCode, 500)
})

t.test('what an address asks for is read like a form', async t => {
  const app = fastify()
  t.teardown(async () => await app.close())
  app.get('/', asking(query({
    schema: fruit, fields: ['fruit'], again: ({ reply }, { list }) => reply.send(list)
  }, ({ input, reply }) => reply.send({ found: input.fruit }))))

  const [right, wrong] = [await app.inject('/?fruit=pear'), await app.inject('/')]

  t.strictSame(right.json(), { found: 'pear' })
  t.equal(wrong.statusCode, 400)
})

t.test('a schema that depends on who asks is made for each request, and may refuse', async t => {
  const app = fastify()
  t.teardown(async () => await app.close())
  app.post('/:colour', asking<{ Params: { colour: string } }>(form({
    schema: async ({ params: { colour } }) => {
      if (colour === 'blue') throw new Taken('There is none')
      return z.object({ fruit: z.literal(colour) })
    },
    again: ({ reply }, { list }) => reply.send(list),
    refused
  }, ({ input, reply }) => reply.send(input))))
  const send = async (colour: string, body: object) => await app.inject({ method: 'POST', url: `/${colour}`, body })

  const statuses = [
    await send('green', { fruit: 'green' }), await send('red', { fruit: 'green' }), await send('blue', { fruit: 'blue' })
  ].map(({ statusCode }) => statusCode)

  t.strictSame(statuses, [200, 400, 409])
})
