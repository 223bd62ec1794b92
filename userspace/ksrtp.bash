# SPDX-License-Identifier: GPL-2.0
# Completion of ksrtp(8) for bash: words that may come next.
# shellcheck shell=bash

# _ksrtp_value KEYWORD: what may follow a keyword that takes a name; fails if it takes
# something that cannot be listed
_ksrtp_value()
{
	case $1 in
	suite) ksrtp suite show 2>/dev/null | awk '{ print $1 }' ;;
	profile) ksrtp suite show 2>/dev/null | grep -o 'SRTP_[A-Z0-9_]*' ;;
	dev) ls /sys/class/net ;;
	family) echo inet inet6 ;;
	sort) echo id local remote streams sent received packets dropped ;;
	unencrypted-srtp | unencrypted-srtcp | unauthenticated-srtp | \
	short-srtcp-tag | kdf-aes-256) echo on off ;;
	cryptex) echo off on accept ;;
	counters) echo continue restart peer ;;
	rcc-mode) echo off 1 2 3 ;;
	judge) echo version header profile ;;
	dtls) echo client server ;;
	public) echo ice dtls sdes ;;
	zrtp) echo initiator responder ;;
	cipher) echo AES1 AES2 AES3 ;;
	auth-tag) echo HS32 HS80 ;;
	local-address | remote-address) echo any ;;
	clock-skew) echo none ;;
	dh) echo 5 2 1 ;;
	-n | --netns) ls /run/netns 2>/dev/null ;;
	*) return 1 ;;
	esac
}

# Keywords that a value follows which only the user knows.
_ksrtp_takes_value()
{
	case $1 in
	id | call | local | remote | local-rtcp-port | remote-rtcp-port | max-streams | \
	stream-timeout | ssrc | key | insecure-key | sdes | insecure-sdes | \
	key-ring | sdes-ring | mki | lifetime | rtp-lifetime | rtcp-lifetime | \
	soft-limit | overlap | linger | from | to | rtp-packets | rtcp-packets | \
	replay-window | kdr | encrypted-extensions | rcc-rate | initial-roc | \
	roc-search | repair-types | repeat | roc | seq | srtcp-index | rtp-replay | \
	rtcp-replay | rtp-used-from | rtp-used-to | srtcp-used-from | \
	srtcp-used-to | port | except-remote-port | jump | first | \
	interval | count | psk | psk-ring | insecure-psk | mikey | mikey-ring | \
	insecure-mikey | own-id | peer-id | uri | listen | user | camera | pin | ekt-spi | ekt-key | \
	ekt-key-ring | insecure-ekt-key | ekt-interval | ekt-rate | lease | \
	rtp-block | srtcp-block | srtcp-start | report | rtp-limit | srtcp-limit | \
	duration | until | types | ssrcs) return 0 ;;
	esac
	return 1
}

# What a command knows, by its object and its own word.
_ksrtp_keywords()
{
	local flow='local remote dev family ssrc'
	local key='key-file key-ring insecure-key'
	local of_key='mki lifetime rtp-lifetime rtcp-lifetime soft-limit'
	local direction="suite $key $of_key overlap sdes-file sdes-ring
		insecure-sdes fec replay-window kdr unencrypted-srtp
		unencrypted-srtcp unauthenticated-srtp encrypted-extensions
		cryptex rcc-mode rcc-rate initial-roc roc-search repair-types
		repeat counters unused-key restart-counters short-srtcp-tag
		kdf-aes-256 ekt-spi ekt-key-file ekt-key-ring insecure-ekt-key
		ekt-interval ekt-rate ekt-off rtp-block srtcp-block srtcp-start
		report"
	local policy="max-streams stream-timeout lease relay no-relay types ssrcs dtls profile zrtp cipher
		auth-tag send recv $direction"

	local of_sdp="dev owned max-streams stream-timeout send recv replay-window
		soft-limit overlap encrypted-extensions cryptex rcc-mode rcc-rate
		initial-roc roc-search repair-types counters repeat used-key
		short-srtcp-tag kdf-aes-256"
	local of_mikey='psk-file psk-ring insecure-psk own-key own-cert trust
		exchange clock-skew raw-tgk'
	local of_message="$of_mikey own-id peer-id peer-cert"
	local message='mikey-file mikey-ring insecure-mikey'

	case $1 in
	'session add') echo "$flow rtcp-mux local-rtcp-port remote-rtcp-port owned
		parked $policy" ;;
	'session replace') echo "$flow rtcp-mux local-rtcp-port remote-rtcp-port
		owned $policy" ;;
	'session set') echo "id $flow move rtcp-mux local-rtcp-port
		remote-rtcp-port linger parked $policy" ;;
	'session show' | 'session list') echo "id $flow suite owned orphaned
		pending dropping sort reverse first brief top interval
		count" ;;
	'session del') echo "id $flow" ;;
	'session flush') echo "$flow" ;;
	'sdp add') echo local remote local-address remote-address "$of_sdp" \
		"$of_mikey" dry-run ;;
	'sdp set') echo local remote old-local old-remote local-address \
		remote-address "$of_sdp" linger "$of_mikey" dry-run ;;
	'sdp del') echo local remote local-address remote-address dev \
		"$of_mikey" dry-run ;;
	'mikey show') echo "$message $of_message" ;;
	'mikey answer') echo "$message $of_message" report uri ;;
	'mikey make') echo "suite $key mki sdes-file sdes-ring insecure-sdes
		kdr unencrypted-srtp unencrypted-srtcp unauthenticated-srtp
		rcc-mode rcc-rate ssrc roc salt verify tag-as-key dh rsa-r uri
		$of_message" ;;
	'rtsp relay') echo config listen user state camera trust pin \
		psk-file psk-ring insecure-psk psk own-key own-cert peer-cert \
		clock-skew raw-tgk one-key ;;
	'call offer') echo call file public feedback bundle control ;;
	'call answer') echo call file control ;;
	'call del' | 'call show' | 'call list') echo call control ;;
	'call monitor') echo control ;;
	'stream show' | 'stream list') echo session send recv ssrc ;;
	'stream set') echo session send recv ssrc roc seq srtcp-index rtp-replay \
		rtcp-replay rtp-used-from rtp-used-to srtcp-used-from \
		srtcp-used-to rtp-limit srtcp-limit ;;
	'key add') echo session send recv "$key $of_key" from to rtp-packets \
		rtcp-packets unused-key ;;
	'key use') echo session send mki ;;
	'key del') echo session send recv mki from ;;
	'key show' | 'key list') echo session send recv ;;
	'require add') echo dev family port except-remote-port judge lease ;;
	'require del') echo id ;;
	'attach del') echo dev ;;
	'lease set') echo duration until ;;
	'seal add') echo id "$key" current ;;
	'seal use' | 'seal del') echo id ;;
	monitor*) echo alerts time ;;
	esac
}

_ksrtp_commands()
{
	case $1 in
	session) echo add replace set del show flush help ;;
	sdp) echo add set del help ;;
	mikey) echo show make answer help ;;
	call) echo offer answer del show monitor help ;;
	rtsp) echo relay help ;;
	stream) echo show set help ;;
	key) echo add use del show help ;;
	require) echo add del show help ;;
	attach) echo dev del show help ;;
	lease) echo set del show help ;;
	seal) echo add use del show help ;;
	suite) echo show help ;;
	stat) echo show prometheus help ;;
	restore) echo jump help ;;
	monitor) echo alerts time help ;;
	dump) echo sealed help ;;
	doctor) echo help ;;
	esac
}

_ksrtp()
{
	local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]}
	local i object='' command='' words='' files='' dashes=''

	# the object is the first word behind the options
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-n | -b | --netns | --batch) ((i++)) ;;
		-*) ;;
		*)
			object=${COMP_WORDS[i]}
			((i + 1 < COMP_CWORD)) && command=${COMP_WORDS[i + 1]}
			break ;;
		esac
	done
	# keywords may have -- before them, and sdp goes without add
	[ -z "$object" ] || last=${last#--} command=${command#--}
	[[ $object != sdp || $command == @(|add|set|del|help) ]] || command=add
	COMPREPLY=()
	case $last in
	-b | --batch | key-file | ekt-key-file | sdes-file | psk-file | mikey-file | \
	own-key | own-cert | trust | peer-cert | exchange | config | state) files=1 ;;
	esac
	[[ $object == @(dump|restore) && $last != jump ]] && files=1
	[[ $object == sdp && $last == @(local|remote|old-local|old-remote) ]] && files=1
	[[ $object == call && $last == @(file|control) ]] && files=1
	# files may stand beside words; "session N" of a stream is an id
	if [[ $last == @(-b|--batch|key-file|ekt-key-file|sdes-file|psk-file|mikey-file|own-key|own-cert|trust|peer-cert|exchange|config|state) ||
		( $object == @(sdp|call) && $files ) ]]; then
		:
	elif [ -z "$object" ]; then
		words=$(_ksrtp_value "$last") || words='session sdp mikey call rtsp stream
			key require attach lease seal suite stat monitor dump
			restore doctor help'
		[[ $word != -* ]] || words='-j -p -s -B -t -n -b -f -V -h --json --pretty
			--stats --brief --top --netns --batch --force --version --help'
	elif ((COMP_CWORD == i + 1)); then
		words=$(_ksrtp_commands "$object")
		[[ $object != sdp || -z $word ]] ||
			words="$words $(_ksrtp_keywords 'sdp add')"
	elif ! words=$(_ksrtp_value "$last") && [ "$last" != session ]; then
		! _ksrtp_takes_value "$last" || return
		words=$(_ksrtp_keywords "$object $command")
	fi
	[ -z "$files" ] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
	[[ -z $object || $word != --* ]] || dashes=--
	[ -z "$words" ] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < \
		<(compgen -P "$dashes" -W "$words" -- "${word#"$dashes"}")
}

complete -F _ksrtp ksrtp
