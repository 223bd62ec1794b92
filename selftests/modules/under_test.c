// SPDX-License-Identifier: GPL-2.0
/*
 * What is tested, compiled once more. Its objects are not shared with ksrtp.ko:
 * one object file cannot belong to two modules in two directories.
 */

#include "../../kernel/wire.c"
#include "../../kernel/dns.c"
#include "../../kernel/replay.c"
#include "../../kernel/flow.c"
#include "../../kernel/suite.c"
#include "../../kernel/policy.c"
#include "../../kernel/kdf.c"
#include "../../kernel/keys.c"
#include "../../kernel/ctr.c"
#include "../../kernel/mac.c"
#include "../../kernel/aead.c"
#include "../../kernel/ohb.c"
#include "../../kernel/extension.c"
#include "../../kernel/cryptex.c"
#include "../../kernel/transform_cm.c"
#include "../../kernel/transform_f8.c"
#include "../../kernel/transform_gcm.c"
#include "../../kernel/transform_double.c"
