#!/usr/bin/env bash
# Makes PlanguardFFI.xcframework from the Rust library: five slices in three platforms, static, headers in a module
# folder of their own, signed where an identity is given. Then a zip, and the checksum that a `binaryTarget(url:)` wants.
#
#   Scripts/make-xcframework.sh [--sign IDENTITY] [--features LIST] [--out FOLDER]
#   Scripts/make-xcframework.sh --check     says what is missing on this machine, and makes nothing
set -euo pipefail

readonly SLICES=(
    aarch64-apple-ios        # iPhone, iPad
    aarch64-apple-ios-sim    # simulator on Apple silicon
    x86_64-apple-ios         # simulator on Intel
    aarch64-apple-darwin     # Mac, Apple silicon
    x86_64-apple-darwin      # Mac, Intel
)
readonly MODULE=CPlanguard

package=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$package/../.." && pwd)
sign='' features='ffi,sqlite,http' out=$package check=''
while [ $# -gt 0 ]; do
    case $1 in
        --sign) sign=$2; shift 2 ;;
        --features) features=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --check) check=yes; shift ;;
        *) echo "make-xcframework: what is $1? See the head of $0" >&2; exit 2 ;;
    esac
done

# What is missing, one line each.
missing() {
    if [ "$(uname -s)" != Darwin ]; then
        echo "a Mac: xcodebuild, lipo and Apple's SDKs are for macOS only (this is $(uname -s))"
    else
        for tool in xcodebuild lipo codesign ditto; do
            command -v "$tool" >/dev/null || echo "$tool: install Xcode, then xcode-select --switch /Applications/Xcode.app"
        done
    fi
    command -v cargo >/dev/null || echo "cargo: install Rust with rustup, https://rustup.rs"
    local installed
    installed=$(rustup target list --installed 2>/dev/null || true)
    for slice in "${SLICES[@]}"; do
        grep -qx "$slice" <<<"$installed" || echo "the Rust target $slice: rustup target add $slice"
    done
    [ -f "$package/Sources/$MODULE/$MODULE.h" ] ||
        echo "Sources/$MODULE/$MODULE.h: cargo xtask bindings --only swift generates it"
}

problems=$(missing)
if [ -n "$problems" ]; then
    echo "make-xcframework: an XCFramework cannot be made here. Missing:" >&2
    sed 's/^/  - /' <<<"$problems" >&2
    exit 1
fi
[ -z "$check" ] || { echo "make-xcframework: everything is here"; exit 0; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0
for slice in "${SLICES[@]}"; do
    (cd "$root" && cargo rustc --locked --package planguard --lib --profile mobile --target "$slice" \
        --no-default-features --features "$features" --crate-type staticlib)
done

# Headers of two XCFrameworks in one app collide unless each has a folder of its own.
mkdir -p "$work/headers/$MODULE"
cp "$package/Sources/$MODULE/$MODULE.h" "$work/headers/$MODULE/"
cp "$package/Sources/$MODULE/module.modulemap" "$work/headers/$MODULE/"

library() { echo "$root/target/$1/mobile/libplanguard.a"; }
join() { lipo -create "$(library "$2")" "$(library "$3")" -output "$work/$1/libplanguard.a"; }
mkdir -p "$work/simulator" "$work/mac"
join simulator aarch64-apple-ios-sim x86_64-apple-ios
join mac aarch64-apple-darwin x86_64-apple-darwin

framework=$out/PlanguardFFI.xcframework
rm -rf "$framework" "$framework.zip"
xcodebuild -create-xcframework \
    -library "$(library aarch64-apple-ios)" -headers "$work/headers" \
    -library "$work/simulator/libplanguard.a" -headers "$work/headers" \
    -library "$work/mac/libplanguard.a" -headers "$work/headers" \
    -output "$framework"

if [ -n "$sign" ]; then
    codesign --timestamp --sign "$sign" "$framework"
    codesign --verify --strict "$framework"
else
    echo "make-xcframework: not signed; Xcode warns of that. Pass --sign IDENTITY for a release." >&2
fi

ditto -c -k --sequesterRsrc --keepParent "$framework" "$framework.zip"
echo "made $framework"
echo ".binaryTarget(name: \"$MODULE\", url: \"URL OF THE ZIP\", checksum: \"$(swift package compute-checksum "$framework.zip")\")"
