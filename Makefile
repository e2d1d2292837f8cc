# Every target works on a fresh machine with Go; what else it needs, it installs (apt or brew).
.PHONY: run build test fuzz generate lint bench

# A sample company and a pretend WeChat. Ctrl+C stops everything.
run: build
	@.ci/install run
	@exec ./weir demo

build:
	go build -buildvcs=false -o weir ./cmd/weir

# Every test, fuzz seeds included. The browsers come alone, for they need a machine to themselves; then, once more with the race
# detector, what has locks and goroutines of its own.
test:
	@.ci/install test
	go test $$(go list ./... | grep -v /e2e)
	go test ./internal/e2e
	go test -race $(racy)

# A minute for each target, all at once: the envelope, XML and JSON that strangers send.
FUZZTIME ?= 1m
fuzz:
	@printf '%s\n' FuzzOpen FuzzParseXML FuzzParseJSON | xargs -P 3 -I{} go test ./internal/wechat -run '^$$' -fuzz '^{}$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 5s -parallel 1

racy = ./handlers ./internal/courier ./internal/desk ./internal/live ./internal/login ./internal/queue ./internal/store ./internal/wechat/...

# sqlc, templ, styles and scripts.
generate:
	@.ci/generate

lint:
	@.ci/lint

# The figures of this machine, with their baselines.
bench: build
	@.ci/install run
	./weir bench ingest
	./weir bench live
	./weir bench pages
	./weir bench routing
	./weir bench search
	./weir bench wechat
