import { z } from 'zod'
import { searchText } from '../../booking/attendees/filter.ts'
import { unknownField } from '../../platform/http/form-answers.ts'

/** Who is asked about, as typed, and the page of the bookings found. */
export const whyForm = z.strictObject({ who: searchText, page: z.unknown().optional() }, { error: unknownField })

export const whyFields = ['who'] as const
