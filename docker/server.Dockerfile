# The server with its dashboard inside. Build it from the root of the repository:
#
#   docker build -f docker/server.Dockerfile -t perftrend-server .
#
# It listens beyond loopback, so a token must exist before it starts (docs/operations.md, "Use a container").

FROM docker.io/library/debian:bookworm-slim AS build
ENV DEBIAN_FRONTEND=noninteractive PERFTREND_NO_BROWSER=1
WORKDIR /src
# Only these files decide what is installed, so a changed source file does not repeat the installation.
COPY dev ./
COPY dev.d dev.d
COPY web/package.json web/package-lock.json web/
RUN ./dev setup
COPY . .
RUN ./dev build release && strip build/release/bin/perftrend-server
# The packages of the shared libraries that the binary needs. They are read from the binary, so the list is never outdated.
RUN ldd build/release/bin/perftrend-server | awk '/=> \// { print $3 }' | xargs realpath | sed 'p;s|^/usr||' | sort -u \
    | xargs dpkg-query -S 2>/dev/null | cut -d : -f 1 | sort -u > build/runtime-packages \
    && test -s build/runtime-packages

FROM docker.io/library/debian:bookworm-slim
LABEL org.opencontainers.image.title="perftrend-server" \
      org.opencontainers.image.description="Reads test reports, stores performance trends, flags regressions" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /src/build/runtime-packages /tmp/runtime-packages
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive xargs apt-get install -y -qq --no-install-recommends ca-certificates curl < /tmp/runtime-packages \
    && rm -rf /var/lib/apt/lists/* /tmp/runtime-packages \
    && groupadd --gid 10001 perftrend \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/perftrend --shell /usr/sbin/nologin perftrend \
    && install -d -o 10001 -g 10001 -m 0750 /var/lib/perftrend
COPY --from=build /src/build/release/bin/perftrend-server /usr/local/bin/perftrend-server
USER 10001:10001
WORKDIR /var/lib/perftrend
VOLUME /var/lib/perftrend
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["curl", "-fsS", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["perftrend-server"]
CMD ["serve", "--db", "/var/lib/perftrend/perftrend.db", "--listen", "0.0.0.0:8080"]
