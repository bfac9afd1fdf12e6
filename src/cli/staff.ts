import { systemClock } from '../platform/clock.ts'
import { addStaffMember, disableMember, enableMember } from '../office/staff-accounts/commands.ts'
import { getMemberId } from '../office/staff-accounts/queries.ts'
import { newStaffMember, staffEmail } from '../office/staff-accounts/schema.ts'
import { forgetFactor } from '../identity/second-factor/commands.ts'
import { createSignInLink } from '../identity/sign-in/commands.ts'
import { read, text } from './command.ts'
import type { Command } from './command.ts'
import { onDatabase, withOutbox } from './on-database.ts'
import { print } from './terminal.ts'

/** `staff …`: who works here, and how they sign in. */
export const staffCommands: Record<string, Command> = {
  'staff add': {
    operands: ['email'],
    options: { name: text, role: text, agency: text },
    run: async (given, config) => {
      const member = read(newStaffMember, given)
      await onDatabase(config, async db => { await addStaffMember(db, member, systemClock()) })
      print(`Added ${member.email} as ${member.role}. Let them in with: placekeeper staff link ${member.email}`)
    }
  },
  'staff link': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      const { publicUrl } = config
      await onDatabase(config, async db => { print(await createSignInLink(db, { email, publicUrl }, systemClock())) })
    }
  },
  'staff forget-factor': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async (db, url) => {
        await withOutbox(url, async outbox => { await forgetFactor(db, outbox, email, systemClock()) })
      })
      print(`${email} signs in without an authenticator from now on, and is signed out everywhere.`)
    }
  },
  'staff disable': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async db => {
        await disableMember(db, await getMemberId(db, email), undefined, systemClock())
      })
      print(`${email} is signed out everywhere and cannot sign in. Undo it with: placekeeper staff enable ${email}`)
    }
  },
  'staff enable': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async (db, url) => {
        const id = await getMemberId(db, email)
        await withOutbox(url, async outbox => { await enableMember(db, outbox, id, undefined, systemClock()) })
      })
      print(`${email} can sign in. Let them in with: placekeeper staff link ${email}`)
    }
  }
}
