# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/cobid
COPY requirements.txt ./
RUN python -m venv /srv/venv && /srv/venv/bin/python -m pip install --no-deps --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
# Chinese, Japanese and Korean, which the fonts that come with the service lack.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-droid-fallback=1:6.0.1r16-1.1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 cobid \
    && mkdir /data && chown cobid /data
COPY --from=build /srv/venv /srv/venv
WORKDIR /srv/cobid
COPY alembic.ini pyproject.toml cobid ./
COPY migrations migrations
COPY app app
RUN python -m compileall -q app migrations
USER 10001
ENV PATH=/srv/venv/bin:/srv/cobid:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 DATA_DIR=/data \
    FONT_DIR=/usr/share/fonts-droid-fallback/truetype
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["python", "-m", "app.cli", "serve"]
