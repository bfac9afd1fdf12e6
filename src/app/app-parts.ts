import type { Logger } from 'pino'
import type { BookingLinks } from '../booking/bookings/link.ts'
import type { BouncePost } from '../mail/bounces/routes.ts'
import type { Mailbox, Tls } from '../platform/config.ts'
import type { CheckInCodes } from '../booking/check-in/code.ts'
import type { ServiceParts } from '../platform/http/service.ts'
import type { EvaluationLinks } from '../booking/evaluations/link.ts'
import type { CertificateCodes } from '../booking/certificates/code.ts'
import type { AttendanceReports } from '../programme/teams/attendance-reports.ts'
import type { ReadKeptEmail } from '../mail/emails/read-kept-email.ts'
import type { OutcomeLinks } from '../office/outcomes/link.ts'
import type { Traces } from '../office/forgetting/traces.ts'
import type { EntryLinks } from '../office/entries/links.ts'
import type { NetworkMark } from '../office/entries/network-mark.ts'
import type { SecondFactor } from '../identity/second-factor/authenticator.ts'
import type { SignedIds } from '../platform/signed-id.ts'
import type { Seal } from '../platform/seal.ts'
import type { Snapshots } from '../platform/database/snapshots.ts'
import type { Templates } from '../platform/templates.ts'
import type { VirusScanner } from '../platform/virus-scanner.ts'
import type { Provider } from '../identity/work-account/openid.ts'

/** What the web side is made of. */
export interface AppParts extends ServiceParts {
  links: BookingLinks
  joinLinks: BookingLinks
  /** By which people say that they were at an activity. */
  checkInCodes: CheckInCodes
  /** Signs links by which people answer without saying who they are. */
  evaluationLinks: EvaluationLinks
  certificateCodes: CertificateCodes
  /** Signs links to copies of what we hold about people who asked for one. */
  copyLinks: SignedIds
  /** Signs links to people's own requests for resources. */
  resourceLinks: SignedIds
  /** Signs links by which people accept invitations to co-host. */
  coHostLinks: SignedIds
  /** Signs links by which those who lead activities say what these came to. */
  outcomeLinks: OutcomeLinks
  /** Signs links to what people entered without an account. */
  entryLinks: EntryLinks
  networkMark: NetworkMark
  /** Undefined if emails are not kept as files. */
  readKeptEmail?: ReadKeptEmail | undefined
  /** Deletes the traces outside the database of what was erased. */
  followErased?: Traces['follow'] | undefined
  seal: Seal
  /** Seals the address that someone typed, for the page after booking. */
  addressSeal: Seal
  /** Seals what is searched for, where an address carries it. */
  searchSeal: Seal
  /** For reading long lists. */
  snapshots: Snapshots
  templates: Templates
  /** Address where people write to us. */
  mailFrom: Mailbox
  /** Undefined: bounces cannot be posted. */
  bounces?: BouncePost | undefined
  /** Whether the service makes Teams meetings itself; false by default. */
  makesMeetings?: boolean
  /** Where Microsoft is asked who was in a Teams meeting; undefined where Microsoft Graph is not configured. */
  reports?: AttendanceReports | undefined
  /** True if no worker of this process is stuck; undefined if it runs none. */
  jobsAreProcessed?: (() => boolean) | undefined
  /** Provider with which staff may sign in; undefined: only by email. */
  provider?: Provider | undefined
  secondFactor: SecondFactor
  /** Signs the mark by which a browser shows who has signed in with it. */
  knownBrowsers: SignedIds
  /** Looks into files that staff send; undefined: nobody does. */
  virusScanner?: VirusScanner | undefined
  log: Logger
  /** Who shows it may read the figures of the service from anywhere; undefined: only this machine may. */
  metricsToken?: string | undefined
  /** Where holes in the service are reported; undefined: nobody says. */
  securityContact?: string | undefined
  /** The folder whose disk is measured; undefined: none is. */
  dataDir?: string | undefined
  rateLimits: boolean
  /** A keyed hash of who is counted by a limit. */
  limitMark: (text: string) => string
  /** How many milliseconds the database may take to count for a limit, before this process does; 1,000 by default. */
  limitAnswerMs?: number
  /** Addresses of proxies whose X-Forwarded-For is trusted, separated by commas. */
  trustProxy: string | undefined
  /** Undefined: plain HTTP. */
  tls?: Tls | undefined
  /** Maximum age of a page that everyone sees; one second by default. */
  freshForMs?: number
}
