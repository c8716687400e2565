#!/bin/sh
# Makes everything that a release consists of, from the commit that is checked out:
#
#   scripts/release.sh [DIR]      DIR is dist
#
# Programs for linux, macOS and Windows, deb and rpm, container images (where buildah is
# installed), lists of components (CycloneDX), checksums. The same commit gives the same bytes,
# wherever and whenever it is built with the same Go. Nothing is downloaded: run
# `make release-deps` before, once. PLATFORMS limits what is made, as in PLATFORMS=linux/amd64.
set -eu
umask 022
cd "$(dirname "$0")/.."
out=${1:-dist}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -z "$(ls -A "$out")" ] || { echo "$out is not empty" >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || echo "Changes that are not committed are not in the release." >&2
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# The work is done in a clone, which has only what is committed.
git clone -q --no-hardlinks . "$work/source"
cd "$work/source"
export GOPROXY=off GOFLAGS=-trimpath CGO_ENABLED=0 LC_ALL=C TZ=UTC FAVORD_STATE_DIR="$work/state" FAVORD_LANG=en
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
build() { go build -buildvcs=true -ldflags="-s -w" -o "$1" ./cmd/favord; }
tool() { go tool -modfile=tools/release/go.mod "$@"; }

stage="$work/stage"
mkdir "$stage"
build "$stage/host"
"$stage/host" man | gzip -9n >"$stage/favord.1.gz"
for shell in bash zsh fish; do
    "$stage/host" completion $shell >"$stage/favord.$shell"
done
VERSION=$("$stage/host" version | cut -d' ' -f2)
export VERSION STAGE="$stage"

# flat FILE …: an archive that does not tell who made it when.
flat() {
    file=$1
    shift
    tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -f "$file" "$@"
}

# image ARCH: nothing but the program and a directory that it may write to.
image() {
    context="$work/image" archive="$work/archive"
    mkdir -p "$context/program" "$context/data/var/lib/favord" "$archive"
    cp "$stage/favord" "$context/program/favord"
    find "$context" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    storage() { buildah --root "$work/containers" --runroot "$work/run" --storage-driver vfs "$@"; }
    storage build -q --platform "linux/$1" --format docker --isolation chroot \
        --timestamp "$SOURCE_DATE_EPOCH" --identity-label=false -f packaging/Containerfile -t "favord:$VERSION" "$context" >/dev/null
    storage push -q --format docker "favord:$VERSION" "docker-archive:$work/image.tar" >/dev/null
    # buildah writes down in which container it worked, which is another one each time.
    tar -C "$archive" -xf "$work/image.tar"
    sed -i -E 's/"container":"[0-9a-f]*",//; s/"Hostname":"[^"]*"/"Hostname":""/g' "$archive"/*.json
    config=$(sha256sum "$archive"/????????????????????????????????????????????????????????????????.json | cut -d' ' -f1)
    mv "$archive"/????????????????????????????????????????????????????????????????.json "$archive/$config.json"
    layer=$(basename "$archive"/*.tar)
    printf '[{"Config":"%s.json","RepoTags":["favord:%s"],"Layers":["%s"]}]' "$config" "$VERSION" "$layer" >"$archive/manifest.json"
    flat "$out/favord_${VERSION}_linux_$1.image.tar" -C "$archive" manifest.json "$config.json" "$layer"
    rm -rf "$context" "$archive" "$work/image.tar"
}

for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}; do
    os=${platform%/*} arch=${platform#*/}
    name="favord_${VERSION}_${os}_$arch"
    GOOS=$os GOARCH=$arch build "$stage/favord"
    tool cyclonedx-gomod bin -json -noserial -notimestamp -version "$VERSION" -output "$out/$name.cdx.json" "$stage/favord"
    if [ "$os" = windows ]; then
        cp "$stage/favord" "$out/$name.exe"
        continue
    fi
    flat - -C "$stage" favord -C "$work/source" LICENSE README.md README.zh-CN.md CHANGELOG.md | gzip -9n >"$out/$name.tar.gz"
    [ "$os" = linux ] || continue
    for packager in deb rpm; do
        ARCH=$arch tool nfpm package -f packaging/nfpm.yaml -p $packager -t "$out/" >/dev/null
    done
    if command -v buildah >/dev/null; then image "$arch"; else echo "no buildah, no image for $platform" >&2; fi
done
(cd "$out" && sha256sum -- * >SHA256SUMS)
ls -l "$out"
