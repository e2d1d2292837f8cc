// Package private runs the PostgreSQL and Redis that are Weir's own, where the operator configured none.
//
// Both are ordinary installed programs, run as children on unix sockets that nobody else can reach, and they keep their
// files in Weir's data folder:
//
//	data/postgresql/        → or a link to a folder under /var/lib/weir, where PostgreSQL's user cannot enter data/
//	    lock                held (flock) by the Weir that runs the server; its process id is inside
//	    data/               the cluster; appears in one rename, so it is either absent or finished
//	    s/                  the socket
//	    socket              only where s/ would be too long a path: the short folder that is used instead
//	    log                 what the server had to say
//	data/redis/             the same
//
// A server lives exactly as long as its Weir. On Linux the kernel ends it when Weir is killed; elsewhere the next Weir
// ends the one that was left behind. Either way the next start finds every committed transaction.
//
// Nothing in this package deletes a finished cluster, whatever is wrong with it.
package private
