#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kunit.sh: run the unit tests in this kernel and tell how they went, as TAP.
#
# For a virtual machine of selftests/vm/run. Loads ksrtp_kunit.ko, which reports
# in the kernel log, and unloads it again. Exit status 0 if all cases passed.
set -euo pipefail
export LC_ALL=C

module=${KSRTP_BUILD:?}/${KSRTP_KERNEL:?}/ksrtp_kunit.ko

# Algorithms that need no loading are no error; a missing one fails its cases.
for name in aesni_intel sha1_ssse3 ghash_clmulni_intel ctr gcm hmac sha1; do
	modprobe -q "$name" || true
done

# Ciphers that not every kernel has: its own, if it has.
for name in aria seed; do
	modprobe -q "$name" || insmod "${module%/*}/ksrtp_$name.ko" || true
done

mark="ksrtp kunit.sh $$ begins"
echo "$mark" >/dev/kmsg
loaded=0
error=$(insmod "$module" 2>&1) || loaded=$?

# Cases are the results that are indented, behind their suite's name.
status=0
dmesg | awk -v mark="$mark" -v loaded="$loaded" -v error="$error" '
	{ sub(/^(<[0-9]+>)?\[ *[0-9.]+\] (\[ *[A-Z]?[0-9]+\] )?/, "") }
	index($0, mark) { begun = 1; print "TAP version 13"; next }
	!begun { next }
	/^    # Subtest: / { suite = $3; next }
	/^    1\.\.[0-9]+$/ { planned += substr($1, 4); next }
	/^    (not )?ok [0-9]+ / {
		bad = $1 == "not"
		failed += bad
		sub(/^ *(not )?ok [0-9]+ /, "")
		print (bad ? "not ok " : "ok ") ++count " " suite ": " $0
		next
	}
	/^    # / { sub(/^ +/, ""); print }
	END {
		if (!begun)
			print "Bail out! The kernel log has lost our mark."
		else if (!count || count != planned)
			print "Bail out! " count + 0 " of " planned + 0 \
				" cases reported. " error
		else if (loaded && !failed)
			print "Bail out! " error
		print "1.." planned + 0
		exit !(begun && count && count == planned && !failed && !loaded)
	}
' || status=1

# A module whose tests failed has not stayed. One that has may still be in use:
# the last keys are freed some time after the tests.
if [ "$loaded" -eq 0 ]; then
	for _ in 1 2 3 4 5; do
		[ -e /sys/module/ksrtp_kunit ] || break
		error=$(rmmod ksrtp_kunit 2>&1) || sleep 1
	done
	if [ -e /sys/module/ksrtp_kunit ]; then
		echo "Bail out! $error"
		status=1
	fi
fi
exit "$status"
