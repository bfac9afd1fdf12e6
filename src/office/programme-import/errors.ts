import { NotFound } from '../../platform/errors.ts'

/** There is none, it is someone else's, or the night has deleted it. */
export class UploadNotFound extends NotFound {
  readonly refusal = 'programme-upload-not-found'

  constructor () {
    super('There is no such file, or it was uploaded more than a day ago. Upload it again.')
  }
}
