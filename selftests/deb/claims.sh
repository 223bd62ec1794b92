# SPDX-License-Identifier: GPL-2.0
# What has to be true of the Debian in $root, at one time or another.
# shellcheck shell=bash

# Pages of the manual, completion, unit, dashboard and alerts, and headers: what
# the tree has of them is in a package.
complete()
{
	local have missing=0 deb name
	have=$(for deb in "$work/$suite"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -t
	done)
	while read -r name; do
		grep -qE "^\./(usr/)?(share|include|lib|src)/.*/?${name//./\\.}(\.gz)?$" \
			<<<"$have" || { echo "in no package: $name"; missing=1; }
	done < <(cd "$TOP" && for name in Documentation/*.[1-8]; do
			echo "man/man${name##*.}/${name##*/}"
		done
		sed -n 's,^\t\(ksrtp_[a-z_]*\);,man/man3/\1.3,p' \
			userspace/lib/libksrtp.map
		basename -a Documentation/prometheus/* | sed 's,^,examples/,'
		basename -a userspace/examples/*.c |
			sed 's,^,libksrtp-dev/examples/,'
		find kernel uapi -name '*.[ch]' | sed 's,^,ksrtp-[0-9.]*/,'
		printf '%s\n' bash-completion/completions/ksrtp \
			systemd/system/ksrtp.service \
			systemd/system/ksrtp-monitor.service \
			systemd/system/ksrtp-rtsp.service \
			systemd/system/ksrtpd.service sysusers.d/ksrtpd.conf \
			systemd/system/ksrtp-sync.service sysusers.d/ksrtp-sync.conf \
			libksrtp.h linux/ksrtp.h \
			libksrtp.a libksrtp.so libksrtp.so.0 pkgconfig/libksrtp.pc)
	return $missing
}

# Without the module's package the tool is of use, if only to say what is missing.
alone()
{
	local told
	if inside dpkg -s ksrtp-dkms || inside dpkg -s dkms; then
		return 1
	fi
	inside ksrtp -V || return
	# the module that the machine itself may have serves it as well
	[ ! -e /sys/module/ksrtp ] || return 0
	! told=$(inside ksrtp stat 2>&1) || return
	echo "$told"
	[ "$(wc -l <<<"$told")" -eq 1 ] && grep -q 'modprobe ksrtp' <<<"$told"
}

# built VERSION: DKMS has installed that version, and no other, for the headers
built()
{
	inside dkms status
	[ "$(inside dkms status | grep -c .)" -eq 1 ] &&
		inside dkms status | grep -q "^ksrtp/$1, $(headers), .*: installed"
}

# The module asks to be loaded with its family, and is of the headers' kernel.
loadable()
{
	inside depmod "$(headers)"
	inside modprobe -n -v -S "$(headers)" net-pf-16-proto-16-family-ksrtp |
		grep "/updates/dkms/ksrtp\.ko"
}

# The service is enabled, those for alerts and cameras are not; the configuration is private, and has our change.
configured()
{
	grep -qx 'require add port 10000-20000' "$root/etc/ksrtp/ksrtp.conf" &&
		[ "$(stat -c %a "$root/etc/ksrtp" "$root/etc/ksrtp/ksrtp.conf" |
			paste -s)" = "700	600" ] &&
		enabled && [ -e "$root/lib/systemd/system/ksrtp.service" ] &&
		[ -z "$(find "$root/etc/systemd" -name 'ksrtp-monitor*' -o \
			-name 'ksrtp-rtsp*')" ]
}

WANTED=etc/systemd/system/sysinit.target.wants/ksrtp.service

enabled()
{
	[ -L "$root/$WANTED" ]
}

# As an administrator disables it; another installation does not undo that.
stays_disabled()
{
	rm "$root/$WANTED"
	install --reinstall "$1" && ! enabled || return
	ln -s /lib/systemd/system/ksrtp.service "$root/$WANTED"
	install --reinstall "$1" && enabled
}

# The packaged example, as a program from elsewhere; without words it tells its own.
program()
{
	local told
	install gcc libc6-dev pkg-config || return
	inside sh -c 'cd /debs && cc -o call \
		/usr/share/doc/libksrtp-dev/examples/call.c \
		$(pkg-config --cflags --libs libksrtp)' || return
	told=$(inside /debs/call 2>&1) || [ "$told" = \
		"call: LOCAL-PORT REMOTE-ADDRESS REMOTE-PORT" ]
}

# daemon PROGRAM: its package installs, it runs, and has a user that stays
daemon()
{
	local package=$1
	[ "$1" != ksrtpd ] || package=ksrtp-agent
	install "$(cd "$root" && ls ./debs/"$package"_"$new"_*.deb)" &&
		inside getent passwd ksrtp && inside "$1" help
}

# boots KERNEL: it loads what DKMS has built when the packaged tool asks for it,
# and takes the packaged configuration
boots()
{
	local tree=$work/modules release
	release=$(headers)
	rm -rf "$tree"
	cp -al "$(kernel_dir "$1")/modules" "$tree"
	mkdir -p "$tree/lib/modules/$release/updates/dkms"
	cp "$root/lib/modules/$release/updates/dkms"/ksrtp.ko* \
		"$tree/lib/modules/$release/updates/dkms/"
	depmod -b "$tree" "$release"
	"$VM_DIR/run" --kernel "$1" --no-module --timeout 1800 \
		--out "$work/boot-$suite" -- "$TOP/selftests/deb/booted" "$root" \
		"$tree/lib/modules/$release"
}

# Every file, with who may do what, and the contents of those that packages make
# or change. What dpkg, apt and the log write down of the past is left out.
inventory()
{
	(cd "$root" && find . -xdev \( -path ./var/log -o -path ./var/cache -o \
		-path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./debs -o \
		-path ./proc -o -path ./tmp -o -path ./asked \) -prune -o \
		-printf '%p %m %u %g %l\n' | sort
	 find ./etc ./lib/modules ./var/lib/dkms ./var/lib/systemd -type f \
		-exec sha256sum {} + 2>/dev/null | sort -k 2)
}

# What installing and purging leaves behind, once its dependencies are there.
traceless()
{
	inventory >"$work/before"
	install "$@" || return
	inside dpkg --purge ksrtp-dkms ksrtp-tools libksrtp-dev libksrtp0 || return
	inventory >"$work/after"
	diff "$work/before" "$work/after"
}

# nothing of ours is left, but what dpkg and apt write down of the past
gone()
{
	! find "$root" -xdev \( -path "$root/var/log" -o -path "$root/debs" -o \
		-path "$root/var/cache" \) -prune -o -name '*ksrtp*' -print |
		grep .
}

# Prometheus' own tool, out of its package, which is not installed for it; fails if
# it cannot be had
fetch_promtool()
{
	local into=$BUILD/promtool
	[ ! -x "$into/usr/bin/promtool" ] || return 0
	mkdir -p "$into"
	(cd "$into" && apt-get -q download prometheus) &&
		dpkg-deb -x "$into"/prometheus_*.deb "$into" || return
	rm "$into"/prometheus_*.deb
}

# The packaged alerts are rules, and their expressions PromQL.
promql()
{
	local alerts=$work/alerts
	rm -rf "$alerts"
	dpkg-deb -x "$1" "$alerts" || return
	alerts=$alerts/usr/share/doc/ksrtp-tools/examples/ksrtp-alerts.yml
	"$BUILD/promtool/usr/bin/promtool" check rules "$alerts" || return
	# it can tell what is none
	sed 's/absent(/absent((/' "$alerts" >"$alerts.bad"
	! "$BUILD/promtool/usr/bin/promtool" check rules "$alerts.bad"
}

# Without packages: make puts all below DESTDIR, and takes all but the
# configuration away.
by_make()
{
	local at=/debs/made release make
	release=$(headers)
	make=(inside make -s -C /debs/src "KDIR=/lib/modules/$release/build"
	      "DESTDIR=$at" PREFIX=/opt)
	install make libjansson-dev libmnl-dev libssl-dev || return
	"${make[@]}" install || return
	(cd "$root$at" && find . -type f -o -type l) || return
	[ -e "$root$at/opt/sbin/ksrtp" ] &&
		[ -n "$(find "$root$at/lib/modules/$release" -name 'ksrtp.ko*')" ] &&
		[ -e "$root$at/opt/share/man/man8/ksrtp.8" ] &&
		[ "$(inside $at/opt/sbin/ksrtp -V)" = "ksrtp $1" ] || return
	"${make[@]}" uninstall || return
	# the lists of modules are the kernel's, not ours
	[ "$(cd "$root$at" && find . -type f -o -type l |
		grep -v '/modules\.[a-z.]*$')" = ./etc/ksrtp/ksrtp.conf ]
}

# by_dkms VERSION: without our packages, DKMS gets the source from make, and loses it
by_dkms()
{
	local make
	make=(inside make -s -C /debs/src "KDIR=/lib/modules/$(headers)/build")
	install make dkms || return
	"${make[@]}" install-dkms && built "$1" && loadable || return
	"${make[@]}" uninstall-dkms && ! inside dkms status | grep ksrtp
}
