# SPDX-License-Identifier: GPL-2.0
# An apt of our own: any suite of Debian, verified, with nothing installed.
# shellcheck shell=bash

keyring=$(ls /usr/share/keyrings/debian-archive-keyring.{gpg,pgp} 2>/dev/null |
	  head -n 1) || true
[ -n "$keyring" ] || die "no Debian archive keyring (debian-archive-keyring)"

# The archive that this machine uses itself; its address is not ours to know.
mirror=${KSRTP_MIRROR:-}
if [ -z "$mirror" ]; then
	mirror=$(apt-get indextargets --format '$(SITE) $(ORIGIN) $(SUITE)' |
		 awk '$2 == "Debian" && $3 !~ /security/ { print $1; exit }')
	[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(SITE)' |
				     grep -m 1 '/debian/*$') || true
	[ -n "$mirror" ] ||
		die "no Debian archive in apt's configuration; set KSRTP_MIRROR"
fi

# put FILE: write it in one step, for there may be more who do so
put()
{
	local new=$1.$BASHPID
	cat >"$new"
	mv "$new" "$1"
}

# apt SUITES TOOL ARGS...: run apt-get or apt-cache in a state of its own; with
# APT_TYPE=deb-src in the environment, for source packages; with APT_STALE=1, also from a
# mirror that is behind the date up to which its lists are valid; with APT_ARCHES, for
# these architectures, of which the first is native. Signatures are verified.
apt()
{
	local suites=$1 tool=$2 type=${APT_TYPE:-deb} valid=true state
	local arches=${APT_ARCHES:-amd64}
	shift 2
	state=$BUILD/apt/${suites// /+}${APT_TYPE:+-$APT_TYPE}${APT_STALE:+-stale}
	[ "$arches" = amd64 ] || state+=-${arches// /+}
	[ -z "${APT_STALE:-}" ] || valid=false
	mkdir -p "$state"/{lists/partial,archives/partial}
	# What names places of this machine is written anew each time: lists that were
	# fetched stay good where a checkout is moved or copied to.
	[ -e "$state/status" ] || : >"$state/status"
	for suite in $suites; do
		echo "$type [signed-by=$keyring] $mirror $suite main"
	done | put "$state/sources.list"
	put "$state/apt.conf" <<-CONF
	Dir::Etc "$state";
	Dir::Etc::sourcelist "$state/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::parts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$state";
	Dir::State::lists "$state/lists";
	Dir::State::status "$state/status";
	Dir::Cache "$state";
	Dir::Cache::archives "$state/archives";
	APT::Architecture "${arches%% *}";
	APT::Architectures "${arches// /,}";
	APT::Install-Recommends "false";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "3";
	Acquire::Check-Valid-Until "$valid";
	Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
	CONF
	# of this archive, and not of another's
	if ! grep -qsxF "$mirror" "$state/ready"; then
		APT_CONFIG=$state/apt.conf apt-get -qq update >&2 || return
		echo "$mirror" | put "$state/ready"
	fi
	APT_CONFIG=$state/apt.conf "$tool" "$@"
}

# closure SUITES ARGS...: name=version of all that apt-get install ARGS would install
closure()
{
	apt "$1" apt-get -s install "${@:2}" |
		awk '$1 == "Inst" { v = $3; sub(/^\(/, "", v); print $2 "=" v }'
}

# unpack DEB DIR: on top of what is there, below links of directories
unpack()
{
	dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"
}

# merged DIR: with a merged /usr, which all of our suites have
merged()
{
	local link
	for link in bin sbin lib lib64; do
		mkdir -p "$1/usr/$link"
		ln -s "usr/$link" "$1/$link"
	done
}
