import type { FastifyReply } from 'fastify'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { chooseAgainPageOf } from './chosen-staff-page.ts'
import type { ChosenGone } from './errors.ts'

/** What is wrong with the people who were chosen, and the way back to the list: the list is not on this page. */
export function chooseAgain ({ staff, activity, reply }: Running, errors: FormErrors): FastifyReply {
  return reply.page('booking/bookings/choose-again', { staff, ...chooseAgainPageOf(activity, errors) })
}

/** The same, where someone who was chosen is gone. */
export function chooseWithout (asked: Running, { message }: ChosenGone): FastifyReply {
  return chooseAgain(asked, formError('form', message))
}
