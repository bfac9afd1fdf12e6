import { chmod } from 'node:fs/promises'
import { Resolver } from 'node:dns/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import dns2 from 'dns2'
import t from 'tap'
import type { Test } from 'tap'
import { checkDatabase } from '../../../src/office/doctor/database.ts'
import { within } from '../../../src/office/doctor/finding.ts'
import { checkFolder } from '../../../src/office/doctor/folder.ts'
import { checkMailDns } from '../../../src/office/doctor/mail-dns.ts'
import { checkSettings } from '../../../src/office/doctor/settings.ts'
import { verifyMailServer } from '../../../src/mail/emails/smtp-mailer.ts'
import { checkCertificate, checkGraph, checkOpenId, ofCertificate } from '../../../src/office/doctor/reached.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import { listMigrations } from '../../../src/platform/database/migrate.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { placekeeper } from '../../support/command.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { noon, world } from '../../support/world.ts'

const { Packet } = dns2

/** A DNS server that knows these TXT records, and an MX record for whoever has an SPF record. */
async function aResolver (t: Test, records: Record<string, string[]>): Promise<Resolver> {
  const server = dns2.createServer({
    udp: true,
    handle (request, send) {
      const response = Packet.createResponseFromRequest(request)
      const [question] = request.questions
      const name = question?.name ?? ''
      // Its types want what its own packets are, and it takes what is shown in its manual.
      const add = (answer: object) => { response.answers.push(answer as typeof response.answers[number]) }
      const texts = Object.hasOwn(records, name) ? records[name] ?? [] : []
      if (question?.type === Packet.TYPE.TXT) {
        for (const data of texts) add({ name, type: Packet.TYPE.TXT, class: Packet.CLASS.IN, ttl: 1, data })
      }
      if (question?.type === Packet.TYPE.MX && texts.length > 0) {
        add({
          name, type: Packet.TYPE.MX, class: Packet.CLASS.IN, ttl: 1, exchange: 'mail.example.org', priority: 1
        })
      }
      void send(response)
    }
  })
  const { udp } = await server.listen({ udp: { port: 0, address: '127.0.0.1' } })
  t.teardown(async () => { await server.close() })
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  resolver.setServers([`127.0.0.1:${udp?.port}`])
  return resolver
}

const domain = 'council.example'

t.test('the DNS of the sender, as it should be and not', async t => {
  const say = async (records: Record<string, string[]>) =>
    Object.fromEntries((await checkMailDns(await aResolver(t, records), domain)).map(({ about, is }) => [about, is]))
  const spf = 'v=spf1 include:spf.example -all'

  t.strictSame(await say({
    [domain]: [spf, 'another text'], [`_dmarc.${domain}`]: ['v=DMARC1; p=reject'], [`selector1._domainkey.${domain}`]: ['v=DKIM1; p=AB']
  }), { MX: 'good', SPF: 'good', DMARC: 'good', DKIM: 'good' })
  const selected = async (selector: string) =>
    (await checkMailDns(await aResolver(t, { [`ours._domainkey.${domain}`]: ['v=DKIM1; p=AB'] }), domain, selector))[3]
  t.match(await selected('ours'), { is: 'good' })
  t.match(await selected('theirs'), { is: 'mend', sentence: /at theirs\._domainkey\.council\.example\.$/ })
  t.match(await say({}), { MX: 'mend', SPF: 'mend', DMARC: 'mend' })
  t.match(await say({ [domain]: [spf, 'v=spf1 -all'] }), { SPF: 'mend' }, 'two')
  t.match(await say({ [domain]: ['v=spf1 +all'] }), { SPF: 'mend' }, 'anyone')
  t.match(await say({ [domain]: ['v=spf1 all'] }), { SPF: 'mend' }, 'anyone too')
  t.match(await say({ [domain]: [spf], [`_dmarc.${domain}`]: ['v=DMARC1; p=none'] }), { DMARC: 'mend' })
  t.match(await checkMailDns(await aResolver(t, { [domain]: [spf] }), domain), [{}, {}, {}, { sentence: /cannot be told/ }])
})

t.test('what does not answer in time, or fails, is to be mended', async t => {
  t.match(await within('DNS', async () => await new Promise(() => {}), 20), [{ is: 'mend', sentence: /^No answer came/ }])
  t.match(await within('DNS', async () => { throw new Error('queryTxt ETIMEOUT') }), [{ is: 'mend', sentence: 'It did not work: queryTxt ETIMEOUT.' }])
})

t.test('the mail server is asked, and sent nothing', async t => {
  const mailbox = await aMailbox(t)
  await verifyMailServer(mailbox.url)
  t.strictSame(mailbox.taken, [])
  await mailbox.stop()
  await t.rejects(verifyMailServer(mailbox.url))
})

t.test('the folder, the database, its clock and the worker', async t => {
  const folder = temporaryFolder(t)
  const { db, boss, ownerUrl } = await world(t)
  await chmod(folder, 0o755)
  t.match(await checkFolder(folder), [{ about: 'folder', is: 'mend' }, { is: 'good' }, { about: 'disk' }])
  await chmod(folder, 0o700)
  t.match(await checkFolder(folder), [{ about: 'folder', is: 'good' }])
  t.match(await checkFolder(`${folder}/none`), [{ about: 'folder', is: 'mend' }])

  const migrations = await listMigrations()
  const say = async (now = systemClock, known = migrations) => await checkDatabase(db, now, known)
  t.match(await say(), [
    { is: 'good' }, { about: 'clock', is: 'good' }, { about: 'worker', is: 'mend' }, { about: 'migrations', is: 'good' },
    { about: 'roles', is: 'good' }
  ])
  t.match(await say(() => systemClock().plus({ minutes: 1 })), [{}, { is: 'mend', sentence: /(59|60) seconds apart/ }])
  t.match(await say(systemClock, [...migrations, '9999_to_come']), [{}, {}, {}, { is: 'mend', sentence: /9999_to_come is the first of 1/ }])
  await boss.createQueue('details.forgotten')
  await boss.send('details.forgotten')
  t.match(await say(), [{}, {}, { is: 'good', sentence: /has just started/ }])
  const owner = connect(ownerUrl, { connections: 1 })
  t.match(await checkDatabase(owner, systemClock, migrations), [{}, {}, {}, {}, { about: 'roles', is: 'mend' }])
  await owner.$disconnect()
})

t.test('the certificate of the public address, and whom the service needs besides', async t => {
  const say = (days: number) => ofCertificate(noon.plus({ days }), noon)
  t.match([90, 14, 13, -1].map(days => say(days).is), ['good', 'good', 'mend', 'mend'])
  t.match(say(13), { sentence: /ends in 13 days/ })
  t.strictSame(await checkCertificate('http://localhost:3000', noon), [])

  const server = createServer((request, response) => {
    const isToken = request.url?.endsWith('/token') === true
    response.writeHead(isToken ? 401 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ issuer: at }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.close() })
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const access = { clientId: 'c', clientSecret: 's' }
  const provider = { ...access, acr: [], alwaysAsksForTwo: false }
  t.match(await checkOpenId({ issuer: at, ...provider }), [{ is: 'good' }])
  t.match(await checkOpenId({ issuer: `${at}/another`, ...provider }), [{ is: 'mend' }])
  const graph = { tenantId: 't', organiserId: 'o', url: at, loginUrl: at, ...access }
  t.match(await checkGraph(graph), [{ is: 'mend', sentence: /\(401\)/ }])
})

t.test('settings that are seldom meant', async t => {
  const say = (publicUrl: string, trustProxy?: string, smtpUrl?: string) =>
    checkSettings({ publicUrl, trustProxy, smtpUrl }).map(({ is }) => is)
  t.strictSame(say('https://a.example', 'uniquelocal', 'smtp://mail.example'), ['good', 'good', 'good'])
  t.strictSame(say('https://a.example'), ['good', 'mend', 'mend'])
  t.strictSame(say('http://a.example'), ['mend', 'good', 'mend'])
})

t.test('the command says one sentence each, and ends with 1 where something needs mending', async t => {
  const { url: DATABASE_URL } = await world(t)
  const DATA_DIR = temporaryFolder(t)
  const { code, out, said } = await placekeeper({ DATABASE_URL, DATA_DIR }, 'doctor')
  t.equal(code, 1)
  t.match(said, /^\d+ of \d+ need mending\.\n$/)
  t.ok(out.trim().split('\n').every(line => /^(good|mend): .+\.$/.test(line)))
  const { out: json } = await placekeeper({ DATABASE_URL, DATA_DIR }, 'doctor', '--json')
  t.match(JSON.parse(json), [{ about: 'address', is: 'mend' }])
})
