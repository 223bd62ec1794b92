#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh [MEDIA]: speech and video between two hosts, in both directions at
# once. Host a has ksrtp, and programs that know RTP only: FFmpeg sends, and
# GStreamer receives. Host b has no ksrtp, but GStreamer's elements for SRTP,
# which use libsrtp. The hosts are network namespaces.
#
# To be run as root where ksrtp.ko is loaded, after prepare.sh:
#   selftests/demo/prepare.sh
#   selftests/vm/run --kernel 6.12 -- selftests/demo/demo.sh
# MEDIA is where prepare.sh has put the media. What was recorded is then in
# $KSRTP_OUT/demo-results. Exit status is 0 if everything was as it should be.
set -u

here=$(cd "$(dirname "$0")" && pwd)
media=${1:-$here/../../build/demo}
out=${KSRTP_OUT:-$here/../../build}/demo-results
# only this script's copy of the list of plugins is sure not to be rebuilt
export GST_REGISTRY=$media/gst-registry GST_REGISTRY_UPDATE=no
export PYTHONDONTWRITEBYTECODE=1

a=10.9.0.1 b=10.9.0.2
# From a to b: audio to port 5000, video to 5002. From b to a: 5100, 5102.
ports=(5000 5002 5100 5102)
declare -A what=([5000]='audio, a to b' [5002]='video, a to b'
	[5100]='audio, b to a' [5102]='video, b to a')
declare -A ssrc=([5000]=1000 [5002]=2000 [5100]=3000 [5102]=4000)
declare -A suite=([5000]=AES_CM_128_HMAC_SHA1_80 [5002]=AEAD_AES_128_GCM
	[5100]=AES_CM_128_HMAC_SHA1_80 [5102]=AEAD_AES_128_GCM)
# b's words for the suites, and how long their key and salt are
declare -A cipher=([5000]=aes-128-icm [5002]=aes-128-gcm
	[5100]=aes-128-icm [5102]=aes-128-gcm)
declare -A key_size=([5000]=30 [5002]=28 [5100]=30 [5102]=28)
declare -A from_a from_b

failures=0
running=()

title()
{
	printf '\n== %s  [%d s]\n' "$*" "$SECONDS"
}

# check TEXT COMMAND...: one result
check()
{
	local text=$1
	shift
	if "$@"; then
		echo "  ok: $text"
	else
		echo "  FAILED: $text"
		failures=$((failures + 1))
	fi
}

die()
{
	echo "demo.sh: $*" >&2
	tail -n 5 "$work"/*.log >&2 2>/dev/null
	exit 1
}

cleanup()
{
	[ ${#running[@]} -eq 0 ] || kill "${running[@]}" 2>/dev/null
	wait
	ip netns del a 2>/dev/null
	ip netns del b 2>/dev/null
	mkdir -p "$out" && rm -rf "${out:?}"/* &&
		cp "$work"/{*.log,*.pcapng,a.*,b.*} "$out" 2>/dev/null
	rm -rf "$work"
}

# start NAME HOST COMMAND...: in the background, with NAME.log; $! is its id
start()
{
	local name=$1 host=$2
	shift 2
	ip netns exec "$host" "$@" >"$work/$name.log" 2>&1 </dev/null &
	running+=($!)
}

# await TEXT SECONDS COMMAND...: until the command is true
await()
{
	local text=$1 until=$((SECONDS + $2))
	shift 2
	until "$@"; do
		[ "$SECONDS" -lt "$until" ] || die "no $text"
		sleep 0.5
	done
}

listening()
{
	local host=$1 port sockets
	shift
	sockets=$(ip netns exec "$host" ss -Hlun) || return
	for port; do
		grep -q ":$port " <<<"$sockets" || return
	done
}

size()
{
	stat -c %s "$1" 2>/dev/null || echo 0
}

a_ksrtp()
{
	ip netns exec a ksrtp "$@"
}

# counters PORT DIRECTION NAME...: of the session with that port of a's
counters()
{
	local port=$1 direction=$2
	shift 2
	a_ksrtp -j -s session show local "$a:$port" | jq -r \
		".[].$direction.stats as \$stats | \$ARGS.positional |
		map(\$stats[.] | tostring) | join(\" \")" --args "$@"
}

# srtp_caps KIND PORT SSRC KEY: what b's srtpdec is to expect.
# Cipher and key of a packet follow from its SSRC.
srtp_caps()
{
	local kind=$1 port=$2 from=$3 key=$4 auth=hmac-sha1-80
	[ "${cipher[$port]}" != aes-128-gcm ] || auth=null
	echo "application/x-$kind,ssrc=(uint)$from,srtp-key=(buffer)$key,\
srtp-cipher=${cipher[$port]},srtp-auth=$auth,\
srtcp-cipher=${cipher[$port]},srtcp-auth=$auth"
}

# Parts of b's pipelines: a session with its protection, and RTCP both ways.
b_encoder()
{
	local port=$1 auth=hmac-sha1-80
	[ "${cipher[$port]}" != aes-128-gcm ] || auth=null
	echo "srtpenc name=enc$port key=${from_b[$port]} \
rtp-cipher=${cipher[$port]} rtp-auth=$auth \
rtcp-cipher=${cipher[$port]} rtcp-auth=$auth"
}

b_receive()
{
	local port=$1 caps
	caps=$(srtp_caps srtp "$port" "${ssrc[$port]}" "${from_a[$port]}")
	# each decoder has one thread only
	echo "rtpbin name=bin$port latency=1000
		srtpdec name=dec$port srtpdec name=rtcpdec$port
		udpsrc address=$b port=$port caps=$caps,$2
			! dec$port.rtp_sink dec$port.rtp_src
			! bin$port.recv_rtp_sink_0
		udpsrc address=$b port=$((port + 1)) caps=${caps/x-srtp/x-srtcp}
			! rtcpdec$port.rtcp_sink rtcpdec$port.rtcp_src
			! bin$port.recv_rtcp_sink_0
		$(b_encoder "$port") bin$port.send_rtcp_src_0
			! enc$port.rtcp_sink_0 enc$port.rtcp_src_0
			! udpsink host=$a port=$((port + 1)) sync=false async=false
		bin$port."
}

b_send()
{
	local port=$1
	echo "rtpbin name=bin$port $(b_encoder "$port")
		bin$port.send_rtp_src_0
			! enc$port.rtp_sink_0 enc$port.rtp_src_0
			! udpsink host=$a port=$port
		bin$port.send_rtcp_src_0
			! enc$port.rtcp_sink_0 enc$port.rtcp_src_0
			! udpsink host=$a port=$((port + 1)) sync=false async=false"
}

# The same in a without protection, and without reports of its own.
a_receive()
{
	local port=$1
	echo "rtpbin name=bin$port latency=1000
		udpsrc address=$a port=$port caps=application/x-rtp,$2
			! bin$port.recv_rtp_sink_0
		udpsrc address=$a port=$((port + 1)) caps=application/x-rtcp
			! bin$port.recv_rtcp_sink_0
		bin$port."
}

audio_caps=media=audio,payload=0,clock-rate=8000,encoding-name=PCMU
video_caps=media=video,payload=97,clock-rate=90000,encoding-name=VP8

# What follows when packets are plain: the bytes as they are, and decoded.
record_audio()
{
	echo "! rtppcmudepay ! tee name=audio ! queue
			! filesink buffer-mode=unbuffered sync=false location=$work/$1.ul
		audio. ! queue ! mulawdec ! wavenc
			! filesink sync=false location=$work/$1.wav"
}

record_video()
{
	echo "! rtpvp8depay ! tee name=video ! queue
			! filesink buffer-mode=unbuffered sync=false location=$work/$1.vp8
		video. ! queue ! vp8dec
			! filesink buffer-mode=unbuffered sync=false location=$work/$1.yuv"
}

for tool in ip nft ss jq dumpcap taskset ffmpeg gst-launch-1.0 python3 ksrtp; do
	command -v "$tool" >/dev/null || {
		echo "demo.sh: $tool is missing, see selftests/packages" >&2
		exit 1
	}
done
[ -e "$media/video-b.yuv" ] || {
	echo "demo.sh: no media in $media: run prepare.sh first" >&2
	exit 1
}
work=$(mktemp -d)
trap cleanup EXIT
trap 'exit 1' INT TERM

title 'Two hosts, a with ksrtp, b without'
{
	ip netns add a && ip netns add b &&
	ip -n a link add eth0 type veth peer name eth0 netns b &&
	ip -n a addr add $a/24 dev eth0 && ip -n b addr add $b/24 dev eth0 &&
	ip -n a link set lo up && ip -n b link set lo up &&
	ip -n a link set eth0 up && ip -n b link set eth0 up
} || die 'no network namespaces'
for port in "${ports[@]}"; do
	n=${key_size[$port]}
	from_a[$port]=$(od -An -tx1 -N"$n" /dev/urandom | tr -d ' \n')
	from_b[$port]=$(od -An -tx1 -N"$n" /dev/urandom | tr -d ' \n')
	(
		umask 077
		echo "${from_a[$port]}" >"$work/$port.send"
		echo "${from_b[$port]}" >"$work/$port.recv"
	)
	# b's RTCP comes from any port, hence no port in 'remote'
	add=(session add local "$a:$port" remote "$b"
		send suite "${suite[$port]}" key-file "$work/$port.send"
		recv suite "${suite[$port]}" key-file "$work/$port.recv")
	echo "  a# ksrtp ${add[*]}" | sed "s,$work,/run,g"
	a_ksrtp "${add[@]}" || die 'no session'
done
# In a, a copy of each packet between the programs and ksrtp: nflog group 5.
ip netns exec a nft -f - <<END || die 'no log of plain packets'
table ip demo {
	chain out {
		type filter hook output priority 0
		udp dport 5000-5199 log group 5
	}
	chain in {
		type filter hook input priority 0
		udp dport 5000-5199 log group 5
	}
}
END

title 'Programs start: GStreamer and FFmpeg'
start capture-b b dumpcap -q -i eth0 -f 'udp portrange 5000-5199' \
	-w "$work/wire.pcapng"
capture_b=$!
start capture-a a dumpcap -q -i nflog:5 -w "$work/plain.pcapng"
capture_a=$!
# shellcheck disable=SC2046 # the words of a pipeline
start receiver-b b gst-launch-1.0 -e \
	$(b_receive 5000 $audio_caps) $(record_audio b) \
	$(b_receive 5002 $video_caps) $(record_video b)
receiver_b=$!
# shellcheck disable=SC2046 # the words of a pipeline
start receiver-a a gst-launch-1.0 -e \
	$(a_receive 5100 $audio_caps) $(record_audio a) \
	$(a_receive 5102 $video_caps) $(record_video a)
receiver_a=$!
await 'programs that listen in b' 600 listening b 5000 5001 5002 5003
await 'programs that listen in a' 600 listening a 5100 5101 5102 5103
await 'capture in b' 300 test -s "$work/wire.pcapng"
await 'capture in a' 300 test -s "$work/plain.pcapng"

title 'Ten seconds of speech and video, both ways'
# A sender whose thread changes the processor overtakes its own packets: veth
# has a queue for each. And pkt_size leaves room for the tag.
start sender-a a taskset -c 0 ffmpeg -nostdin -v warning \
	-re -f mulaw -ar 8000 -ac 1 -i "$media/speech-a.ul" \
	-re -i "$media/video-a.ivf" \
	-map 0 -c copy -ssrc "${ssrc[5000]}" -f rtp \
	"rtp://$b:5000?localrtpport=5000&localrtcpport=5001&pkt_size=172" \
	-map 1 -c copy -ssrc "${ssrc[5002]}" -payload_type 97 -f rtp \
	"rtp://$b:5002?localrtpport=5002&localrtcpport=5003&pkt_size=1200"
sender_a=$!
# shellcheck disable=SC2046 # the words of a pipeline
start sender-b b taskset -c $(($(nproc) - 1)) gst-launch-1.0 -e \
	$(b_send 5100) filesrc "location=$media/speech-b.wav" ! wavparse \
	! rtppcmupay ssrc="${ssrc[5100]}" seqnum-offset=1000 \
	max-ptime=20000000 min-ptime=20000000 ! queue ! bin5100.send_rtp_sink_0 \
	$(b_send 5102) filesrc "location=$media/video-b.webm" ! matroskademux \
	! rtpvp8pay ssrc="${ssrc[5102]}" pt=97 mtu=1200 ! queue \
	! bin5102.send_rtp_sink_0
sender_b=$!
arrived()
{
	printf '  [%3d s] bytes arrived at b: audio %6d video %7d    at a: audio %6d video %7d\n' \
		"$SECONDS" "$(size "$work/b.ul")" "$(size "$work/b.vp8")" \
		"$(size "$work/a.ul")" "$(size "$work/a.vp8")"
}
# GStreamer's sender sometimes does not notice that both its streams have ended
# (one time in 60, without ksrtp too), so that its end is not waited for.
until=$((SECONDS + 300))
while kill -0 $sender_a 2>/dev/null; do
	[ "$SECONDS" -lt "$until" ] || kill $sender_a
	sleep 2
	arrived
done
wait $sender_a
check 'the sender in a is content' test $? -eq 0
# what is still in the receivers' buffers, and on a busy machine that is much
until=$((SECONDS + 120))
while [ "$SECONDS" -lt "$until" ] && { kill -0 $sender_b 2>/dev/null ||
	[ "$(size "$work/b.ul")" -lt 80000 ] || [ "$(size "$work/a.ul")" -lt 80000 ]; }; do
	sleep 1
done
kill $sender_b 2>/dev/null
kill -INT $receiver_a $receiver_b 2>/dev/null
until=$((SECONDS + 60))
while [ "$SECONDS" -lt "$until" ] && { kill -0 $receiver_a 2>/dev/null ||
	kill -0 $receiver_b 2>/dev/null; }; do
	sleep 0.5
done
kill $receiver_a $receiver_b 2>/dev/null
arrived

# GStreamer's programs have crashed at their start, one time in ten runs
if grep -q 'Caught SIGSEGV' "$work"/{receiver,sender}-*.log; then
	echo '  GStreamer has crashed:' "$(cd "$work" && grep -l SIGSEGV ./*.log)"
	[ -z "${KSRTP_DEMO_AGAIN:-}" ] || die 'no GStreamer that runs'
	echo '  once more from the beginning'
	kill -KILL $receiver_a $receiver_b $sender_b 2>/dev/null
	cleanup
	trap - EXIT
	KSRTP_DEMO_AGAIN=1 exec "$0" "$media"
fi

title 'What arrived, byte for byte'
for from in a b; do
	[ $from = a ] && to=b || to=a
	echo "  speech from $from, ${suite[5000]}:"
	check "$to heard $from" \
		"$here/media.py" audio "$media/speech-$from.ul" "$work/$to.ul"
	echo "  video from $from, ${suite[5002]}:"
	check "$to has $from's frames" \
		"$here/media.py" video "$media/video-$from.ivf" "$work/$to.vp8"
	echo "  $to decoded, and this is from the middle:"
	check "$to saw $from" \
		"$here/media.py" picture "$work/$to.yuv" "$media/video-$from.yuv"
done

title 'The same packet, as the program made it and as it crossed the wire'
kill $capture_a $capture_b
wait $capture_a $capture_b
for port in 5000 5002; do
	echo "  ${what[$port]}, ${suite[$port]}:"
	check 'nothing crossed in the clear' "$here/packets.py" show \
		"$work/plain.pcapng" "$work/wire.pcapng" $port
done

title 'RTCP, as the programs in a see it'
for port in "${ports[@]}"; do
	echo "  about ${what[$port]}:"
	case $port in
	5000 | 5002)
		words=("$a" answered)
		text="b has a's reports, and a has b's answers"
		;;
	*)
		words=("$b")
		text="a has b's reports"
		;;
	esac
	check "$text" "$here/packets.py" rtcp "$work/plain.pcapng" \
		$((port + 1)) "${words[@]}"
done

title "a's counters, those that are not 0"
echo '  a# ksrtp -s session show'
a_ksrtp -s session show | grep -v ' 0$' | sed 's/^/  /'
for port in "${ports[@]}"; do
	case $port in
	5000 | 5002) direction=send ;;
	*) direction=recv ;;
	esac
	read -r rtp rtcp < <(counters "$port" $direction rtp-packets rtcp-packets)
	check "${what[$port]}: $rtp RTP packets, $rtcp RTCP packets" \
		test "$rtp" -ge 50 -a "$rtcp" -ge 1
done
dropped=$(a_ksrtp -j -s session show | jq '[.[] | (.send, .recv).stats |
	to_entries[] | select(.key | startswith("drop-")) | .value] | add')
check "dropped so far: $dropped" test "$dropped" -eq 0

title 'Attacks on the audio that a receives'
# One more genuine packet of b's, kept on its way.
next=$(("$("$here/packets.py" last "$work/wire.pcapng" 5100)" + 1))
# shellcheck disable=SC2046 # the words of a pipeline
gst-launch-1.0 -q filesrc "location=$media/speech-b.ul" blocksize=160 \
	num-buffers=1 ! audio/x-mulaw,rate=8000,channels=1 \
	! rtppcmupay ssrc="${ssrc[5100]}" seqnum-offset=$next \
	! $(b_encoder 5100) enc5100.rtp_src_0 \
	! filesink "location=$work/next.srtp" >"$work/next.log" 2>&1
# attack TEXT COUNTER COMMAND...: that counter alone becomes one more
attack()
{
	local text=$1 name=$2 before after i want
	local names=(rtp-packets drop-bad-tag drop-replayed)
	shift 2
	echo "  $text:"
	before=$(counters 5100 recv "${names[@]}")
	ip netns exec b "$here/packets.py" "$@" || before='0 0 0'
	sleep 0.2
	after=$(counters 5100 recv "${names[@]}")
	echo "    ${names[*]}: $before became $after"
	read -ra want <<<"$before"
	for i in 0 1 2; do
		[ "${names[i]}" != "$name" ] || want[i]=$((want[i] + 1))
	done
	check "$name is one more" test "${want[*]}" = "$after"
}
attack 'one bit of a new packet of b changed on its way' drop-bad-tag \
	flip "$work/next.srtp" $b:5100 $a:5100
attack 'the same packet unharmed, so that a takes it' rtp-packets \
	send "$work/next.srtp" $b:5100 $a:5100
attack 'a packet of the capture again' drop-replayed \
	replay "$work/wire.pcapng" 5100

title "Recordings, captures and logs are in $out"
if [ $failures -ne 0 ]; then
	echo "demo: $failures FAILED"
	exit 1
fi
echo 'demo: everything was as it should be'
