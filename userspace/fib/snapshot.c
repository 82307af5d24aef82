// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot of the FIB by netlink: links, addresses, rules and routes of
 * every network namespace that has a name or a process.  Written as it
 * comes, one JSON object a line, so that a million routes need no memory.
 * Keys are those of `ip -j`, values are numbers where those are words.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <libmnl/libmnl.h>

#include "fib/attrs.h"
#include "fib/config.h"
#include "fib/names.h"
#include "fib/snapshot.h"
#include "lib/names.h"
#include "lib/util.h"

#define RP_FIB_PATH_MAX	300
#define RP_FIB_DUMP_SIZE	32768	/* what the kernel fills at most */
#define RP_FIB_TRIES	16		/* of a dump that is interrupted */

const struct rp_fib_attr rp_fib_link_attrs[] = {
	{ IFLA_IFNAME,		RP_FIB_TEXT,	"ifname" },
	{ IFLA_MTU,		RP_FIB_U32,	"mtu" },
	{ IFLA_MASTER,		RP_FIB_DEV,	"master" },
	{ IFLA_OPERSTATE,	RP_FIB_U8,	"operstate" },
	{ IFLA_GROUP,		RP_FIB_U32,	"group" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_address_attrs[] = {
	{ IFA_ADDRESS,		RP_FIB_IP,	"address" },
	{ IFA_LOCAL,		RP_FIB_IP,	"local" },
	{ IFA_BROADCAST,	RP_FIB_IP,	"broadcast" },
	{ IFA_FLAGS,		RP_FIB_U32,	"flags" },
	{ IFA_LABEL,		RP_FIB_TEXT,	"label" },
	{ IFA_RT_PRIORITY,	RP_FIB_U32,	"metric" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_rule_attrs[] = {
	{ FRA_PRIORITY,		RP_FIB_U32,	"priority" },
	{ FRA_SRC,		RP_FIB_IP,	"src" },
	{ FRA_DST,		RP_FIB_IP,	"dst" },
	{ FRA_TABLE,		RP_FIB_U32,	"table" },
	{ FRA_FWMARK,		RP_FIB_U32,	"fwmark" },
	{ FRA_FWMASK,		RP_FIB_U32,	"fwmask" },
	{ FRA_GOTO,		RP_FIB_U32,	"goto" },
	{ FRA_IIFNAME,		RP_FIB_TEXT,	"iif" },
	{ FRA_OIFNAME,		RP_FIB_TEXT,	"oif" },
	{ FRA_L3MDEV,		RP_FIB_U8,	"l3mdev" },
	{ FRA_IP_PROTO,		RP_FIB_U8,	"ipproto" },
	{ FRA_SUPPRESS_PREFIXLEN, RP_FIB_U32,	"suppress_prefixlen" },
	{ FRA_SUPPRESS_IFGROUP,	RP_FIB_U32,	"suppress_ifgroup" },
	{ FRA_PROTOCOL,		RP_FIB_U8,	"protocol" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_route_attrs[] = {
	{ RTA_DST,		RP_FIB_IP,	"dst" },
	{ RTA_TABLE,		RP_FIB_U32,	"table" },
	{ RTA_PRIORITY,		RP_FIB_U32,	"metric" },
	{ RTA_GATEWAY,		RP_FIB_IP,	"gateway" },
	{ RTA_VIA,		RP_FIB_VIA,	"via" },
	{ RTA_OIF,		RP_FIB_DEV,	"oif" },
	{ RTA_PREFSRC,		RP_FIB_IP,	"prefsrc" },
	{ RTA_NH_ID,		RP_FIB_U32,	"nhid" },
	{ 0, 0, NULL },
};

/* State of one dump, for libmnl's callbacks */
struct rp_fib_dump {
	struct rp_fib *fib;
	uint32_t netns;
	json_t *object;
	const struct rp_fib_attr *attrs;
};

static json_t *rp_fib_ip(const struct nlattr *attr)
{
	char text[INET6_ADDRSTRLEN];
	int family = mnl_attr_get_payload_len(attr) == 16 ? AF_INET6 : AF_INET;

	if (family == AF_INET && mnl_attr_get_payload_len(attr) != 4)
		return NULL;
	inet_ntop(family, mnl_attr_get_payload(attr), text, sizeof(text));
	return json_string(text);
}

/* A gateway of another family than the route's */
static json_t *rp_fib_via(const struct nlattr *attr)
{
	const struct rtvia *via = mnl_attr_get_payload(attr);
	char text[INET6_ADDRSTRLEN];

	if (mnl_attr_get_payload_len(attr) != sizeof(*via) + sizeof(struct in6_addr) ||
	    !inet_ntop(AF_INET6, via->rtvia_addr, text, sizeof(text)))
		return NULL;
	return json_pack("{s:s,s:s}", "family", "inet6", "host", text);
}

static json_t *rp_fib_value(const struct nlattr *attr, enum rp_fib_type type)
{
	char text[64];

	switch (type) {
	case RP_FIB_U8:
		return json_integer(mnl_attr_get_u8(attr));
	case RP_FIB_U16:
		return json_integer(mnl_attr_get_u16(attr));
	case RP_FIB_U32:
	case RP_FIB_DEV:
		return json_integer(mnl_attr_get_u32(attr));
	case RP_FIB_IP:
		return rp_fib_ip(attr);
	case RP_FIB_VIA:
		return rp_fib_via(attr);
	case RP_FIB_TEXT:
		rp_util_clean(text, sizeof(text), mnl_attr_get_payload(attr),
			      mnl_attr_get_payload_len(attr));
		return json_string(text);
	}
	return NULL;
}

static int rp_fib_attr(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;
	const struct rp_fib_attr *a;

	for (a = dump->attrs; a->key; a++) {
		if (a->attr != mnl_attr_get_type(attr))
			continue;
		/* A limit that is not set is -1. */
		if (a->attr == FRA_SUPPRESS_PREFIXLEN &&
		    dump->attrs == rp_fib_rule_attrs &&
		    mnl_attr_get_u32(attr) == UINT32_MAX)
			continue;
		json_object_set_new(dump->object, a->key, rp_fib_value(attr, a->type));
	}
	return MNL_CB_OK;
}

static void rp_fib_set(json_t *object, const char *key, json_int_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static void rp_fib_begin(struct rp_fib_dump *dump, const struct nlmsghdr *nlh,
			 size_t header, const struct rp_fib_attr *attrs)
{
	dump->object = json_object();
	dump->attrs = attrs;
	rp_fib_set(dump->object, "netns", dump->netns);
	mnl_attr_parse(nlh, header, rp_fib_attr, dump);
}

/* {"KIND": object} as a line of its own */
int rp_fib_write(struct rp_fib *fib, const char *kind, json_t *object)
{
	json_t *line = json_pack("{s:o}", kind, object);

	if (fib->out) {
		json_dumpf(line, fib->out, JSON_COMPACT);
		fputc('\n', fib->out);
	}
	json_decref(line);
	return MNL_CB_OK;
}

/* Of a VRF the table that its rule leads to */
static int rp_fib_vrf(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;

	if (mnl_attr_get_type(attr) == IFLA_VRF_TABLE)
		rp_fib_set(dump->object, "vrf_table", mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int rp_fib_link_info(const struct nlattr *attr, void *data)
{
	const struct nlattr *info, *values = NULL;
	bool vrf = false;

	if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(info, attr) {
		if (mnl_attr_get_type(info) == IFLA_INFO_KIND)
			vrf = !strcmp(mnl_attr_get_str(info), "vrf");
		else if (mnl_attr_get_type(info) == IFLA_INFO_DATA)
			values = info;
	}
	if (vrf && values)
		mnl_attr_parse_nested(values, rp_fib_vrf, data);
	return MNL_CB_OK;
}

static int rp_fib_link_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	const char *name;

	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_link_attrs);
	rp_fib_set(dump->object, "ifindex", m->ifi_index);
	rp_fib_set(dump->object, "flags", m->ifi_flags);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_link_info, dump);
	name = json_string_value(json_object_get(dump->object, "ifname"));
	if (name)
		rp_map_set(&dump->fib->links,
			   (uint64_t)dump->netns << 32 | (uint32_t)m->ifi_index, name);
	rp_fib_write(dump->fib, "link", dump->object);
	rp_fib_settings_dev(dump->fib, dump->netns, nlh);
	return MNL_CB_OK;
}

static int rp_fib_address_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;

	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_address_attrs);
	rp_fib_set(dump->object, "ifindex", m->ifa_index);
	rp_fib_set(dump->object, "prefixlen", m->ifa_prefixlen);
	rp_fib_set(dump->object, "scope", m->ifa_scope);
	return rp_fib_write(dump->fib, "address", dump->object);
}

/* Ranges: uids and ports */
static int rp_fib_range(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;
	const struct fib_rule_uid_range *uid = mnl_attr_get_payload(attr);
	const struct fib_rule_port_range *port = mnl_attr_get_payload(attr);
	uint16_t type = mnl_attr_get_type(attr);

	if (type == FRA_UID_RANGE && mnl_attr_get_payload_len(attr) >= sizeof(*uid)) {
		rp_fib_set(dump->object, "uid_start", uid->start);
		rp_fib_set(dump->object, "uid_end", uid->end);
	}
	if (mnl_attr_get_payload_len(attr) < sizeof(*port))
		return MNL_CB_OK;
	if (type == FRA_SPORT_RANGE) {
		rp_fib_set(dump->object, "sport_start", port->start);
		rp_fib_set(dump->object, "sport_end", port->end);
	} else if (type == FRA_DPORT_RANGE) {
		rp_fib_set(dump->object, "dport_start", port->start);
		rp_fib_set(dump->object, "dport_end", port->end);
	}
	return MNL_CB_OK;
}

static int rp_fib_rule_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct fib_rule_hdr *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	struct rp_name name;

	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_rule_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_range, dump);
	rp_fib_set(dump->object, "srclen", m->src_len);
	rp_fib_set(dump->object, "dstlen", m->dst_len);
	rp_fib_set(dump->object, "tos", m->tos);
	rp_fib_set(dump->object, "flags", m->flags);
	json_object_set_new(dump->object, "action",
			    json_string(rp_names_action(m->action, &name)));
	return rp_fib_write(dump->fib, "rule", dump->object);
}

static int rp_fib_hop_attr(const struct nlattr *attr, void *data)
{
	json_t *hop = data;

	if (mnl_attr_get_type(attr) == RTA_GATEWAY)
		json_object_set_new(hop, "gateway", rp_fib_ip(attr));
	if (mnl_attr_get_type(attr) == RTA_VIA)
		json_object_set_new(hop, "via", rp_fib_via(attr));
	return MNL_CB_OK;
}

static int rp_fib_hops(const struct nlattr *attr, void *data)
{
	const struct rtnexthop *rtnh = mnl_attr_get_payload(attr);
	int len = mnl_attr_get_payload_len(attr);
	struct rp_fib_dump *dump = data;
	json_t *hops, *hop;

	if (mnl_attr_get_type(attr) != RTA_MULTIPATH)
		return MNL_CB_OK;
	hops = json_array();
	for (; RTNH_OK(rtnh, len); rtnh = RTNH_NEXT(rtnh)) {
		hop = json_object();
		rp_fib_set(hop, "oif", rtnh->rtnh_ifindex);
		rp_fib_set(hop, "weight", rtnh->rtnh_hops + 1);
		rp_fib_set(hop, "flags", rtnh->rtnh_flags);
		mnl_attr_parse_payload(RTNH_DATA(rtnh),
				       rtnh->rtnh_len - sizeof(*rtnh),
				       rp_fib_hop_attr, hop);
		json_array_append_new(hops, hop);
		len -= RTNH_ALIGN(rtnh->rtnh_len);
	}
	json_object_set_new(dump->object, "nexthops", hops);
	return MNL_CB_OK;
}

static int rp_fib_route_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	struct rp_name name;

	if (m->rtm_flags & RTM_F_CLONED)
		return MNL_CB_OK;
	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_route_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_hops, dump);
	rp_fib_set(dump->object, "dstlen", m->rtm_dst_len);
	rp_fib_set(dump->object, "tos", m->rtm_tos);
	rp_fib_set(dump->object, "scope", m->rtm_scope);
	rp_fib_set(dump->object, "protocol", m->rtm_protocol);
	rp_fib_set(dump->object, "flags", m->rtm_flags);
	json_object_set_new(dump->object, "type",
			    json_string(rp_names_route_type(m->rtm_type, &name)));
	return rp_fib_write(dump->fib, "route", dump->object);
}

static int rp_fib_receive(struct mnl_socket *nl, struct rp_fib_dump *dump,
			  unsigned int type, mnl_cb_t cb)
{
	char buf[RP_FIB_DUMP_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtgenmsg *gen;
	ssize_t n;
	int more;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = type;
	/* The longest header of the four; the kernel ignores what it needs not. */
	gen = mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	gen->rtgen_family = type == RTM_GETLINK ? AF_UNSPEC : AF_INET;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return -1;
		more = mnl_cb_run(buf, n, type, mnl_socket_get_portid(nl), cb, dump);
	} while (more > 0);
	return more;
}

/* A socket of its own, as what is left of a dump that was given up comes on the old one */
static int rp_fib_try(struct rp_fib_dump *dump, unsigned int type, mnl_cb_t cb)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int error, failed;

	if (!nl)
		return -1;
	failed = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
		 rp_fib_receive(nl, dump, type, cb) < 0;
	error = errno;
	mnl_socket_close(nl);
	errno = error;
	return failed ? -1 : 0;
}

/*
 * A change that comes while the kernel answers makes it leave out something, or tell it
 * twice: it says so (NLM_F_DUMP_INTR, EINTR of libmnl), and is asked again.
 */
static int rp_fib_request(struct rp_fib_dump *dump, unsigned int type, mnl_cb_t cb)
{
	FILE *out = dump->fib->out;
	long begin = out ? ftell(out) : 0;
	unsigned int i;

	for (i = 0; i < RP_FIB_TRIES; i++) {
		if (!rp_fib_try(dump, type, cb))
			return 0;
		if (errno != EINTR)
			return -1;
		if (out && (fflush(out) || ftruncate(fileno(out), begin) ||
			    fseek(out, begin, SEEK_SET)))
			return -1;
	}
	return -1;
}

/* The namespace that this process is in; without a file its names are wanted only. */
static int rp_fib_ask(struct rp_fib_dump *dump)
{
	bool failed = rp_fib_request(dump, RTM_GETLINK, rp_fib_link_cb);

	if (!dump->fib->out)
		return failed ? -1 : 0;
	failed = failed || rp_fib_request(dump, RTM_GETADDR, rp_fib_address_cb) ||
		 rp_fib_request(dump, RTM_GETRULE, rp_fib_rule_cb) ||
		 rp_fib_request(dump, RTM_GETROUTE, rp_fib_route_cb);
	rp_fib_settings(dump->fib, dump->netns);
	if (failed)
		rp_fib_write(dump->fib, "partial",
			     json_pack("{s:I}", "netns", (json_int_t)dump->netns));
	return failed ? -1 : 0;
}

/* Through a file, as a dump that is interrupted is begun anew */
int rp_fib_here(struct rp_fib *fib, uint32_t netns)
{
	struct rp_fib_dump dump = { .fib = fib, .netns = netns };
	int failed;

	fib->out = tmpfile();
	if (!fib->out)
		return -1;
	failed = rp_fib_ask(&dump);
	rp_fib_read(fib, fib->out);
	fclose(fib->out);
	fib->out = NULL;
	return failed;
}

static void rp_fib_add_path(struct rp_map *paths, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !rp_map_get(paths, st.st_ino))
		rp_map_set(paths, st.st_ino, path);
}

/* Names first, so that a namespace is opened by its name where it has one. */
static void rp_fib_find_named(struct rp_fib *fib, struct rp_map *paths)
{
	DIR *d = opendir("/run/netns");
	struct dirent *entry;
	struct stat st;
	char path[RP_FIB_PATH_MAX];

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		rp_fib_add_path(paths, path);
		if (stat(path, &st) == 0)
			rp_map_set(&fib->netns, st.st_ino, entry->d_name);
	}
	if (d)
		closedir(d);
}

static void rp_fib_find_running(struct rp_map *paths)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;
	char path[RP_FIB_PATH_MAX];

	while (d && (entry = readdir(d))) {
		if (entry->d_name[strspn(entry->d_name, "0123456789")])
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		rp_fib_add_path(paths, path);
	}
	if (d)
		closedir(d);
}

static void rp_fib_find(struct rp_fib *fib, struct rp_map *paths)
{
	struct stat st;

	rp_fib_find_named(fib, paths);
	rp_fib_add_path(paths, "/proc/self/ns/net");
	rp_fib_find_running(paths);
	if (stat("/proc/1/ns/net", &st) == 0 && !rp_map_get(&fib->netns, st.st_ino))
		rp_map_set(&fib->netns, st.st_ino, "init");
}

/* "ID NAME" lines, as iproute2 reads them */
static void rp_fib_read_tables(struct rp_fib *fib, int dirfd, const char *file)
{
	char *text = rp_util_read(dirfd, file, 1 << 20);
	char *rest = text, *line;
	const char *key, *value;
	uint64_t id;

	while ((line = rp_util_line(&rest))) {
		line[strcspn(line, "#")] = '\0';
		if (!rp_util_keyval(line, &key, &value) ||
		    !rp_util_u64(key, UINT32_MAX, &id))
			continue;
		line = (char *)value;
		line[strcspn(line, " \t")] = '\0';
		if (*line)
			rp_map_set(&fib->tables, id, line);
	}
	free(text);
}

static void rp_fib_find_tables_in(struct rp_fib *fib, const char *dir)
{
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *d = NULL;
	int fd;

	if (dirfd < 0)
		return;
	rp_fib_read_tables(fib, dirfd, "rt_tables");
	fd = openat(dirfd, "rt_tables.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dirfd);
	if (fd >= 0)
		d = fdopendir(fd);
	while (d && (entry = readdir(d)))
		if (strstr(entry->d_name, ".conf"))
			rp_fib_read_tables(fib, fd, entry->d_name);
	if (d)
		closedir(d);
}

void rp_fib_name_tables(struct rp_fib *fib)
{
	static const char * const dirs[] = {
		"/usr/share/iproute2", "/usr/lib/iproute2", "/etc/iproute2",
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(dirs); i++)
		rp_fib_find_tables_in(fib, dirs[i]);
}

static void rp_fib_write_name(struct rp_fib *fib, const char *kind,
			      const char *key, uint64_t number, const char *name)
{
	rp_fib_write(fib, kind, json_pack("{s:I,s:s}", key, (json_int_t)number,
					  "name", name));
}

static void rp_fib_write_names(struct rp_fib *fib, const struct rp_map *paths)
{
	const char *name;
	size_t i;

	for (i = 0; i < fib->tables.count; i++)
		rp_fib_write_name(fib, "table", "id", fib->tables.entries[i].key,
				  fib->tables.entries[i].name);
	for (i = 0; i < paths->count; i++) {
		name = rp_map_get(&fib->netns, paths->entries[i].key);
		rp_fib_write_name(fib, "netns", "inode", paths->entries[i].key,
				  name ? name : "");
	}
}

/* Visits every namespace and comes back to its own. */
static void rp_fib_visit(struct rp_fib *fib, const struct rp_map *paths)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct rp_fib_dump dump = { .fib = fib };
	struct stat st;
	size_t i;
	int fd;

	if (home < 0 || fstat(home, &st)) {
		fib->failed++;
		return;
	}
	for (i = 0; i < paths->count; i++) {
		dump.netns = paths->entries[i].key;
		fd = open(paths->entries[i].name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if ((dump.netns != st.st_ino && setns(fd, CLONE_NEWNET)) ||
		    rp_fib_ask(&dump))
			fib->failed++;
		close(fd);
		if (dump.netns != st.st_ino && setns(home, CLONE_NEWNET) &&
		    errno != EPERM)
			fib->failed++;
	}
	close(home);
}

int rp_fib_snapshot(struct rp_fib *fib, FILE *out)
{
	struct rp_map paths = { NULL, 0 };

	fib->out = out;
	fib->failed = 0;
	fib->refreshed_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_fib_find(fib, &paths);
	rp_fib_name_tables(fib);
	if (out)
		rp_fib_write_names(fib, &paths);
	rp_fib_visit(fib, &paths);
	rp_map_clear(&paths);
	fib->out = NULL;
	return out && (fflush(out) || ferror(out)) ? -1 : 0;
}
