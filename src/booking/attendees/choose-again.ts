import type { FastifyReply } from 'fastify'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { refusing } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { chooseAgainPageOf } from './chosen-staff-page.ts'
import { BookingMoved, ChosenGone } from '../bookings/errors.ts'
import { listLeft } from './list-left.ts'

/** Whether it is the choice of people that is wrong, or the form as a whole, and not what else a form asks. */
export function isAboutChoice ({ of: { booking, form } }: FormErrors): boolean {
  return booking !== undefined || form !== undefined
}

/** What is wrong with the people who were chosen, and the way back to the list: the list is not on this page. */
export function chooseAgain (asked: Running, { of }: FormErrors): FastifyReply {
  const { staff, activity, reply } = asked
  const [field, error] = of.booking === undefined ? ['form', of.form] as const : ['booking', of.booking] as const
  const model = chooseAgainPageOf(activity, listLeft(asked), formError(field, error?.text ?? ''))
  return reply.page('booking/attendees/choose-again', { staff, ...model })
}

/** Lets a route show the same where someone who was chosen is gone; put around all else that it does. */
export function withoutGone<A extends Running> (answer: (asked: A) => FastifyReply | Promise<FastifyReply>) {
  return refusing(ChosenGone, (asked: A, { message }) => chooseAgain(asked, formError('form', message)), answer)
}

/** What is done with one booking by its own page, where nobody chose from a list: it was moved meanwhile. */
export async function ofOne<T> (doing: Promise<T>): Promise<T> {
  return await doing.catch((error: unknown) => { throw error instanceof ChosenGone ? new BookingMoved() : error })
}
