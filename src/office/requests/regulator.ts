/** The regulator, for complaints that we do not settle; checked on ico.org.uk. */
export const regulator = {
  name: 'the Information Commissioner’s Office',
  url: 'https://ico.org.uk/make-a-complaint/',
  phone: '0303 123 1113'
} as const
