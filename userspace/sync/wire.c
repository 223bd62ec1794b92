// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "wire.h"

/* What did not succeed: 0 if it has to wait, or -1 if the connection ended. */
static int waits(struct wire *wire, int ret)
{
	int error = SSL_get_error(wire->ssl, ret);

	if (error == SSL_ERROR_WANT_WRITE)
		wire->wants_write = true;
	return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ?
		       0 : -1;
}

/* Bytes read or written, 0 if it has to wait, or -1 if the connection ended. */
ssize_t wire_transfer(struct wire *wire, void *in, const void *out, size_t len)
{
	ssize_t n;

	if (!wire->ssl) {
		n = in ? recv(wire->fd, in, len, MSG_DONTWAIT) :
			 send(wire->fd, out, len,
			      MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		return n > 0 ? n : -1;
	}
	n = in ? SSL_read(wire->ssl, in, len) : SSL_write(wire->ssl, out, len);
	return n > 0 ? n : waits(wire, n);
}

/* Go on with TLS; 1 when that is done, 0 if it has to wait, -1 and why if it failed. */
int wire_shake(struct wire *wire, const char **why)
{
	int ret = SSL_connect(wire->ssl);

	wire->wants_write = false;
	if (ret == 1)
		return 1;
	ret = waits(wire, ret);
	if (ret < 0)
		*why = SSL_get_verify_result(wire->ssl) ?
		       X509_verify_cert_error_string(SSL_get_verify_result(wire->ssl)) :
		       "TLS failed";
	return ret;
}

/**
 * wire_secure() - begin TLS on a socket that is connected
 * @wire: the socket
 * @tls: whom to trust
 * @host: name or address that the certificate has to be of
 *
 * Return: false if there is no memory
 */
bool wire_secure(struct wire *wire, SSL_CTX *tls, const char *host)
{
	wire->ssl = SSL_new(tls);
	if (!wire->ssl || SSL_set_fd(wire->ssl, wire->fd) != 1 ||
	    (!X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(wire->ssl), host) &&
	     SSL_set1_host(wire->ssl, host) != 1))
		return false;
	SSL_set_tlsext_host_name(wire->ssl, host);
	ERR_clear_error();
	return true;
}

/* End TLS; the socket is somebody else's. */
void wire_close(struct wire *wire)
{
	SSL_free(wire->ssl);
	*wire = (struct wire){ .fd = -1 };
}
