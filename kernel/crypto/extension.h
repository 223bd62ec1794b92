/* SPDX-License-Identifier: GPL-2.0 */
/* Header extensions: encrypted by their ids (RFC 6904) or all (RFC 9335). */
#ifndef _KSRTP_EXTENSION_H
#define _KSRTP_EXTENSION_H

#include "transform.h"

int ksrtp_extension_crypt(const struct ksrtp_work *work);
unsigned int ksrtp_cryptex_growth(const u8 *header);
int ksrtp_cryptex_apply(struct ksrtp_work *work);
bool ksrtp_cryptex_applied(const u8 *header);
void ksrtp_cryptex_locate(struct ksrtp_work *work);
void ksrtp_cryptex_undo(struct ksrtp_work *work);

#endif /* _KSRTP_EXTENSION_H */
