import fp from 'fastify-plugin'
import { openPrinter } from './printer.ts'
import type { PdfPrinter } from './printer.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes PDFs. */
    pdf: PdfPrinter
  }
}

/** Gives routes what makes PDFs; once the service has stopped, none is being made any more. */
export const printing = fp(async app => {
  const printer = openPrinter(app.log)
  app.decorate('pdf', printer)
  app.addHook('onClose', async () => { printer.close() })
})
