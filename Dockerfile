FROM python:3.13-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
RUN python -m venv /opt/event-service
COPY pyproject.toml hatch_build.py LICENSE ./
COPY proto proto
COPY src src
RUN /opt/event-service/bin/pip install --no-cache-dir --disable-pip-version-check '.[otel]'

# Without the embedded stores: a container is given MongoDB and Redis.
FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/event-service event-service \
    && chmod 700 /var/lib/event-service
COPY --from=build /opt/event-service /opt/event-service
ENV PATH=/opt/event-service/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EVENT_HOST=0.0.0.0 \
    EVENT_DATA_DIR=/var/lib/event-service
USER 10001
WORKDIR /var/lib/event-service
EXPOSE 50051 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["event-service", "health", "--service", "spaceone.api.monitoring.v1.Event"]
ENTRYPOINT ["event-service"]
CMD ["serve"]
