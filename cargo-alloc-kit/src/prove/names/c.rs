//! The C library's functions, glibc's and musl's: which are known to allocate nothing, and which may, and why.
//!
//! Known to allocate nothing is what in both libraries works on what its arguments point at, on static or thread-local state that is
//! there from the start, or asks the kernel. A signal's handler, a cancelled thread and an interposed function are not looked at. The
//! kernel does not know of the program's allocator: what only asks it (`mmap` too, and any `syscall`, by which Rust's std waits for
//! locks) does not reach it.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Known;

pub(super) fn known(name: &str) -> Option<Known> {
    static TABLE: OnceLock<HashMap<&'static str, Known>> = OnceLock::new();
    TABLE.get_or_init(table).get(name).copied()
}

fn table() -> HashMap<&'static str, Known> {
    lists().collect()
}

fn lists() -> impl Iterator<Item = (&'static str, Known)> {
    let words = |text: &'static str| text.split_ascii_whitespace();
    let all = move |text, known| words(text).map(move |name| (name, known));
    let harmless = HARMLESS.iter().flat_map(move |text| all(text, Known::Harmless));
    let may_allocate =
        MAY_ALLOCATE.iter().flat_map(move |&(reason, text)| all(text, Known::MayAllocate(reason)));
    let panics = PANICS.iter().map(|&name| (name, Known::Panics));
    harmless
        .chain(all(COPIES, Known::Copies))
        .chain(all(FREES, Known::Frees))
        .chain(all(CALL_BACK, Known::CallsBack))
        .chain(panics)
        .chain(may_allocate)
}

#[cfg(test)]
pub(super) fn names() -> Vec<&'static str> {
    lists().map(|(name, _)| name).collect()
}

/// They never return, and not because the program is done (`exit`). `_Unwind_RaiseException` does so only where nothing catches.
pub(super) const PANICS: &[&str] = &[
    "abort",
    "__stack_chk_fail",
    "__stack_chk_fail_local",
    "__assert_fail",
    "__assert",
    "__assert_perror_fail",
    "__chk_fail",
    "__fortify_fail",
    "__cxa_pure_virtual",
    "__cxa_bad_cast",
    "__cxa_throw",
    "__cxa_rethrow",
    "_Unwind_Resume",
    "_Unwind_RaiseException",
    "_Unwind_Resume_or_Rethrow",
    "_Unwind_ForcedUnwind",
    "_ZSt9terminatev",
    "rust_begin_unwind",
    "__rust_start_panic",
    "__rust_alloc_error_handler",
    "__rdl_oom",
    "__rg_oom",
    "__rust_drop_panic",
    "__rust_foreign_exception",
];

const COPIES: &str = "memcpy memmove __memcpy_chk __memmove_chk";

/// They free what others of the library have allocated.
const FREES: &str = "pthread_join pthread_detach pthread_attr_destroy closedir freeaddrinfo freelocale regfree globfree wordfree
    timer_delete freeifaddrs if_freenameindex";

/// They do nothing of their own that allocates, and call the function that they are given.
const CALL_BACK: &str =
    "bsearch lfind lsearch tfind twalk twalk_r tdelete tdestroy pthread_once call_once dl_iterate_phdr";

const HARMLESS: &[&str] = &[
    // Bytes and strings.
    "memset memcmp bcmp bcopy bzero explicit_bzero memchr memrchr rawmemchr memmem memccpy mempcpy __mempcpy __mempcpy_chk __memset_chk
    __explicit_bzero_chk __rawmemchr strlen strnlen strcmp strncmp strcasecmp strncasecmp strchr strchrnul strrchr index rindex strstr strcasestr
    strspn strcspn strpbrk strsep strtok_r __strtok_r strcpy strncpy stpcpy stpncpy strcat strncat strlcpy strlcat __strcpy_chk
    __strncpy_chk __stpcpy_chk __strcat_chk __strncat_chk swab ffs ffsl ffsll
    wcslen wcsnlen wcscmp wcsncmp wcschr wcsrchr wcscpy wcsncpy wmemcpy wmemmove wmemset wmemchr wmemcmp",
    // Characters and numbers.
    "isalnum isalpha isascii isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper toascii
    iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph
    iswlower iswprint iswpunct iswspace iswupper iswxdigit towlower towupper strcasecmp_l strncasecmp_l __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __ctype_get_mb_cur_max
    strtol strtoul strtoll strtoull strtoimax strtoumax strtod strtof strtold __isoc23_strtol __isoc23_strtoul __isoc23_strtoll
    __isoc23_strtoull atoi atol atoll atof abs labs llabs div ldiv lldiv htonl htons ntohl ntohs inet_pton inet_aton rand rand_r srand
    random srandom drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48",
    // Arithmetic, for each type of float.
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sincos exp exp2 exp10 pow10 expm1 log log2 log10 log1p logb ilogb pow
    sqrt cbrt hypot fabs floor ceil trunc round roundeven rint nearbyint lround llround lrint llrint fmod remainder drem remquo fma fmin
    fmax fdim frexp ldexp scalb scalbn scalbln modf copysign nextafter nexttoward erf erfc lgamma lgamma_r gamma tgamma j0 j1 jn y0 y1 yn
    nan significand finite isinf isnan __finite __isinf __isnan __fpclassify __signbit",
    "sinf cosf tanf asinf acosf atanf atan2f sinhf coshf tanhf asinhf acoshf atanhf sincosf expf exp2f exp10f expm1f logf log2f log10f
    log1pf logbf ilogbf powf sqrtf cbrtf hypotf fabsf floorf ceilf truncf roundf roundevenf rintf nearbyintf lroundf llroundf lrintf
    llrintf fmodf remainderf remquof fmaf fminf fmaxf fdimf frexpf ldexpf scalbnf scalblnf modff copysignf nextafterf nexttowardf erff
    erfcf lgammaf lgammaf_r tgammaf nanf __finitef __isinff __isnanf __fpclassifyf __signbitf",
    "sinl cosl tanl asinl acosl atanl atan2l sinhl coshl tanhl expl exp2l expm1l logl log2l log10l log1pl powl sqrtl cbrtl hypotl fabsl
    floorl ceill truncl roundl rintl nearbyintl fmodl remainderl fmal fminl fmaxl fdiml frexpl ldexpl scalbnl modfl copysignl nextafterl
    __isnanl __isinfl __signbitl fegetround fesetround feclearexcept fetestexcept feraiseexcept fegetenv fesetenv feholdexcept feupdateenv",
    // Files: the kernel's, by number.
    "read write readv writev pread pread64 pwrite pwrite64 preadv pwritev preadv2 pwritev2 preadv64 pwritev64 preadv64v2 pwritev64v2
    __read_chk __pread_chk __pread64_chk lseek lseek64 open open64 __open_2 __open64_2 openat openat64 __openat_2 __openat64_2 creat creat64
    close close_range fcntl fcntl64 ioctl dup dup2 dup3 pipe pipe2 fsync fdatasync sync syncfs sync_file_range ftruncate ftruncate64
    truncate truncate64 fallocate fallocate64 posix_fallocate posix_fallocate64 posix_fadvise posix_fadvise64 readahead stat stat64 fstat
    fstat64 lstat lstat64 fstatat fstatat64 __xstat __xstat64 __fxstat __fxstat64 __lxstat __lxstat64 __fxstatat __fxstatat64 statx statfs
    statfs64 fstatfs fstatfs64     access faccessat eaccess unlink unlinkat rename renameat renameat2
    mkdir mkdirat rmdir link linkat symlink symlinkat readlink readlinkat __readlink_chk __readlinkat_chk chmod fchmod fchmodat chown
    fchown lchown fchownat chdir fchdir chroot umask utimensat futimens utimes futimes mkfifo mkfifoat mknod mknodat flock lockf sendfile
    sendfile64 splice tee vmsplice copy_file_range getdents64 readdir readdir64 readdir_r readdir64_r dirfd rewinddir
    isatty tcgetattr tcsetattr tcflush tcdrain tcgetpgrp tcsetpgrp memfd_create
    getxattr fgetxattr lgetxattr setxattr fsetxattr lsetxattr listxattr flistxattr removexattr fremovexattr",
    // Waiting for them, and sockets.
    "poll ppoll __poll_chk select pselect epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd_read
    eventfd_write timerfd_create timerfd_settime timerfd_gettime signalfd inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
    socket socketpair bind listen accept accept4 connect shutdown send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg __recv_chk
    __recvfrom_chk setsockopt getsockopt getsockname getpeername",
    // Memory, by the kernel.
    "mmap mmap64 munmap mprotect mremap madvise posix_madvise msync mlock mlock2 munlock mlockall munlockall mincore",
    // The process, and time.
    "getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getpgid getpgrp getsid setsid setpgid getgroups getpriority
    setpriority nice getrusage getrlimit getrlimit64 setrlimit setrlimit64 prlimit prlimit64 sysinfo uname gethostname prctl getrandom
    getentropy getauxval gnu_get_libc_version gnu_get_libc_release getpagesize sched_yield sched_getcpu sched_getaffinity
    sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_get_priority_min sched_get_priority_max
    __sched_cpucount getcpu wait waitpid wait3 wait4 waitid syscall getenv secure_getenv __secure_getenv _exit _Exit
    clock_gettime clock_getres clock_settime clock_nanosleep clock nanosleep usleep sleep alarm time times gettimeofday getitimer setitimer
    difftime timespec_get timer_settime timer_gettime timer_getoverrun
    sigemptyset sigfillset sigaddset sigdelset sigismember sigaction sigaltstack sigprocmask sigpending signal __errno_location
    ___errno_location __h_errno_location __vdso_clock_gettime __vdso_gettimeofday",
    // Threads: what is in the lock, in the thread or with the kernel.
    "pthread_self pthread_equal pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_trylock pthread_mutex_timedlock
    pthread_mutex_clocklock pthread_mutex_unlock pthread_mutex_consistent pthread_mutexattr_init pthread_mutexattr_destroy
    pthread_mutexattr_settype pthread_mutexattr_gettype pthread_mutexattr_setpshared pthread_mutexattr_setprotocol
    pthread_mutexattr_setrobust pthread_cond_init pthread_cond_destroy pthread_cond_wait pthread_cond_timedwait pthread_cond_clockwait
    pthread_cond_signal pthread_cond_broadcast pthread_condattr_init pthread_condattr_destroy pthread_condattr_setclock
    pthread_condattr_setpshared pthread_rwlock_init pthread_rwlock_destroy pthread_rwlock_rdlock pthread_rwlock_tryrdlock
    pthread_rwlock_timedrdlock pthread_rwlock_wrlock pthread_rwlock_trywrlock pthread_rwlock_timedwrlock pthread_rwlock_unlock
    pthread_spin_init pthread_spin_destroy pthread_spin_lock pthread_spin_trylock pthread_spin_unlock pthread_barrier_init
    pthread_barrier_destroy pthread_barrier_wait pthread_key_create __pthread_key_create pthread_key_delete pthread_getspecific
    tss_get pthread_sigmask pthread_getaffinity_np pthread_setaffinity_np pthread_getschedparam pthread_setschedparam
    pthread_getcpuclockid pthread_attr_init pthread_attr_setstacksize pthread_attr_getstacksize pthread_attr_setdetachstate
    pthread_attr_setguardsize pthread_attr_getguardsize pthread_attr_getstack __pthread_get_minstack pthread_setcancelstate
    pthread_setcanceltype sem_init sem_destroy sem_wait sem_trywait sem_timedwait sem_clockwait sem_post sem_getvalue
    mtx_lock mtx_unlock mtx_trylock cnd_signal cnd_broadcast cnd_wait thrd_current thrd_yield",
    // The unwinder's accessors of what it was given.
    "_Unwind_GetIP _Unwind_GetIPInfo _Unwind_GetRegionStart _Unwind_GetTextRelBase _Unwind_GetDataRelBase
    _Unwind_GetLanguageSpecificData _Unwind_GetGR _Unwind_SetGR _Unwind_SetIP _Unwind_GetCFA",
    "malloc_usable_size __cxa_guard_abort",
];

const MAY_ALLOCATE: &[(&str, &str)] = &[
    ("it sorts in memory of its own, if there is much to sort, and calls the function that it is given", "qsort qsort_r"),
    ("it calls the function that it is given, and looks for tables of frames", "_Unwind_Backtrace"),
    ("it calls the function that frees the exception", "_Unwind_DeleteException __cxa_end_catch"),
    ("it copies a string to the heap", "strdup __strdup strndup __strndup wcsdup asprintf vasprintf __asprintf_chk __vasprintf_chk"),
    ("printing allocates for wide numbers, and a stream its buffer",
     "printf fprintf dprintf sprintf snprintf vprintf vfprintf vdprintf vsprintf vsnprintf __printf_chk __fprintf_chk __dprintf_chk
     __sprintf_chk __snprintf_chk __vprintf_chk __vfprintf_chk __vdprintf_chk __vsprintf_chk __vsnprintf_chk perror psignal warn warnx err errx error
     syslog vsyslog __syslog_chk"),
    ("scanning allocates for long fields",
     "scanf fscanf sscanf vscanf vfscanf vsscanf __isoc99_scanf __isoc99_fscanf __isoc99_sscanf __isoc23_scanf __isoc23_fscanf __isoc23_sscanf"),
    ("a stream allocates its buffer at its first use",
     "fputs fputs_unlocked puts fputc putc putchar _IO_putc fwrite fwrite_unlocked fread fread_unlocked __fread_chk fgets __fgets_chk fgetc getc getchar
     gets ungetc fflush fflush_unlocked fseek fseeko fseeko64 ftell ftello ftello64 rewind setvbuf setbuf fgetpos fsetpos __uflow __overflow"),
    ("it opens or closes a stream on the heap",
     "fopen fopen64 fdopen freopen freopen64 fmemopen open_memstream fopencookie popen pclose fclose tmpfile tmpfile64 setmntent"),
    ("it makes room for the line", "getline getdelim __getdelim getdelim_unlocked"),
    ("it makes room for what a folder has",
     "opendir fdopendir __opendir scandir scandir64 scandirat glob glob64 ftw nftw ftw64 nftw64 fts_open fts_read fts_children wordexp"),
    ("it makes room for the path, if it is given none",
     "realpath __realpath_chk canonicalize_file_name getcwd __getcwd_chk get_current_dir_name getwd tempnam"),
    ("a new thread has memory of its own, and runs", "pthread_create thrd_create clone"),
    ("the child runs what was registered, and copies the allocator's state", "fork _Fork vfork daemon forkpty system"),
    ("starting a program may allocate its arguments",
     "posix_spawn posix_spawnp posix_spawn_file_actions_init posix_spawn_file_actions_addopen posix_spawn_file_actions_addclose
     posix_spawn_file_actions_adddup2 posix_spawn_file_actions_addchdir_np execl execle execlp execvp execvpe"),
    ("it notes what to run at the end, in memory that grows",
     "atexit on_exit __cxa_atexit __cxa_thread_atexit_impl __cxa_thread_atexit at_quick_exit __cxa_at_quick_exit pthread_atfork
     __register_atfork"),
    ("it runs what was registered for the end", "exit quick_exit pthread_exit thrd_exit __cxa_finalize"),
    ("values of a thread beyond the first few are in memory that glibc allocates", "pthread_setspecific __pthread_setspecific tss_set"),
    ("the thread's variables of a library that was loaded late (`dlopen`) are allocated at their first use", "__tls_get_addr"),
    ("the loader allocates", "dlopen dlmopen dlclose dlsym dlvsym dlerror dladdr1 dlinfo backtrace backtrace_symbols backtrace_symbols_fd
     __dlsym_time64"),
    ("it reads files of the system's, or asks a server",
     "getaddrinfo getnameinfo gethostbyname gethostbyname2 gethostbyaddr gethostbyname_r gethostbyname2_r gethostbyaddr_r getservbyname
     getservbyname_r getservbyport getservbyport_r getprotobyname getpwnam getpwnam_r getpwuid getpwuid_r getpwent getgrnam getgrnam_r
     getgrgid getgrgid_r getgrent getgrouplist initgroups getlogin getlogin_r res_init res_query res_search getifaddrs if_nameindex"),
    ("it counts processors by reading files, for some of its questions",
     "sysconf get_nprocs get_nprocs_conf pathconf fpathconf confstr"),
    ("it reads the time zone's file at its first use",
     "localtime localtime_r gmtime gmtime_r mktime timegm timelocal tzset strftime strftime_l wcsftime strptime ctime ctime_r asctime"),
    ("it looks up a translation, or a locale",
     "strerror strerror_r __xpg_strerror_r strerror_l strsignal gettext dgettext dcgettext ngettext bindtextdomain textdomain setlocale
     newlocale duplocale uselocale localeconv nl_langinfo catopen"),
    ("it needs room for long strings", "strcoll strxfrm strcoll_l strxfrm_l wcscoll fnmatch strfmon"),
    ("it loads a conversion at its first use",
     "iconv_open iconv iconv_close mbstowcs wcstombs mbrtowc wcrtomb mbtowc wctomb mbsrtowcs wcsrtombs mbsnrtowcs wcsnrtombs mblen mbrlen
     btowc wctob   "),
    ("a pattern is on the heap", "regcomp regexec regerror"),
    ("it keeps a table on the heap", "tsearch hcreate hcreate_r hsearch hsearch_r hdestroy insque setenv putenv clearenv unsetenv"),
    ("it may allocate what it keeps",
     "pthread_getattr_np pthread_attr_setaffinity_np pthread_attr_setsigmask_np sem_open sem_close sem_unlink timer_create mq_open mq_notify
     aio_read aio_write aio_fsync lio_listio aio_suspend __cxa_get_globals __cxa_begin_catch openlog closelog getopt_long"),
    ("it allocates pages or moves the end of the heap", "brk sbrk"),
];
