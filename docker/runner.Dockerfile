# The runner with the shipped scenarios. Build it from the root of the repository:
#
#   docker build -f docker/runner.Dockerfile -t perftrend-runner .
#   docker run --rm -e RUN_PERF_TESTS=1 -v "$PWD:/work" perftrend-runner run /usr/share/perftrend/scenarios/batch_prefill.toml
#
# A container shares its host's cores, so the host must be idle (docs/measure.md).

FROM docker.io/library/debian:bookworm-slim AS build
ENV DEBIAN_FRONTEND=noninteractive PERFTREND_NO_BROWSER=1
WORKDIR /src
COPY dev ./
COPY dev.d dev.d
COPY web/package.json web/package-lock.json web/
RUN ./dev setup
COPY . .
RUN ./dev build release && strip build/release/bin/perftrend-runner
RUN ldd build/release/bin/perftrend-runner | awk '/=> \// { print $3 }' | xargs realpath | sed 'p;s|^/usr||' | sort -u \
    | xargs dpkg-query -S 2>/dev/null | cut -d : -f 1 | sort -u > build/runtime-packages \
    && test -s build/runtime-packages

FROM docker.io/library/debian:bookworm-slim
LABEL org.opencontainers.image.title="perftrend-runner" \
      org.opencontainers.image.description="Measures timing scenarios and writes JUnit reports" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /src/build/runtime-packages /tmp/runtime-packages
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive xargs apt-get install -y -qq --no-install-recommends ca-certificates < /tmp/runtime-packages \
    && rm -rf /var/lib/apt/lists/* /tmp/runtime-packages \
    && groupadd --gid 10001 perftrend \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /work --shell /usr/sbin/nologin perftrend \
    && install -d -o 10001 -g 10001 -m 0755 /work
COPY --from=build /src/build/release/bin/perftrend-runner /usr/local/bin/perftrend-runner
COPY runner/scenarios /usr/share/perftrend/scenarios
USER 10001:10001
WORKDIR /work
STOPSIGNAL SIGTERM
ENTRYPOINT ["perftrend-runner"]
CMD ["run", "/usr/share/perftrend/scenarios/batch_prefill.toml"]
