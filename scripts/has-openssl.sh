#!/bin/sh
# Succeeds where a C compiler finds the headers of OpenSSL 3.
set -eu
command -v "${CC:-gcc}" >/dev/null 2>&1 || exit 1
printf '#include <openssl/opensslv.h>\n#if OPENSSL_VERSION_NUMBER < 0x30000000L\n#error too old\n#endif\n' |
    "${CC:-gcc}" -E - >/dev/null 2>&1
