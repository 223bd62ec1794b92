// SPDX-License-Identifier: GPL-2.0
/*
 * What is tested, compiled once more. Its objects are not shared with ksrtp.ko:
 * one object file cannot belong to two modules in two directories.
 */

#include "../../kernel/wire.c"
#include "../../kernel/dns.c"
#include "../../kernel/block.c"
#include "../../kernel/replay.c"
#include "../../kernel/flow.c"
#include "../../kernel/crypto/suite.c"
#include "../../kernel/policy.c"
#include "../../kernel/crypto/kwp.c"
#include "../../kernel/ektfield.c"
#include "../../kernel/crypto/kdf.c"
#include "../../kernel/crypto/keys.c"
#include "../../kernel/crypto/ctr.c"
#include "../../kernel/crypto/mac.c"
#include "../../kernel/crypto/aead.c"
#include "../../kernel/crypto/ohb.c"
#include "../../kernel/crypto/extension.c"
#include "../../kernel/crypto/cryptex.c"
#include "../../kernel/crypto/transform_cm.c"
#include "../../kernel/crypto/transform_f8.c"
#include "../../kernel/crypto/transform_gcm.c"
#include "../../kernel/crypto/transform_double.c"
