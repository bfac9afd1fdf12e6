import { z } from 'zod'
import { answer, answerInLine, unknownField, submission } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'

export const feedFields = ['agency', 'name'] as const

/** The value of the partnership itself among agencies. */
export const partnership = 'partnership'

const agencyMissing = 'Select whose activities it shows'

/** The form that makes a feed. Someone of an agency makes those of their own. */
export function feedForm (boundTo: string | undefined) {
  const answers = {
    name: answerInLine('Whose calendar it is for', 'Enter whose calendar it is for', 100), submission
  }
  if (boundTo !== undefined) {
    return z.strictObject(answers, { error: unknownField })
      .transform(({ name, submission }) => ({ name, agencyId: boundTo, id: idFromForm(submission, { name, boundTo }) }))
  }
  const agency = answer('Agency', agencyMissing)
    .refine(id => id === partnership || z.guid().safeParse(id).success, agencyMissing)
  return z.strictObject({ agency, ...answers }, { error: unknownField }).transform(({ agency, name, submission }) => ({
    name, agencyId: agency === partnership ? undefined : agency, id: idFromForm(submission, { name, agency })
  }))
}

/** The button that ends a feed. */
export const endForm = z.strictObject({}, { error: unknownField })
