# SPDX-License-Identifier: GPL-2.0
# ksrtp: SRTP in the Linux kernel.
#
#   make                  module for the running kernel, and the tool
#   make agent            ksrtpd, for calls of browsers; make install-agent
#   make sync             ksrtp-sync, for calls that survive a host; make install-sync
#   make KDIR=DIR         module for another kernel's build directory
#   make install          module, tool and manual; PREFIX and DESTDIR are heeded
#   make uninstall        take them away
#   make install-dkms     the module's source instead, for DKMS, which builds it for each
#                         kernel; make uninstall-dkms
#   make deb              Debian packages, in build/deb
#   make demo             see it work, in a virtual machine
#   make check            all tests, on Linux 6.12; on the oldest and the newest
#                         supported kernel those that depend on the kernel's code;
#                         and a few on kernels for clouds and for real time
#   make check KERNEL=6.1  all tests, on one kernel; 6.12-cloud, newest-rt...
#   make check-kernels    all tests, on the oldest, the middle and the newest kernel
#   make check-architectures  a few, on arm64, armhf, i386 and s390x
#   make -C selftests run_tests  tests on the running kernel, as root
#   make netlink          header and policies from the netlink specification
#   make check-deb        the packages in clean Debians, which takes long
#   make check-peers      calls and streams with other programs, as the recipes say
#   make check-browsers   calls of Chromium and Firefox, by ksrtpd
#   make check-failover   gateways fail: a host, a link, a daemon, the store
#   make check-debug      all tests, on a kernel that watches itself
#   make check-races      some of them, on a kernel that looks for data races
#   make check-rt         likewise, with PREEMPT_RT that watches its locks
#   make soak TIME=3600   everything at once there, for so many seconds
#   make fuzz TIME=60     fuzz the packet path, so many seconds for each target
#   make fuzz-kernel PACKETS=1000000 MESSAGES=1000000  fuzz the hooks and netlink,
#                         in the kernel that watches itself; SEED=2 for others
#   make htmldocs         these documents as HTML, in build/html
#   make simulate-pool    a pool of 1000 gateways that share stores, some of which die;
#                         POOL='--hosts 100 --sessions 1000000' for others
#   make bench            measure, at the machine's own speed
#   make bench-sync       likewise, ksrtp-sync with many sessions
#   make bench-failover   how long calls are silent if their host dies, as root;
#                         SLOWER=1 with the recipe's lease and adverts
#   make shell KERNEL=6.12  a shell in a virtual machine with the module loaded

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
BUILD := $(CURDIR)/build
DEMO_KERNEL := $(or $(KERNEL),6.12)

# as selftests/vm/lib.sh has it
ifneq ($(shell pwd -P | LC_ALL=C tr -d 'A-Za-z0-9/._+~@\n\200-\377-' | wc -c),0)
$(error In the path of this directory, no characters are possible but letters, \
	digits and / . _ + ~ @ -)
endif

.PHONY: all module tool agent install-agent uninstall-agent
.PHONY: sync install-sync uninstall-sync
.PHONY: install install-module install-tool uninstall clean
.PHONY: install-dkms uninstall-dkms
.PHONY: setup demo check check-deb check-peers check-browsers check-failover
.PHONY: check-debug soak fuzz bench bench-sync bench-failover simulate-pool shell
.PHONY: check-kernels check-architectures check-races check-rt fuzz-kernel deb htmldocs netlink

all: module tool

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tool:
	@mkdir -p $(BUILD)
	$(MAKE) -C userspace BUILD=$(BUILD)

# the keying agent, which needs more libraries than the tool
agent: tool
	$(MAKE) -C userspace BUILD=$(BUILD) agent

install-agent uninstall-agent: agent
	$(MAKE) -C userspace BUILD=$(BUILD) PREFIX=$(PREFIX) $@

# likewise, what keeps sessions in a store
sync: tool
	$(MAKE) -C userspace BUILD=$(BUILD) sync

install-sync uninstall-sync: sync
	$(MAKE) -C userspace BUILD=$(BUILD) PREFIX=$(PREFIX) $@

install: install-module install-tool

install-module: module
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		modules_install

# Where no package brings it: what is built of it has to be built for each kernel.
VERSION = $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
# Debian's 6.1 answers "kernelrelease" with another name than that of the folder of
# its modules.
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
DKMS_DIR = $(DESTDIR)/usr/src/ksrtp-$(VERSION)

install-dkms:
	install -d $(DKMS_DIR)
	find Kbuild kernel uapi -name Kbuild -o -name '*.[ch]' -o -name '*.sh' | \
		xargs cp --parents -t $(DKMS_DIR)
	sed 's/#MODULE_VERSION#/$(VERSION)/' dkms.conf >$(DKMS_DIR)/dkms.conf
	$(if $(DESTDIR),,dkms install ksrtp/$(VERSION) -k $(RELEASE))

uninstall-dkms:
	$(if $(DESTDIR),,dkms remove ksrtp/$(VERSION) --all)
	rm -rf $(DKMS_DIR)

install-tool: tool
	$(MAKE) -C userspace BUILD=$(BUILD) PREFIX=$(PREFIX) install

# Where modules go has changed with kernels.
uninstall:
	test -n "$(RELEASE)"
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/extra/ksrtp.ko* \
		$(DESTDIR)/lib/modules/$(RELEASE)/updates/ksrtp.ko*
	$(MAKE) -C userspace BUILD=$(BUILD) PREFIX=$(PREFIX) uninstall

clean:
	rm -rf $(BUILD)/userspace $(BUILD)/ksrtp $(BUILD)/ksrtpd $(BUILD)/ksrtp-sync $(BUILD)/srtp-peer
	rm -rf $(BUILD)/libksrtp.* $(BUILD)/include $(BUILD)/example-* \
		$(BUILD)/sanitized $(BUILD)/running
	rm -f *.ko *.o *.mod *.mod.c .*.cmd Module.symvers modules.order
	rm -f $(foreach dir,kernel kernel/netlink kernel/crypto,$(dir)/*.o $(dir)/.*.cmd)
	rm -f .module-common.o .*.d

setup:
	@selftests/vm/setup
	@mkdir -p $(BUILD)

$(BUILD)/srtp-peer: selftests/peer/srtp-peer.c | setup
	@$(MAKE) -s -C selftests BUILD=$(BUILD) $@

demo: setup
	@$(MAKE) -s tool
	@selftests/vm/build-module $(DEMO_KERNEL)
	@selftests/demo/run $(DEMO_KERNEL)

check: setup
	@$(MAKE) -s tool agent sync $(BUILD)/srtp-peer
	@selftests/check $(KERNEL)

check-kernels:
	@$(MAKE) -s check KERNEL="6.1 6.12 newest"

# s390x is big-endian; armhf and i386, which stock kernels end with 6.1, have 32 bits
check-architectures: setup
	@selftests/check --bytes $(or $(KERNEL),6.12-arm64 newest-arm64 6.12-armhf \
		6.1-i386 6.1-s390x)

deb:
	@selftests/vm/setup selftests/deb/packages
	@selftests/deb/build

check-deb: setup
	@selftests/vm/setup selftests/deb/packages
	@selftests/deb/check $(SUITE)

check-peers: setup
	@selftests/vm/setup selftests/recipes/packages
	@$(MAKE) -s tool $(BUILD)/srtp-peer
	@selftests/recipes/fetch-asterisk
	@selftests/recipes/check $(DEMO_KERNEL) $(RECIPE)

check-browsers: setup
	@selftests/vm/setup selftests/debug/packages selftests/browsers/packages
	@selftests/browsers/fetch-datachannel
	@selftests/recipes/fetch-asterisk
	@$(MAKE) -s tool agent
	@selftests/browsers/check

check-failover: setup
	@selftests/vm/setup selftests/debug/packages selftests/failover/packages
	@$(MAKE) -s tool sync $(BUILD)/srtp-peer
	@selftests/failover/check

check-debug: setup
	@selftests/vm/setup selftests/debug/packages selftests/fuzz/packages
	@$(MAKE) -s tool agent sync $(BUILD)/srtp-peer
	@selftests/rtsp/fetch-live555
	@selftests/debug/check

check-races: setup
	@selftests/vm/setup selftests/races/packages
	@$(MAKE) -s tool $(BUILD)/srtp-peer
	@selftests/races/check $(SUITES)

check-rt: setup
	@selftests/vm/setup selftests/rt/packages
	@$(MAKE) -s tool $(BUILD)/srtp-peer
	@selftests/rt/check $(SUITES)

soak: setup
	@selftests/vm/setup selftests/debug/packages
	@$(MAKE) -s tool $(BUILD)/srtp-peer
	@selftests/debug/soak $(or $(TIME),600)

fuzz: setup
	@selftests/vm/setup selftests/fuzz/packages
	@selftests/fuzz/run $(or $(TIME),60)

fuzz-kernel: setup
	@selftests/vm/setup selftests/debug/packages
	@$(MAKE) -s tool $(BUILD)/srtp-peer
	@selftests/debug/fuzz $(or $(PACKETS),100000) $(or $(MESSAGES),100000) $(SEED)

bench: setup
	@selftests/vm/setup selftests/bench/packages
	@$(MAKE) -s tool agent
	@selftests/bench/run $(BENCH)

bench-sync: setup
	@selftests/vm/setup selftests/bench/packages
	@$(MAKE) -s tool agent sync
	@selftests/bench/run --part sync $(BENCH)

# the store's disk is memory
bench-failover: setup
	@selftests/vm/setup selftests/debug/packages selftests/failover/packages
	@$(MAKE) -s tool sync
	@TMPDIR=/dev/shm selftests/failover/deaths.py $(or $(SLOWER),0.1) $(or $(DEATHS),12)

simulate-pool: setup
	@$(MAKE) -s tool sync
	@selftests/sync/simulate $(POOL)

netlink: setup
	@selftests/spec/generate

htmldocs: setup
	@selftests/style/documents

shell: setup
	@$(MAKE) -s tool
	@selftests/vm/build-module $(DEMO_KERNEL)
	@selftests/vm/build-programs $(DEMO_KERNEL)
	@selftests/vm/run --kernel $(DEMO_KERNEL) --timeout 86400 --interactive -- \
		/bin/bash -i
