# What starts each service once while its image is built, on an embedded store: the suite. It is in no image that runs.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}
COPY . /trainer
