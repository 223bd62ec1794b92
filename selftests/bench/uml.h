/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What x86's crypto code asks for and a user-mode kernel lacks. The same source
 * makes kernels of x86 itself, which lack nothing.
 */
#ifndef _KSRTP_BENCH_UML_H
#define _KSRTP_BENCH_UML_H

#ifdef CONFIG_UML
#ifndef __ASSEMBLY__
#include <asm/cpufeature.h>

/* the host has enabled what its processor has */
#define cpu_has_xfeatures(needed, name)	1
#endif

#define XFEATURE_MASK_SSE	0
#define XFEATURE_MASK_YMM	0
#define XFEATURE_MASK_AVX512	0
#endif

#endif /* _KSRTP_BENCH_UML_H */
