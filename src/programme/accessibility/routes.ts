import type { FastifyPluginAsync } from 'fastify'
import { listPublicCampaigns } from '../activities/public-activities.ts'
import { calendarDayInWords } from '../activities/when.ts'
import { listRunners } from '../campaigns/queries.ts'
import { checks, tested } from './tested.ts'

/** The accessibility statement, as regulation 8 of SI 2018/852 and its model say it. */
export const accessibilityRoutes: FastifyPluginAsync = async app => {
  app.get('/accessibility', async (_, reply) => reply.html(await app.fresh('page /accessibility', async () => {
    return app.render('programme/accessibility/statement', {
      partnerships: await listRunners(app.db, await listPublicCampaigns(app.db, app.clock())),
      checks: Object.values(checks),
      ...tested,
      preparedOn: calendarDayInWords(tested.preparedOn),
      testedOn: calendarDayInWords(tested.testedOn)
    })
  })))
}
