import { calleeOf } from '../bookings/callee.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'

/** Someone who waits, with what is needed to say what being picked does to them. */
export interface Picked {
  id: string
  name: string
  phone: string | undefined
  places: number
  isReachable: boolean
}

/** What giving places by hand does to someone who waits; `slug` is of the activity. */
export function pickEffects (picked: Picked, { slug }: { slug: string }): Effects {
  const { name, places, isReachable } = picked
  return {
    changes: [],
    sentences: [
      `${name} gets ${places === 1 ? 'a place' : `${places} places`}${isReachable ? ', and we email to tell them' : ''}.`,
      ...isReachable ? [] : ['Emails do not reach them: call them.']
    ],
    toCall: isReachable ? nobodyToCall : { count: 1, people: [calleeOf(slug, picked)] }
  }
}
