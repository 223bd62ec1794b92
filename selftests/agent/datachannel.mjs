// SPDX-License-Identifier: GPL-2.0
// datachannel.mjs TONE DIRECTORY: libdatachannel (node-datachannel, below DIRECTORY) in the
// place of a browser. It sends a tone of so many hertz as G.711.
//
// Lines of JSON come on standard input: {"do": "offer"}, {"do": "answer", "sdp": ...},
// {"do": "take", "sdp": ...}, {"do": "heard"}, {"do": "close"}. On standard output:
// {"sdp": ...}, {"state": ...}, {"heard": what came, in base64, "count": packets}.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const [tone, directory] = process.argv.slice(2);
const { PeerConnection, Audio } =
	createRequire(directory + '/')('node-datachannel');
const RATE = 8000, SIZE = 160, SSRC = 4711;
let web, track, count = 0, heard = [], sending, asked = false;

function say(words) {
	process.stdout.write(JSON.stringify(words) + '\n');
}

// G.711, mu-law
function compressed(sample) {
	const sign = sample < 0 ? 128 : 0;
	const level = Math.min(Math.abs(Math.round(sample)), 32635) + 132;
	const exponent = Math.max(Math.floor(Math.log2(level)) - 7, 0);

	return ~(sign | exponent << 4 | level >> exponent + 3 & 15) & 255;
}

function packet(number) {
	const bytes = Buffer.alloc(12 + SIZE);

	bytes.writeUInt16BE(0x8000, 0);
	bytes.writeUInt16BE(number & 0xffff, 2);
	bytes.writeUInt32BE(number * SIZE >>> 0, 4);
	bytes.writeUInt32BE(SSRC, 8);
	for (let n = 0; n < SIZE; n++)
		bytes[12 + n] = compressed(8000 * Math.sin(
			2 * Math.PI * tone * (number * SIZE + n) / RATE));
	return bytes;
}

// As the clock says, however late the timer is.
function begin() {
	const start = Date.now();
	let number = 0;

	sending = setInterval(() => {
		while (number < (Date.now() - start) / 20) {
			if (track.isOpen())
				track.sendMessageBinary(packet(number));
			number++;
		}
	}, 20);
}

function take(media) {
	track = media;
	track.onOpen(begin);
	track.onMessage(bytes => {
		if (bytes.length < 12 || bytes[1] >= 200)
			return;
		count++;
		heard.push(bytes.subarray(12));
	});
}

function sound() {
	const media = new Audio('0', 'SendRecv');

	media.addAudioCodec(0, 'PCMU');
	media.addSSRC(SSRC, 'peer', 'peer', 'peer');
	return media;
}

function open() {
	web = new PeerConnection('peer', { iceServers: [],
					   disableAutoNegotiation: true });
	web.onStateChange(state => say({ state }));
	web.onGatheringStateChange(state => {
		if (state == 'complete' && asked)
			say({ sdp: web.localDescription().sdp });
	});
	take(web.addTrack(sound()));
}

const does = {
	offer() {
		open();
		asked = true;
		web.setLocalDescription('offer');
	},
	answer(words) {
		open();
		web.setRemoteDescription(words.sdp, 'offer');
		asked = true;
		web.setLocalDescription('answer');
	},
	take(words) {
		web.setRemoteDescription(words.sdp, 'answer');
	},
	heard() {
		say({ heard: Buffer.concat(heard).toString('base64'), count });
		heard = [];
	},
	close() {
		clearInterval(sending);
		web.close();
	},
};

createInterface({ input: process.stdin }).on('line', line => {
	const words = JSON.parse(line);

	does[words.do](words);
}).on('close', () => process.exit(0));
