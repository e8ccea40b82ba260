# One image for gateway, matching and reconciliation: the task definition says which (`services/<name>/main.ts`). For arm64 and amd64:
#   docker buildx build --platform linux/arm64,linux/amd64 --tag meridian/services .

# The programs' packages only, installed for the platform that the image is for.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /meridian
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-fund --no-audit

# Nothing but sources, packages and Node: no shell scripts of ours, no npm, no compiler.
FROM node:24.21.0-bookworm-slim AS services
ENV NODE_ENV=production
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
WORKDIR /meridian
COPY --from=packages /meridian/node_modules node_modules
COPY package.json ./
COPY shared shared
COPY services services
# Files belong to root and are only read: the task's file system is read-only, and its user could not write them either.
USER node
EXPOSE 8080
ENTRYPOINT ["node"]
CMD ["services/gateway/main.ts"]
