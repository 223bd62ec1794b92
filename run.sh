#!/bin/bash
M=/work/main/build/demo; n=$1; ip netns add s$n; ip -n s$n link set lo up; ip -n s$n addr add 10.9.0.1/32 dev lo
export GST_REGISTRY=$M/gst-registry GST_REGISTRY_UPDATE=no
K=$(head -c 30 /dev/urandom | od -An -tx1 | tr -d ' \n'); G=${K:0:56}
enc() { [ $1 = 5100 ] && echo "srtpenc name=enc$1 key=$K" || echo "srtpenc name=enc$1 key=$G rtp-cipher=aes-128-gcm rtp-auth=null rtcp-cipher=aes-128-gcm rtcp-auth=null"; }
bs() { echo "rtpbin name=bin$1 $(enc $1) bin$1.send_rtp_src_0 ! enc$1.rtp_sink_0 enc$1.rtp_src_0 ! udpsink host=10.9.0.1 port=$1 bin$1.send_rtcp_src_0 ! enc$1.rtcp_sink_0 enc$1.rtcp_src_0 ! udpsink host=10.9.0.1 port=$(($1+1)) sync=false async=false"; }
ip netns exec s$n timeout 90 gst-launch-1.0 -e $(bs 5100) filesrc location=$M/speech-b.wav ! wavparse ! rtppcmupay ssrc=3000 seqnum-offset=1000 max-ptime=20000000 min-ptime=20000000 ! queue ! bin5100.send_rtp_sink_0 $(bs 5102) filesrc location=$M/video-b.webm ! matroskademux ! rtpvp8pay ssrc=4000 pt=97 mtu=1200 ! queue ! bin5102.send_rtp_sink_0 > log.$n 2>&1
echo "$n rc $?"; ip netns del s$n
