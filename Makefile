# SPDX-License-Identifier: GPL-2.0
#
# The front door: builds here, and hands the rest to the rooms.  Kbuild is
# what the kernel's build and DKMS read.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
INSTALL_MOD_PATH ?= $(DESTDIR)

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR)
version = $(shell sed -n 's/.*ROUTEPROBE_VERSION.*"\(.*\)"/\1/p' include/routeprobe_version.h)
dkms_source = $(DESTDIR)/usr/src/routeprobe-$(version)

all: modules userspace		## build the module and the reader

modules: $(KDIR)		## build routeprobe.ko for the kernel KDIR
	$(kbuild) modules

userspace:			## build the reader, userspace/routeprobe (STATIC=1)
	$(MAKE) -C userspace all

install: modules-install	## install both (DESTDIR, PREFIX, INSTALL_MOD_PATH)
	$(MAKE) -C userspace install PREFIX=$(PREFIX)

# Debian's headers hold no key to sign with and no System.map for depmod.
modules-install: modules
	$(kbuild) INSTALL_MOD_PATH=$(INSTALL_MOD_PATH) INSTALL_MOD_DIR=updates \
		CONFIG_MODULE_SIG_ALL= modules_install
	if [ -z "$(INSTALL_MOD_PATH)" ]; then \
		depmod "$$(cat $(KDIR)/include/config/kernel.release)"; fi

# Only what DKMS builds from: neither tests nor what was built here.
dkms-install:			## install the module by DKMS, for every kernel (DESTDIR)
	mkdir -p $(dkms_source)
	tar -c --exclude='*.o' --exclude='.*' Kbuild dkms.conf include module | \
		tar -x -C $(dkms_source)
	if [ -z "$(DESTDIR)" ]; then dkms install routeprobe/$(version); fi

demo:				## see it at work in a virtual machine (as root)
	@selftests/demo

picture:			## draw the README's first picture anew, from the demo
	@selftests/demo doc/incident.svg

CHECK = static unit 6.1

check:				## run the tests on one kernel (as root; CHECK="static unit ...")
	@selftests/check $(CHECK)

check-kernels:			## run them on every kernel (KERNELS="5.10 7.3" picks)
	@selftests/check $(or $(KERNELS),all)

check-debug:			## on a kernel with all checkers, then LIFE_SECONDS of hostile life
	@LIFE_SECONDS=$${LIFE_SECONDS:-600} selftests/check kasan life

check-dkms:			## only DKMS and the packages, on real Debian systems
	@selftests/check-dkms

check-ecosystem:		## only what other programs make of our files: a browser, collectors
	@selftests/check-ecosystem

bench:				## what recording costs, in instructions (KERNEL=6.12 BOOTS=1 CURVES=1)
	@selftests/bench/run $(if $(CURVES),curves cpus memory)

dist:				## pack the sources, .cache/dist/routeprobe-VERSION.tar.gz
	@rm -rf .cache/dist; mkdir -p .cache/dist
	git ls-files -z >.cache/dist/files
	tar -c -I 'gzip -9n' -f .cache/dist/routeprobe-$(version).tar.gz \
		--null -T .cache/dist/files --transform='s,^,routeprobe-$(version)/,' \
		--format=gnu --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
		--mtime=@$$(git log -1 --format=%ct)
	@rm .cache/dist/files

deb:				## make Debian's packages, .cache/deb/*.deb
	@.debian/make-deb

release:			## would this commit be a release of its version? if so, how to tag it
	@said=$$(selftests/versions release); \
	if [ -n "$$said" ]; then echo "$$said" >&2; exit 1; fi
	@$(MAKE) -s dist
	@echo "git tag -a v$(version) -m 'routeprobe $(version)'"

clean:				## remove what was built here
	rm -rf .cache/build .cache/guest .cache/run .cache/dist .cache/deb
	$(MAKE) -C userspace clean
	rm -f routeprobe.ko routeprobe.o routeprobe.mod* .*.cmd module/*.o module/*/*.o include/*.o \
		module/.*.cmd module/*/.*.cmd include/.*.cmd Module.symvers modules.order

distclean: clean		## and what was downloaded
	rm -rf .cache

help:				## say this
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 24

$(KDIR):
	@echo "no kernel headers in $(KDIR): install linux-headers-$$(uname -r)" \
		"or name a kernel that has them with KDIR=" >&2; exit 1

.PHONY: all modules userspace install modules-install dkms-install demo picture check check-kernels \
	check-debug check-dkms check-ecosystem bench dist deb release clean distclean help
