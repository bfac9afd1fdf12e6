import t from 'tap'
import { certificateCodes } from '../../src/booking/certificates/code.ts'
import { checkInCodes } from '../../src/booking/check-in/code.ts'
import { newCode as newHoldCode } from '../../src/booking/holds/code.ts'
import { maxWrongCodes as wrongOfApps } from '../../src/identity/second-factor/authenticator.ts'
import { maxWrongCodes as wrongOfEmails } from '../../src/identity/sign-in/email-limits.ts'
import { signInSecrets } from '../../src/identity/sign-in/secrets.ts'
import { crowdRateLimit, formRateLimit } from '../../src/platform/http/limits.ts'
import { filesWith, foundBy, tableIn, textOf } from './documents.ts'

const document = await textOf('docs/security/keys.md')
const column = (heading: string, n: number) => tableIn(document, heading).map(row => row[n] ?? '')
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort()

t.test('every secret of the configuration has a life that is written down', async t => {
  const variables = (await textOf('src/platform/config.ts')).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)
  const secret = [...variables].map(([, name = '']) => name)
    .filter(name => /SECRET|KEY|PASSWORD|TOKEN|DATABASE_URL$|^SMTP_URL$/.test(name) && !name.endsWith('_FILE'))

  t.ok(secret.length >= 6)
  t.strictSame(sorted(column('Secrets that operators keep', 0)), sorted(secret))
})

t.test('every purpose of SECRET_KEY is in the inventory, with its file', async t => {
  const inCode = [
    ...foundBy(/\b(?:sealFor|signedIds|linksFor|keyed|markOf)\('([^']+)',/g),
    ...foundBy(/createHmac\([^)]*\)\.update\([`']([a-z -]+)[:`']/g)
  ]

  t.ok(inCode.length >= 20, `${inCode.length} purposes`)
  t.strictSame(
    sorted(tableIn(document, 'What SECRET_KEY is used for').map(([purpose, , file]) => `${purpose} ${file}`)),
    sorted(inCode.map(([purpose, file]) => `${purpose} ${file}`))
  )
  const keyed = filesWith(/createHmac\(|hkdfSync\(|create(?:C|Dec)ipheriv\(/)
  t.strictSame(keyed.filter(file => !document.includes(`\`${file}\``)), [], 'no key is used where the inventory does not know')
})

t.test('every hash and all that is left to chance is in the inventory', async t => {
  t.strictSame(sorted(column('Hashes and chance', 0)), filesWith(/createHash\(|random(?:Bytes|FillSync|Int)\(|new Secret\(/))
})

t.test('codes that people type are as long as it is written, and take years to find', async t => {
  const perDay = ({ max }: { max: number }) => max * 6 * 24
  const hold = newHoldCode()
  const checkIn = checkInCodes('a key that nobody has, of 32 characters').codeOf('5d3b4e2a-0f7c-4f57-9a83-6b4c1c1d2e3f')
  const certificate = certificateCodes('a key that nobody has, of 32 characters').codeOf({ id: 'a' }).replaceAll('-', '')
  const request = { staffMemberId: '', browserHash: '', askedAt: '' }
  const { code: emailed } = signInSecrets('a key that nobody has, of 32 characters')(request)
  /** How many there are, how many may be tried in a day, and how many are good at a time. */
  const codes: Array<[possible: bigint, tries: number, good: number]> = [
    [10n ** BigInt(emailed.length), wrongOfEmails, 1],
    [10n ** 6n, wrongOfApps, 2],
    [30n ** BigInt(hold.length), perDay(crowdRateLimit), 1],
    [30n ** BigInt(checkIn.length), await triesInAQuarter() * 4 * 24, 1],
    [32n ** BigInt(certificate.length), perDay(formRateLimit), 1]
  ]
  const written = tableIn(document, 'Codes that people type')
  t.equal(written.length, codes.length)

  for (const [n, [possible, tries, good]] of codes.entries()) {
    const [what = '', ofThem, aDay, years] = written[n] ?? []
    t.equal(numberIn(ofThem), possible, what)
    t.equal(numberIn(aDay), BigInt(tries), what)
    t.ok(possible / BigInt(2 * good * tries * 365) >= (numberIn(years) ?? 0n), `${what}: ${years} years`)
  }
})

function numberIn (cell = ''): bigint | undefined {
  const [digits] = /^[\d,]+/.exec(cell) ?? []
  return digits === undefined ? undefined : BigInt(digits.replaceAll(',', ''))
}

/** The limit of the route, which keeps it to itself. */
async function triesInAQuarter (): Promise<number> {
  const [, max] = /tryLimit = \{ max: (\d+), timeWindow: 15 \* 60_000 \}/.exec(await textOf('src/booking/check-in/routes.ts')) ?? []
  return Number(max)
}
