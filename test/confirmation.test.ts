import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

/** What reaches people and is not confirmed, with the reason. */
const unconfirmed: Record<string, string> = {
  'booking/bookings/cancel.ts cancelBooking': 'people do it to their own booking',
  'booking/bookings/change-own-booking.ts changeOwnDetails': 'people do it to their own booking',
  'booking/bookings/change-own-booking.ts changePlaces': 'people do it to their own booking',
  'booking/bookings/find-my-booking.ts requestLinks': 'people ask for their own links',
  'booking/bookings/request-places.ts requestPlaces': 'people ask for themselves',
  'booking/waiting-list/accept-or-refuse.ts acceptOffer': 'people accept what was offered to them',
  'booking/waiting-list/accept-or-refuse.ts refuseOffer': 'people refuse what was offered to them',
  'booking/waiting-list/serve.ts serveWaitingList': 'a job does it',
  'booking/waiting-list/serve.ts sweepWaitingLists': 'a job does it',
  'identity/second-factor/commands.ts forgetFactor': 'someone at a terminal names the one member of staff it tells',
  'identity/second-factor/commands.ts removeFactor': 'a page of its own says that it tells one member of staff; nothing of that can change',
  'identity/sign-in/commands.ts requestSignInEmail': 'people ask for their own email',
  'mail/bulletins/commands.ts testBulletin': 'only the person who asks for it gets it',
  'mail/emails/commands.ts sendAgain': 'the button names the one email to one person, and no other email is true any more',
  'mail/emails/commands.ts sweepEmails': 'a job does it',
  'mail/later-questions/commands.ts announceLaterQuestions': 'a job does it, for people who agreed to it themselves',
  'mail/reminders/commands.ts remindPeople': 'a job does it',
  'office/approval/ask.ts returnForChanges': 'it tells the one member of staff who asked; its page says so, and nothing of that can change',
  'office/approval/digests.ts announceDigests': 'a job does it, and members of staff turn it off themselves',
  'office/approval/proposals.ts returnProposal': 'it tells the one member of staff who asked; its page says so, and nothing of that can change',
  'office/approval/proposals.ts withdrawProposal': 'it tells the members of staff who asked; its page says so, and nothing of that can change',
  'office/approval/release.ts agreeToRelease': 'it is over: nobody is told, and the page says what everyone would read',
  'office/approval/release.ts endRelease': 'it is over: nobody is told',
  'office/editor/delete-draft.ts deleteDraft': 'it is refused where anyone has heard of the draft but members of staff who asked for its approval',
  'office/editor/publish.ts unpublishActivity': 'it is refused where anyone relies on the activity',
  'office/meetings/keeping.ts noteMade': 'a job does it, after a member of staff has confirmed that it may',
  'office/meetings/keeping.ts sweepMeetings': 'a job does it',
  'office/outcomes/asking.ts askDueLeads': 'a job does it, once an organiser has read who is asked and confirmed it',
  'office/restoring/commands.ts settleRestored': 'a command for a terminal: it announces again what a restored queue has lost, and withdraws emails',
  'office/standing-lists/runs.ts announceStandingLists': 'a job does it, for members of staff who asked for it themselves',
  'office/standing-lists/runs.ts endRun': 'a job does it, and tells the one member of staff whose list it is',
  'office/staff-accounts/commands.ts addMember': 'its page says that it tells the one who is added; nothing of that can change',
  'office/staff-accounts/commands.ts changeMember': 'its page says that it tells the one who is changed; nothing of that can change',
  'office/staff-accounts/commands.ts enableMember': 'a page of its own says that it tells one member of staff; nothing of that can change',
  'office/on-behalf/book-by-phone.ts bookByPhone': 'people ask for themselves, on the phone',
  'office/requests/commands.ts receiveRequest': 'people ask for themselves, if another writes it down',
  'office/entries/again.ts requestEntryLinks': 'people ask for their own links',
  'office/entries/amend.ts amendEntry': 'people do it to what they entered themselves, which nobody has booked',
  'office/entries/enter.ts enterActivity': 'people enter it themselves',
  'office/entries/amend.ts takeChangeBack': 'people do it to what they alone asked for',
  'office/entries/not-cancel.ts notCancel': 'it tells the one person who asked; its page says so, and nothing of that can change',
  'office/entries/new-link.ts renewEntryLink': 'the button names the one email to the one person',
  'office/resource-requests/commands.ts askForResources': 'people ask for themselves',
  'office/rights/commands.ts finishErasures': 'a job does it, after it was confirmed',
  'office/successions/carry-out.ts carryOutSuccessions': 'a job does it, once an admin has read what it does and confirmed it',
  'office/successions/notices.ts announceNear': 'a job does it, and tells those who can withdraw it',
  'programme/programme-file/commands.ts importProgramme': 'it is done at a terminal, where --dry-run says first who each row reaches'
}

interface Found {
  isExported: boolean
  /** It is a part of a command: its caller has opened the transaction. */
  takesTx: boolean
  announces: boolean
  confirms: boolean
  /** Names of functions that it uses, as `file name`. */
  uses: Set<string>
}

const src = join(import.meta.dirname, '../src')
const files = (await readdir(src, { recursive: true }))
  .filter(file => file.endsWith('.ts') && !file.startsWith('platform/database/generated/'))
const functions = new Map((await Promise.all(files.map(functionsOf))).flat())

/** Every function at the top of a file, by the file and its name. */
async function functionsOf (file: string): Promise<Array<[string, Found]>> {
  const source = ts.createSourceFile(file, await readFile(join(src, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const imported = new Map<string, string>()
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue
    const from = relative(src, resolve(src, dirname(file), statement.moduleSpecifier.text))
    const names = statement.importClause?.namedBindings
    if (names === undefined || !ts.isNamedImports(names)) continue
    for (const { name, propertyName } of names.elements) imported.set(name.text, `${from} ${(propertyName ?? name).text}`)
  }
  return source.statements.filter(ts.isFunctionDeclaration).map(declared => {
    const found: Found = {
      isExported: declared.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false,
      takesTx: declared.parameters[0]?.type?.getText() === 'Tx',
      announces: false,
      confirms: false,
      uses: new Set()
    }
    visit(declared, node => {
      if (!ts.isIdentifier(node)) return
      if (node.text === 'announce' && ts.isPropertyAccessExpression(node.parent)) found.announces = true
      if (node.text === 'requireConfirmation') found.confirms = true
      found.uses.add(imported.get(node.text) ?? `${file} ${node.text}`)
    })
    return [`${file} ${declared.name?.text ?? ''}`, found]
  })
}

function visit (node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  node.forEachChild(child => { visit(child, look) })
}

/** Whether a function, or one that it uses, is such. */
function somewhere (name: string, is: (found: Found) => boolean, seen = new Set<string>()): boolean {
  const found = functions.get(name)
  if (found === undefined || seen.has(name)) return false
  seen.add(name)
  return is(found) || [...found.uses].some(used => somewhere(used, is, seen))
}

/** What commands are: jobs and routes use them, and what is above the parts starts them. */
const isCommand = (name: string, { isExported, takesTx }: Found) => {
  const [file = ''] = name.split(' ')
  return isExported && !takesTx && file.split('/').length > 2 && !/^(jobs|(.*-)?routes)\.ts$/.test(basename(file))
}

t.test('whatever reaches people is confirmed, or there is a reason why not', async t => {
  const reaching = [...functions].filter(([name, found]) =>
    isCommand(name, found) && somewhere(name, ({ announces }) => announces))
  const missing = reaching.map(([name]) => name).filter(name => !somewhere(name, ({ confirms }) => confirms))

  t.strictSame(missing.sort(), Object.keys(unconfirmed).sort())
})
