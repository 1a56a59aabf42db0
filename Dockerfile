# What is served and run from one image: see docs/install.md.

FROM python:3.13-slim-bookworm AS build
WORKDIR /source
COPY requirements.lock requirements-node.lock ./
RUN python -m venv /opt/longbox \
 && /opt/longbox/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
 && /opt/longbox/bin/pip install --no-cache-dir --require-hashes --target /node --requirement requirements-node.lock
COPY . .
RUN PYTHONPATH=/node /opt/longbox/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
# Whatever version is Debian's newest, which has its security updates.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libarchive-tools libnss-wrapper tini unar \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/longbox /opt/longbox
COPY deploy/entrypoint.sh deploy/healthy.py /
ENV PATH=/opt/longbox/bin:$PATH \
    LONGBOX_HOST=0.0.0.0 \
    LONGBOX_DATA=/Config \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /Config
EXPOSE 5000
HEALTHCHECK --start-period=60s --interval=30s CMD ["python", "/healthy.py"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "/entrypoint.sh"]
CMD ["longbox", "serve"]
