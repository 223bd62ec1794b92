// SPDX-License-Identifier: GPL-2.0
// What a page of the tests does: a connection with a tone that it sends, and with what
// it hears. Signalling is by who runs these functions.
let web, heard = [], states = [];

function tone(frequency) {
	const context = new AudioContext();
	const oscillator = context.createOscillator();
	const to = context.createMediaStreamDestination();

	oscillator.frequency.value = frequency;
	oscillator.connect(to);
	oscillator.start();
	return to.stream;
}

function picture() {
	const canvas = document.createElement('canvas');
	const paint = canvas.getContext('2d');
	let n = 0;

	canvas.width = 160;
	canvas.height = 120;
	setInterval(() => {
		paint.fillStyle = n++ % 2 ? '#20c020' : '#20c022';
		paint.fillRect(0, 0, 160, 120);
	}, 100);
	return canvas.captureStream(10);
}

function begin(frequency, video, options) {
	web = new RTCPeerConnection(options || {});
	web.ontrack = event => heard.push(event.track);
	web.onconnectionstatechange = () => states.push(web.connectionState);
	for (const track of tone(frequency).getTracks())
		web.addTrack(track);
	if (video)
		for (const track of picture().getTracks())
			web.addTrack(track);
}

async function gathered() {
	while (web.iceGatheringState != 'complete')
		await new Promise(done => setTimeout(done, 50));
	return web.localDescription.sdp;
}

async function offer(options) {
	await web.setLocalDescription(await web.createOffer(options));
	return gathered();
}

async function answer(sdp) {
	await web.setRemoteDescription({ type: 'offer', sdp });
	await web.setLocalDescription(await web.createAnswer());
	return gathered();
}

function take(sdp) {
	return web.setRemoteDescription({ type: 'answer', sdp });
}

// Statistics of a kind, of which there may be one for each medium.
async function stats(type) {
	const found = [];

	(await web.getStats()).forEach(one => {
		if (one.type == type)
			found.push(one);
	});
	return found;
}

// The strongest frequency of what is heard, in hertz, once there is sound.
async function pitch() {
	const context = new AudioContext();
	const track = heard.find(one => one.kind == 'audio');
	const stream = new MediaStream([track]);
	const analyser = context.createAnalyser();
	const sink = new Audio();

	// a track that nobody plays is not decoded
	sink.srcObject = stream;
	sink.muted = true;
	sink.play();
	analyser.fftSize = 4096;
	context.createMediaStreamSource(stream).connect(analyser);
	const bins = new Float32Array(analyser.frequencyBinCount);
	for (let n = 0; n < 600; n++) {
		await new Promise(done => setTimeout(done, 100));
		analyser.getFloatFrequencyData(bins);
		const top = bins.indexOf(Math.max(...bins));
		if (bins[top] > -50)
			return top * context.sampleRate / 4096;
	}
	return 0;
}
