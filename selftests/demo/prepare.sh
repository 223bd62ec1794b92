#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# prepare.sh [OUTDIR]: make what demo.sh plays, on the host, where it is quick:
# two speeches and two small videos, and what the videos look like decoded.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../build/demo}
mkdir -p "$out"
out=$(cd "$out" && pwd)

for tool in espeak-ng ffmpeg gst-inspect-1.0; do
	command -v "$tool" >/dev/null || {
		echo "prepare.sh: $tool is missing, see selftests/packages" >&2
		exit 1
	}
done

quiet_ffmpeg()
{
	ffmpeg -nostdin -v error -y "$@"
}

# speech NAME VOICE TEXT: PCMU, 8 kHz, in NAME.wav and bare in NAME.ul
speech()
{
	espeak-ng -v "$2" -s 150 -w "$out/$1.tmp.wav" "$3"
	quiet_ffmpeg -i "$out/$1.tmp.wav" -af apad -t 10 -ar 8000 -ac 1 \
		-c:a pcm_mulaw -bitexact "$out/$1.wav"
	quiet_ffmpeg -i "$out/$1.wav" -c copy -f mulaw "$out/$1.ul"
	rm "$out/$1.tmp.wav"
}

# video NAME SOURCE: VP8, 160x120, 5 frames a second, and decoded in NAME.yuv
video()
{
	quiet_ffmpeg -f lavfi -i "$2=size=160x120:rate=5" -t 10 \
		-pix_fmt yuv420p -c:v libvpx -b:v 150k -g 10 -auto-alt-ref 0 \
		"$out/$1.webm"
	quiet_ffmpeg -i "$out/$1.webm" -c copy "$out/$1.ivf"
	quiet_ffmpeg -i "$out/$1.ivf" -f rawvideo "$out/$1.yuv"
}

speech speech-a en 'This is host A. The program that sends this speech knows
nothing of encryption. Its packets are protected by the kernel, one by one,
on their way out.'
speech speech-b en+f3 'And this is host B, which has no such kernel, and
protects its packets with another library. Host A hears this in the clear, in
a program that knows nothing of encryption.'
video video-a testsrc2
video video-b mandelbrot

# A list of GStreamer's plugins: the emulated machine would take minutes.
rm -f "$out/gst-registry"
GST_REGISTRY=$out/gst-registry gst-inspect-1.0 srtpdec >/dev/null

echo "media for the demo are in $out"
