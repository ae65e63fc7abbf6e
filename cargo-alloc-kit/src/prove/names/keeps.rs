//! Which of the C library's functions keep no pointer: not in memory of their own or the kernel's, and not in what their arguments
//! point at.
//!
//! They only read bytes, or write bytes that are no pointer of the caller's: numbers, times, what was in a file. So what they were
//! given is known to nobody else after them. They may return one of their arguments, or a pointer into what it points at, or (as
//! `__errno_location`) a place of the library's own that no pointer of the caller's is in.
//!
//! Not here: what copies (`memcpy`, `strcpy`: a pointer may be among the bytes), what writes an end pointer (`strtol`), goes on from
//! a pointer kept (`strtok_r`, `strsep`), links what it is given into a list (a robust mutex), has the kernel keep an address or a
//! word of the caller's (`sigaction`, `epoll_ctl`), writes through pointers in memory (`readv`, `recvmsg`), maps memory, or does what
//! a number says (`ioctl`, `syscall`, `prctl`).

use std::collections::HashSet;
use std::sync::OnceLock;

/// Whether an import, by its name without a version, is known to store no pointer anywhere. It is `Known::Harmless` then.
pub(crate) fn keeps_nothing(name: &str) -> bool {
    static TABLE: OnceLock<HashSet<&'static str>> = OnceLock::new();
    TABLE.get_or_init(|| names().collect()).contains(name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LISTS.iter().flat_map(|text| text.split_ascii_whitespace())
}

const LISTS: &[&str] = &[
    // Bytes and strings.
    "memset memcmp bcmp bzero explicit_bzero memchr memrchr rawmemchr memmem __memset_chk __explicit_bzero_chk __rawmemchr strlen strnlen
    strcmp strncmp strcasecmp strncasecmp strchr strchrnul strrchr index rindex strstr strcasestr strspn strcspn strpbrk
    wcslen wcsnlen wcscmp wcsncmp wcschr wcsrchr wmemset wmemchr wmemcmp",
    // Characters and numbers.
    "isalnum isalpha isascii isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper toascii
    atoi atol atoll atof abs labs llabs htonl htons ntohl ntohs inet_pton inet_aton rand srand random srandom",
    // Arithmetic: they write numbers at most.
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sincos exp exp2 exp10 expm1 log log2 log10 log1p logb ilogb pow
    sqrt cbrt hypot fabs floor ceil trunc round roundeven rint nearbyint lround llround lrint llrint fmod remainder remquo fma fmin fmax
    fdim frexp ldexp scalbn scalbln modf copysign nextafter erf erfc lgamma lgamma_r tgamma",
    "sinf cosf tanf asinf acosf atanf atan2f sinhf coshf tanhf asinhf acoshf atanhf sincosf expf exp2f exp10f expm1f logf log2f log10f
    log1pf logbf ilogbf powf sqrtf cbrtf hypotf fabsf floorf ceilf truncf roundf roundevenf rintf nearbyintf lroundf llroundf lrintf
    llrintf fmodf remainderf remquof fmaf fminf fmaxf fdimf frexpf ldexpf scalbnf scalblnf modff copysignf nextafterf erff erfcf lgammaf
    lgammaf_r tgammaf",
    // Files, by number, and what is written there or comes from there.
    "read write pread pread64 pwrite pwrite64 __read_chk __pread_chk __pread64_chk lseek lseek64 open open64 __open_2 __open64_2 openat
    openat64 __openat_2 __openat64_2 creat creat64 close dup dup2 dup3 pipe pipe2 fsync fdatasync sync syncfs ftruncate ftruncate64
    truncate truncate64 fallocate fallocate64 posix_fallocate posix_fallocate64 posix_fadvise posix_fadvise64 readahead stat stat64 fstat
    fstat64 lstat lstat64 fstatat fstatat64 __xstat __xstat64 __fxstat __fxstat64 __lxstat __lxstat64 statx statfs statfs64 fstatfs
    fstatfs64 access faccessat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat readlink
    readlinkat __readlink_chk __readlinkat_chk chmod fchmod fchmodat chown fchown lchown fchownat chdir fchdir umask utimensat futimens
    flock sendfile sendfile64 copy_file_range isatty memfd_create",
    // Sockets, and waiting.
    "socket socketpair bind listen accept accept4 connect shutdown send sendto recv recvfrom __recv_chk __recvfrom_chk getsockname
    getpeername poll ppoll __poll_chk select pselect eventfd eventfd_read eventfd_write timerfd_create timerfd_settime timerfd_gettime",
    // The process, and time.
    "getpid getppid gettid getuid geteuid getgid getegid getpgid getpgrp getsid getpriority getrusage getrlimit getrlimit64 sysinfo uname
    gethostname getrandom getentropy getpagesize sched_yield sched_getcpu sched_getaffinity wait waitpid
    clock_gettime clock_getres clock_nanosleep clock nanosleep usleep sleep time times gettimeofday timespec_get difftime
    sigemptyset sigfillset sigaddset sigdelset sigismember sigprocmask pthread_sigmask pthread_self pthread_equal
    __errno_location ___errno_location",
];
