import { ConfirmationRequired, confirmationToken } from '../../src/identity/staff/confirmation.ts'

/** Does something as people do who read what it does to others, and confirm that, as often as it is another thing. */
export async function confirming<T> (act: (confirmed: string | undefined) => Promise<T>): Promise<T> {
  let confirmed: string | undefined
  for (;;) {
    try {
      return await act(confirmed)
    } catch (error) {
      if (!(error instanceof ConfirmationRequired)) throw error
      confirmed = confirmationToken(error.effects)
    }
  }
}
