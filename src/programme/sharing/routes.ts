import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { crowdRateLimit } from '../../platform/http/limits.ts'
import { inAscii } from '../../platform/http/pages.ts'
import { isThere, tagOf } from '../../platform/http/tagged.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { openPrinter } from '../../platform/pdf/printer.ts'
import { qrCodeOf } from '../../platform/qr-code.ts'
import {
  findPublicCampaign, listPublicActivities, listPublicAddresses, listPublicPages, listTakingPart
} from '../activities/public-activities.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import { offeredActivity } from '../activities/routes.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { badgeOf } from './badge.ts'
import { NoBadge } from './errors.ts'
import { keepDocuments } from './kept-documents.ts'
import type { KeptDocument, KeptDocuments } from './kept-documents.ts'
import { badgePageOf } from './page.ts'
import { drawablePicture, pictureOfActivity, pictureOfCampaign } from './picture.ts'
import { posterOfActivity, posterOfCampaign } from './poster.ts'
import type { PosterParts } from './poster.ts'
import { qrCodeSvg } from './qr-code-svg.ts'
import { maxActivities, robotsOf, sitemapOf } from './sitemap.ts'

interface Slug { Params: { slug: string } }
interface BadgeFile { Params: { slug: string, file: string } }

/** Room for some 500 pictures. */
const maxKeptBytes = 32 * 1024 ** 2

/** Each may cost a document. A social network fetches a picture for many people. */
const limited = { config: { rateLimit: crowdRateLimit } }

/**
 * What helps people to pass the programme on: pictures of shared links, posters, QR codes, badges, and the list of
 * pages for search engines. Everything is of what is public now, found as its page finds it.
 */
export const sharingRoutes: FastifyPluginAsync = async app => {
  const documents = await documentsFor(app)
  await app.register(activitySharingRoutes, { documents })
  await app.register(campaignSharingRoutes, { documents })
  await app.register(badgeRoutes, { documents })
  await app.register(searchEngineRoutes)
}

/** From a printer of their own: however many strangers ask for posters, nobody at the desk waits for a list. */
async function documentsFor (app: FastifyInstance): Promise<KeptDocuments> {
  const printer = openPrinter(app.log, { atOnce: 1, waiting: 10, maxMs: 10_000 })
  app.addHook('onClose', async () => { printer.close() })
  const ours = ['picture', 'poster', 'badge'].map(name => `programme/sharing/${name}`)
  const edition = [...ours, 'parts/document'].map(name =>
    readFileSync(fileURLToPath(new URL(`../../../templates/${name}.typ`, import.meta.url)), 'utf8')).join('\n')
  return keepDocuments(printer, tagOf(edition), maxKeptBytes)
}

interface WithDocuments { documents: KeptDocuments }

const activitySharingRoutes: FastifyPluginAsync<WithDocuments> = async (app, { documents }) => {
  app.get<Slug>('/activities/:slug/picture.png', limited, async (request, reply) => {
    const picture = pictureOfActivity(await offeredActivity(app, request.params.slug))
    const drawn = documents('programme/sharing/picture', drawablePicture(picture, await app.pdf.getCoverage()), 'png')
    return await answerWith(drawn, 'image/png', request, reply)
  })

  app.get<Slug>('/activities/:slug/poster.pdf', limited, async (request, reply) => {
    const activity = await offeredActivity(app, request.params.slug)
    const poster = posterOfActivity(activity, await posterParts(app), app.clock())
    return await answerWithPoster(documents('programme/sharing/poster', poster, 'pdf'), activity.slug, request, reply)
  })

  app.get<Slug>('/activities/:slug/qr-code.svg', async (request, reply) => {
    const { slug } = await offeredActivity(app, request.params.slug)
    return answerWithQrCode(`${app.publicUrl}/activities/${slug}`, slug, reply)
  })
}

const campaignSharingRoutes: FastifyPluginAsync<WithDocuments> = async (app, { documents }) => {
  app.get<Slug>('/campaigns/:slug/picture.png', limited, async (request, reply) => {
    const { campaign } = await offeredCampaign(app, request.params.slug)
    const picture = drawablePicture(pictureOfCampaign(campaign), await app.pdf.getCoverage())
    return await answerWith(documents('programme/sharing/picture', picture, 'png'), 'image/png', request, reply)
  })

  app.get<Slug>('/campaigns/:slug/poster.pdf', limited, async (request, reply) => {
    const { campaign, activities } = await offeredCampaign(app, request.params.slug)
    const poster = posterOfCampaign(campaign, activities, await posterParts(app), app.clock())
    return await answerWithPoster(documents('programme/sharing/poster', poster, 'pdf'), campaign.slug, request, reply)
  })

  app.get<Slug>('/campaigns/:slug/qr-code.svg', async (request, reply) => {
    const { campaign: { slug } } = await offeredCampaign(app, request.params.slug)
    return answerWithQrCode(`${app.publicUrl}/campaigns/${slug}`, slug, reply)
  })
}

const badgeRoutes: FastifyPluginAsync<WithDocuments> = async (app, { documents }) => {
  app.get<Slug>('/campaigns/:slug/badge', async ({ params: { slug } }, reply) =>
    reply.html(await app.fresh(`page /campaigns/${slug}/badge`, async () => {
      const [{ campaign }, agencies] = await Promise.all([offeredCampaign(app, slug), agenciesIn(slug)])
      return inAscii(app.render('programme/sharing/badge', badgePageOf(campaign, agencies)))
    })))

  app.get<BadgeFile>('/campaigns/:slug/badges/:file', limited, async (request, reply) => {
    const { slug, file } = request.params
    const [, agencySlug, format] = /^([a-z0-9-]+)\.(svg|png)$/.exec(file) ?? []
    const [{ campaign }, agencies] = await Promise.all([offeredCampaign(app, slug), agenciesIn(slug)])
    const agency = agencies.find(({ slug }) => slug === agencySlug)
    if (agency === undefined || (format !== 'svg' && format !== 'png')) throw new NoBadge()
    const badge = badgeOf(campaign, agency.name, await app.pdf.getCoverage())
    reply.header('content-disposition', `inline; filename="we-took-part.${format}"`)
    const drawn = documents('programme/sharing/badge', badge, format)
    return await answerWith(drawn, format === 'svg' ? 'image/svg+xml; charset=utf-8' : 'image/png', request, reply)
  })

  async function agenciesIn (slug: string): ReturnType<typeof listTakingPart> {
    return await app.fresh(`taking part in ${slug}`, async () =>
      isSlug(slug) ? await listTakingPart(app.db, slug, app.clock()) : [])
  }
}

const searchEngineRoutes: FastifyPluginAsync = async app => {
  app.get('/sitemap.xml', limited, async (request, reply) => {
    const sitemap = await app.fresh('sitemap', async () => {
      const now = app.clock()
      const [addresses, pages] = await Promise.all([
        listPublicAddresses(app.db, now, maxActivities), listPublicPages(app.db, now)
      ])
      return sitemapOf(addresses, pages, app.publicUrl)
    })
    return await answerWith(
      { etag: tagOf(sitemap), read: async () => sitemap }, 'application/xml; charset=utf-8', request, reply)
  })

  app.get('/robots.txt', { config: { quiet: true } }, async (_, reply) =>
    await reply.headers({ 'content-type': 'text/plain; charset=utf-8', ...publicly }).send(robotsOf(app.publicUrl)))
}

/** A campaign with what is public in it, as it was within the last second. */
async function offeredCampaign (
  app: FastifyInstance, slug: string
): Promise<{ campaign: Campaign, activities: OfferedActivity[] }> {
  const found = await app.fresh(`campaign ${slug}`, async () => {
    if (!isSlug(slug)) return undefined
    const now = app.clock()
    const [campaign, activities] = await Promise.all([
      findPublicCampaign(app.db, slug, now), listPublicActivities(app.db, now, { campaignSlug: slug })
    ])
    return campaign && { campaign, activities }
  })
  if (found === undefined) throw new CampaignNotFound()
  return found
}

async function posterParts (app: FastifyInstance): Promise<PosterParts> {
  return { publicUrl: app.publicUrl, contacts: app.helplines(), coverage: await app.pdf.getCoverage() }
}

/** Short enough that what is cancelled or withdrawn does not stay for long with those on the way. */
const publicly = { 'cache-control': 'public, max-age=300' } as const

interface Tagged extends Omit<KeptDocument, 'read'> { read: () => Promise<Buffer | string> }

/** Answers with what is read, with 304 for whoever has it, and without making anything for HEAD. */
async function answerWith (
  { etag, read }: Tagged, type: string, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  if (isThere(request, etag)) return await reply.code(304).headers({ etag, ...publicly }).send()
  const content = request.method === 'HEAD' ? '' : await read()
  return await reply.headers({ 'content-type': type, etag, ...publicly }).send(content)
}

/** Posters are to print, not to be found instead of their page. */
async function answerWithPoster (
  document: KeptDocument, slug: string, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  reply.headers({ 'x-robots-tag': 'noindex', 'content-disposition': `inline; filename="poster-${slug}.pdf"` })
  return await answerWith(document, 'application/pdf', request, reply)
}

function answerWithQrCode (url: string, slug: string, reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-type': 'image/svg+xml; charset=utf-8', 'content-disposition': `inline; filename="qr-code-${slug}.svg"`, ...publicly
  }).send(qrCodeSvg(qrCodeOf(url)))
}
