/* Limits and choices of the phone's library; README.md says why. Read by every pjproject file. */

/* Wrong arguments give an error code. The asserts beside them are off (-DNDEBUG): they would end
 * the phone process, and with it the call the agent is in. */
#define PJ_ENABLE_EXTRA_CHECK 1

/* Our own policy is four calls; a fifth must reach the program to be refused and told. */
#define PJSUA_MAX_CALLS 16

/* Two sockets for each INVITE, kept for half a second after its end: 64, the library's own value,
 * is used up by 33 INVITEs in half a second. */
#define PJ_IOQUEUE_MAX_HANDLES 1024

/* An INVITE of a PBX with a long User-to-User, several Via and SDP; 4000 and 256 by default. */
#define PJSIP_MAX_PKT_LEN 16384
#define PJSIP_MAX_URL_SIZE 512

#define PJMEDIA_HAS_VIDEO 0
