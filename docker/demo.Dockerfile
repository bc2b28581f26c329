# The demo retailer's loader: a command, one jar. It runs once, so it has neither layers nor a start-up cache.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}
RUN useradd --system --uid 10001 --no-create-home filo
WORKDIR /app
COPY app.jar sbom.cdx.json ./
USER 10001
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", "app.jar"]
