// SPDX-License-Identifier: GPL-2.0
/*
 * live555_server PORT PICTURES.m4e SOUND.wav [CERTIFICATE KEY]: live555's RTSP server
 * in the place of a camera. With a certificate it speaks TLS, and sends SRTP with
 * keys by MIKEY. It plays both files at /live, prints "ready" when it listens, and
 * "report" for RTCP that it has understood.
 */
#include <cstdio>
#include <cstdlib>

#include <liveMedia.hh>
#include <BasicUsageEnvironment.hh>

static void on_report(void *)
{
	puts("report");
	fflush(stdout);
}

/* A kind of stream that tells of reports. */
template <class Kind> class Told : public Kind {
public:
	template <class... Args>
	Told(UsageEnvironment &env, Args... args) : Kind(env, args...) {}

protected:
	RTCPInstance *createRTCP(Groupsock *socket, unsigned bandwidth,
				 unsigned char const *name,
				 RTPSink *sink) override
	{
		RTCPInstance *rtcp = Kind::createRTCP(socket, bandwidth, name,
						      sink);

		rtcp->setRRHandler(on_report, NULL);
		return rtcp;
	}
};

int main(int argc, char **argv)
{
	TaskScheduler *scheduler = BasicTaskScheduler::createNew();
	UsageEnvironment *env = BasicUsageEnvironment::createNew(*scheduler);
	ServerMediaSession *session;
	RTSPServer *server;

	if (argc != 4 && argc != 6)
		return 2;
	server = RTSPServer::createNew(*env, atoi(argv[1]));
	if (!server) {
		fprintf(stderr, "%s\n", env->getResultMsg());
		return 1;
	}
	if (argc == 6)
		server->setTLSState(argv[4], argv[5]);
	OutPacketBuffer::maxSize = 100000;
	session = ServerMediaSession::createNew(*env, "live");
	session->addSubsession(new Told<MPEG4VideoFileServerMediaSubsession>(
		*env, argv[2], False));
	session->addSubsession(new Told<WAVAudioFileServerMediaSubsession>(
		*env, argv[3], False, False));
	server->addServerMediaSession(session);
	puts("ready");
	fflush(stdout);
	scheduler->doEventLoop();
	return 0;
}
