import t from 'tap'
import { faultInLog, queueFaultLog } from '../../src/platform/log.ts'

t.test('a fault that the queue keeps meeting is logged once in half a minute', async t => {
  let now = 0
  const logged: string[] = []
  const report = queueFaultLog({ error: (line: { err: Error }) => { logged.push(line.err.message) } }, () => now)
  const away = { message: 'connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' }

  report(away)
  report(away)
  report({ message: 'another' })
  now = 30_000
  report(away)

  t.strictSame(logged, [away.message, 'another', away.message])
})

t.test('what is logged of a fault tells where it happened and not what someone typed', async t => {
  class PrismaClientKnownRequestError extends Error {
    override name = 'PrismaClientKnownRequestError'
    code = 'P2010'
  }

  const line = faultInLog(new PrismaClientKnownRequestError('Invalid invocation: name = Anne Kirkbride'))

  t.match(line, { type: 'PrismaClientKnownRequestError', code: 'P2010', at: [/log\.test\.ts/] })
  t.notMatch(JSON.stringify(line), 'Anne')
})

t.test('of several faults in one each is logged', async t => {
  const line = faultInLog(new AggregateError([new Error('one'), new Error('another')], '2 lists could not be served.'))

  t.match(line, { message: '2 lists could not be served.', faults: [{ message: 'one' }, { message: 'another' }] })
})
