// SPDX-License-Identifier: GPL-2.0
// What a page of the tests does: a connection with a tone that it sends, and with what
// it hears. Signalling is by who runs these functions.
let web, context, states = [];

// Firefox plays nothing without a loudspeaker, but has a microphone of its own, with a
// tone.
async function tone(frequency) {
	if (navigator.userAgent.includes('Firefox'))
		return navigator.mediaDevices.getUserMedia({ audio: {
			echoCancellation: false, noiseSuppression: false,
			autoGainControl: false } });
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

async function begin(frequency, video, options) {
	const sound = await tone(frequency);

	web = new RTCPeerConnection(options || {});
	web.onconnectionstatechange = () => states.push(web.connectionState);
	for (const track of sound.getTracks())
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

// The mean colour of what is seen of the other side.
async function colour() {
	const video = document.createElement('video');
	const canvas = document.createElement('canvas');
	const paint = canvas.getContext('2d', { willReadFrequently: true });
	const sum = [0, 0, 0];

	video.muted = true;
	video.srcObject = new MediaStream(web.getReceivers().map(one => one.track)
		.filter(track => track.kind == 'video'));
	await video.play();
	canvas.width = video.videoWidth;
	canvas.height = video.videoHeight;
	paint.drawImage(video, 0, 0);
	video.srcObject = null;
	const seen = paint.getImageData(0, 0, canvas.width, canvas.height).data;
	for (let n = 0; n < seen.length; n++)
		if (n % 4 < 3)
			sum[n % 4] += seen[n] * 4 / seen.length;
	return [canvas.width, canvas.height, ...sum.map(Math.round)];
}

// What is heard of the other side for so long, as a file of the browser's.
async function record(ms) {
	const sound = new MediaStream(web.getReceivers().map(one => one.track)
		.filter(track => track.kind == 'audio'));
	const player = new Audio(), recorder = new MediaRecorder(sound), parts = [];

	// Chromium decodes what is played only
	player.srcObject = sound;
	player.play().catch(() => {});
	recorder.ondataavailable = event => parts.push(event.data);
	recorder.start();
	await new Promise(done => setTimeout(done, ms));
	await new Promise(done => {
		recorder.onstop = done;
		recorder.stop();
	});
	player.srcObject = null;
	const reader = new FileReader();
	await new Promise(done => {
		reader.onload = done;
		reader.readAsDataURL(new Blob(parts));
	});
	return reader.result;
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
