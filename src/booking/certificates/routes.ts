import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { crowdRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import type { BookingLinks } from '../bookings/link.ts'
import { owning } from '../bookings/own-booking-routes.ts'
import type { Own } from '../bookings/own-booking-routes.ts'
import { codeIn } from './code.ts'
import { giveCertificate, readEligibility } from './commands.ts'
import type { CertificateSecrets } from './commands.ts'
import { CertificateNotFound, NoCertificateYet } from './errors.ts'
import { certificateOf, checkedPageOf, codePageOf, isPrintable, ownCertificatePageOf } from './page.ts'
import { getCertificate } from './queries.ts'
import type { GivenCertificate } from './queries.ts'
import { certificateForm, codeFields, codeForm, nameFields, nameForm } from './schema.ts'

interface Code { Params: { code: string } }

/** What whoever has a code asks about its certificate. */
type Checking = Asked<Code> & { certificate: GivenCertificate }

/**
 * How often a name is tried on one certificate: enough for a mistyped one, and too few to find it out by trying. The
 * name is on the paper.
 */
const nameRateLimit = { max: 10, timeWindow: 15 * 60_000 }

export interface CertificateParts extends CertificateSecrets {
  links: BookingLinks
  publicUrl: string
}

/** Certificates of attendance: one's own, and checking one by its code without seeing the person. */
export const certificateRoutes: FastifyPluginAsync<CertificateParts> = async (app, parts) => {
  await app.register(ownCertificateRoutes, parts)
  await app.register(checkingRoutes, parts)
}

const ownCertificateRoutes: FastifyPluginAsync<CertificateParts> = async (app, parts) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const { links, evaluationLinks, publicUrl } = parts
  const own = owning(app, links)
  const address = '/bookings/:token/certificate'

  app.get(address, own(async asked => await show(asked)))

  // After a training day a whole school or agency asks at once, from one network address.
  app.post(address, { config: { rateLimit: crowdRateLimit } }, own(
    refusing(NoCertificateYet, async asked => await show(asked), form({
      schema: certificateForm, again: show
    }, async ({ booking, reply }) => {
      const given = await giveCertificate(app.db, parts, booking.id, app.clock(), booking)
      const certificate = certificateOf(given, await app.pdf.getCoverage(), publicUrl)
      const pdf = await app.pdf.print('booking/certificates/certificate', certificate)
      return await reply.type('application/pdf')
        .header('content-disposition', 'attachment; filename="certificate.pdf"').send(pdf)
    }))
  ))

  async function show ({ booking, token, reply }: Own, errors?: FormErrors): Promise<FastifyReply> {
    const eligibility = await readEligibility(app.db, evaluationLinks, booking, app.clock())
    const isNamePrinted = isPrintable(booking.name, await app.pdf.getCoverage())
    const model = ownCertificatePageOf(eligibility, token, { isNamePrinted })
    return reply.page('booking/certificates/own-certificate', { ...model, errors })
  }
}

const checkingRoutes: FastifyPluginAsync<CertificateParts> = async (app, { certificateCodes }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const countNames = app.limitOn('names on a certificate', nameRateLimit)
  const limited = { config: { rateLimit: formRateLimit } }

  app.get('/certificates', async (_, reply) => reply.page('booking/certificates/check', codePageOf()))

  app.post('/certificates', limited, asking(form({
    schema: codeForm,
    fields: codeFields,
    again: ({ body, reply }, errors) => reply.page('booking/certificates/check', codePageOf(body, errors))
  }, async ({ input, reply }) => await reply.redirect(`/certificates/${input.code}`, 303))))

  app.get('/certificates/:code', limited, checking(async asked => show(asked)))

  app.post('/certificates/:code', limited, checking(form({
    schema: nameForm, fields: nameFields, again: showAgain
  }, async asked => {
    const { certificate: { code, nameMark }, input, reply } = asked
    await countNames(code, reply)
    return show(asked, { isTheirs: certificateCodes.isMarkOf(nameMark, code, input.name), body: asked.body })
  })))

  function checking (answer: (asked: Checking) => Promise<FastifyReply>) {
    return asking<Code>(async asked => {
      const code = codeIn(asked.params.code)
      if (code === undefined) throw new CertificateNotFound()
      return await answer({ ...asked, certificate: await getCertificate(app.db, code) })
    })
  }

  function showAgain (asked: Checking, errors: FormErrors): FastifyReply {
    return show(asked, { body: asked.body, errors })
  }

  function show ({ certificate, reply }: Checking, given?: Parameters<typeof checkedPageOf>[1]): FastifyReply {
    return reply.page('booking/certificates/checked', checkedPageOf(certificate, given))
  }
}
