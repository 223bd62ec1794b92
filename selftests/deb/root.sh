# SPDX-License-Identifier: GPL-2.0
# A Debian of its own in $root, for packages to be tried in. $suite says which,
# and $work where its archive is kept.
# shellcheck shell=bash

# inside COMMAND...: run it in the Debian under test
inside()
{
	unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive HOME=/root \
		${http_proxy:+"http_proxy=$http_proxy"} chroot "$root" "$@"
}

install()
{
	inside apt-get -y -q -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
		--no-install-recommends install "$@"
}

# A Debian without anything: made once, unpacked for every run.
fresh()
{
	local base=$work/base-$suite.tar
	rm -rf "$root"
	if [ ! -e "$base" ]; then
		say "bootstrapping $suite"
		debootstrap --variant=minbase --keyring="$keyring" "$suite" \
			"$root" "$mirror" >>"$log" 2>&1 ||
			die "debootstrap failed; $log tells why"
		tar -c --one-file-system -C "$root" . >"$base.tmp"
		mv "$base.tmp" "$base"
	else
		mkdir -p "$root"
		tar -x -C "$root" -f "$base"
	fi
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	# no service is to start here
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	inside apt-get -q update
}

# Packages take it for a Debian that systemd has booted; what they ask of it is
# written into /asked. Units are enabled by the real systemctl, and never active.
pretend_systemd()
{
	install systemd || return
	mkdir -p "$root/run/systemd/system"
	rm "$root/usr/sbin/policy-rc.d"
	inside dpkg-divert --rename --add /usr/bin/systemctl || return
	cat >"$root/usr/bin/systemctl" <<-'END'
	#!/bin/sh
	echo "$@" >>/asked
	case " $* " in
	*' preset '* | *' is-enabled '*) exec systemctl.distrib --root=/ "$@" ;;
	*' is-active '*) exit 3 ;;
	esac
	END
	chmod +x "$root/usr/bin/systemctl"
}

# asked WORDS: they have asked just this of ksrtp.service since the last time
asked()
{
	local words
	cat "$root/asked"
	words=$(grep -w 'ksrtp\.service' "$root/asked" |
		grep -owE 'start|stop|restart|try-restart|reload' | paste -sd ' ') || true
	: >"$root/asked"
	[ "$words" = "$*" ]
}

# The release of the kernel whose headers it has.
headers()
{
	basename "$(echo "$root"/lib/modules/*)"
}

# README's first command, where nothing but make is there
demo()
{
	install make || return
	mkdir "$root/ksrtp"
	tar -x -C "$root/ksrtp" --strip-components=1 -f "$(echo "$work"/ksrtp_*.tar.*)"
	inside make -C /ksrtp demo
}
