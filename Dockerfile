# syntax=docker/dockerfile:1

# Waybill as a service: non-root, no shell needed, nothing written outside the volumes.
#   docker build -t waybill .
# Node comes with the image, so the optional packages (a bundled Node, an embedded Postgres) stay out of it.
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The compilers are optional packages of their own front ends; only install scripts are left out.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.base.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
COPY --from=packages /build/node_modules /app/node_modules
COPY --from=build /build/dist /app/dist
COPY package.json LICENSE README.md CHANGELOG.md SECURITY.md /app/
COPY bin /app/bin
COPY migrations /app/migrations
COPY examples /app/examples
COPY docker/healthcheck.js /app/docker/healthcheck.js

# The folders exist before they become volumes, so that a named volume starts out owned by the service.
WORKDIR /var/lib/waybill
RUN install -d -m 0700 -o 10001 -g 10001 keys state data
VOLUME ["/var/lib/waybill/keys", "/var/lib/waybill/state", "/var/lib/waybill/data"]

USER 10001:10001
ENV WAYBILL_HOST=0.0.0.0 WAYBILL_PORT=8420 \
    WAYBILL_KEYS=/var/lib/waybill/keys WAYBILL_STATE=/var/lib/waybill/state WAYBILL_DATA=/var/lib/waybill/data
EXPOSE 8420
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/docker/healthcheck.js"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/waybill.js"]
CMD ["serve"]
