// SPDX-License-Identifier: GPL-2.0
// What a page of the tests does: a connection with a tone that it sends, and with what
// it hears. Signalling is by who runs these functions.
let web, context, states = [];

function tone(frequency) {
	context = new AudioContext();
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
	}, 200);
	return canvas.captureStream(5);
}

function begin(frequency, video, options) {
	web = new RTCPeerConnection(options || {});
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
