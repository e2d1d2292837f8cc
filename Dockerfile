FROM golang:1.26-bookworm AS build
WORKDIR /src
# Where the module proxy of your choice is: docker build --build-arg GOPROXY=…
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /weir ./cmd/weir && mkdir /data

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /weir /usr/local/bin/weir
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
# The image has no PostgreSQL and no Redis: name yours by WEIR_DATABASE_URL and WEIR_REDIS_URL.
ENV WEIR_ADDR=0.0.0.0:8080 WEIR_DATA_DIR=/data
EXPOSE 8080
ENTRYPOINT ["weir"]
CMD ["serve"]
