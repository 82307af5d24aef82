/* SPDX-License-Identifier: GPL-2.0 */
/* What both the reader and the module have to think of the words of a filter */
#ifndef RP_FILTER_WORDS_H
#define RP_FILTER_WORDS_H

static const char * const accepted[] = {
	"", "10.0.0.1", "10.0.0.0/8", "default", "2001:db8::/32 from fe80::1", "to ::/0", "to 10.0.0.1 from 10.0.0.0/0",
	"oif eth0 iif 7", "mark 0", "mark 0xff", "mark 0x10/0xf0",
	"uid 0 uid 4294967295", "ipproto tcp", "ipproto 255", "sport 0 dport 65535",
	"sport 1 ", "family inet family inet6", "tos 0x10 tos 255", "netns 4026532001", "pid 1 comm a.out",
	"comm a-name-that-no-task-can-have", "error any", "error EHOSTUNREACH",
	"error 113,enetunreach,any", "error IP_RPFILTER",
	"error ip_rpfilter,EACCES,IP_RPFILTER", "error EHWPOISON,EPERM",
};

static const struct {
	const char *text, *says;
} refused[] = {
	{ "by 10.0.0.1",	"unknown filter word \"by\"; known are a prefix first, then to " },
	{ "to",			"\"to\" needs a value: PREFIX" },
	{ "to 10.0.0.256",	"\"10.0.0.256\" is no value for \"to\"" },
	{ "to 10.0.0",		"\"10.0.0\" is no value for \"to\"" },
	{ "to 10.0.0.1.2",	"\"10.0.0.1.2\"" },
	{ "to 010.0.0.1",	"\"010.0.0.1\"" },
	{ "to 0x10.0.0.1",	"\"0x10.0.0.1\"" },
	{ "to 10.0.0.0/33",	"\"10.0.0.0/33\"" },
	{ "to 10.0.0.0/",	"\"10.0.0.0/\"" },
	{ "to fe80::1::2",	"\"fe80::1::2\"" },
	{ "to 2001:db8::/129",	"\"2001:db8::/129\"" },
	{ "10.0.0.1 10.0.0.2",	"unknown filter word \"10.0.0.2\"" },
	{ "oif abcdefghijklmnop", "is no value for \"oif\"" },
	{ "mark -1",		"\"-1\" is no value for \"mark\"" },
	{ "mark 1/",		"\"1/\"" },
	{ "mark 1/2/3",		"\"1/2/3\"" },
	{ "mark 0x1ffffffff",	"\"0x1ffffffff\"" },
	{ "mark 0x",		"\"0x\"" },
	{ "uid root",		"\"root\" is no value for \"uid\"; it wants N" },
	{ "uid 4294967296",	"\"4294967296\"" },
	{ "ipproto 256",	"\"256\"" },
	{ "ipproto tpc",	"\"tpc\"" },
	{ "dport 65536",	"for \"dport\"; it wants N (0 to 65535)" },
	{ "tos 256",		"for \"tos\"; it wants N (0 to 255)" },
	{ "family ipv6",	"\"ipv6\" is no value for \"family\"; it wants inet or inet6" },
	{ "pid 1x",		"\"1x\"" },
	{ "error EFOO",		"\"EFOO\"" },
	{ "error IP_RPFILTERS",	"\"IP_RPFILTERS\" is no value for \"error\"; it wants " },
	{ "error EXDEV,IP_",	"\"EXDEV,IP_\"" },
	{ "error EACCES,",	"\"EACCES,\"" },
	{ "error 0",		"\"0\"" },
	{ "error -113",		"\"-113\"" },
};

#endif
