/*
 * Stands between the server and one command, so that the command outlives the server and its end is told exactly.
 *
 *   errand-supervisor FOLDER [-c] [-i] [-fBYTES] [-uUID -gGID -GGID,GID…] PROGRAM ARGV0 [ARGUMENT…]
 *
 * It is started with its standard streams as the command is to have them, and with a pipe as descriptor 3. It waits there for one byte: only
 * then is it known and on record, and only then does the command begin. A server that dies before has started nothing.
 *
 *   -c  the command begins in the control group whose folder is descriptor 4
 *   -i  standard input is the FIFO "in" of the folder; it ends when SIGUSR1 comes
 *   -f  no file that the command writes may be larger, but its own log may: it writes into pipes, and they are copied here
 *   -u  the command is somebody else's
 *
 * How the command ended goes into the file "exit" of the folder, as one line of JSON; a line without its end is not there yet. As a subreaper
 * this process becomes the parent of whatever the command leaves behind, and it stays to reap until nothing is left.
 */
#include "kernel.h"

enum { GO = 3, GROUP = 4, FIRST_OTHER = 5, MOST_GROUPS = 256, NOT_STARTED = 125, OWNER_ONLY = 0600, SIGNAL_BYTES = 8 };

struct order {
    int into_group, feeds_input, has_user;
    unsigned long largest_file;
    unsigned user, group, groups[MOST_GROUPS];
    int group_count;
    char **command; /* the program, then its arguments from the first */
    char **environment;
};

/* A terminal's keys, a closed terminal and the polite end of a session are meant for the command. */
static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGALRM, SIGUSR2};
static const uint64_t heard = 1UL << (SIGCHLD - 1) | 1UL << (SIGUSR1 - 1);

_Noreturn static void give_up(const char *what) {
    size_t length = 0;
    while (what[length]) length++;
    ask3(write, 2, "errand-supervisor: ", 19);
    ask3(write, 2, what, length);
    ask3(write, 2, "\n", 1);
    leave(NOT_STARTED);
}

static unsigned long number(const char **text) {
    unsigned long value = 0;
    while (**text >= '0' && **text <= '9') value = value * 10 + (unsigned long)(*(*text)++ - '0');
    return value;
}

static void read_groups(struct order *order, const char *text) {
    while (*text && order->group_count < MOST_GROUPS) {
        order->groups[order->group_count++] = (unsigned)number(&text);
        if (*text == ',') text++;
    }
}

static void read_order(struct order *order, char **arguments) {
    for (; *arguments && **arguments == '-'; arguments++) {
        const char *value = *arguments + 2;
        switch ((*arguments)[1]) {
        case 'c': order->into_group = 1; break;
        case 'i': order->feeds_input = 1; break;
        case 'f': order->largest_file = number(&value); break;
        case 'u': order->user = (unsigned)number(&value), order->has_user = 1; break;
        case 'g': order->group = (unsigned)number(&value); break;
        case 'G': read_groups(order, value); break;
        default: leave(NOT_STARTED);
        }
    }
    order->command = arguments;
    if (!arguments[0] || !arguments[1]) leave(NOT_STARTED);
}

static long set_signal(int signal, void (*handler)(int)) {
    struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); uint64_t mask; } action = {handler, 0, 0, 0};
    return ask4(rt_sigaction, signal, &action, 0, SIGNAL_BYTES);
}

/* The first open makes it possible that the second one does not wait for a writer. */
static int open_input(void) {
    long end = ask4(openat, AT_FDCWD, "in", O_RDWR | O_CLOEXEC, 0), input = ask4(openat, AT_FDCWD, "in", O_RDONLY, 0);
    if (end < 0 || input < 0 || ask3(dup3, input, 0, 0) < 0) give_up("its input cannot be opened");
    ask1(close, input);
    return (int)end;
}

static long become_somebody_else(const struct order *order) {
    if (!order->has_user) return 0;
    long failure = ask2(setgroups, order->group_count, order->groups);
    if (!failure) failure = ask3(setresgid, order->group, order->group, order->group);
    return failure ? failure : ask3(setresuid, order->user, order->user, order->user);
}

/* In the child. Returns why the command could not be begun. */
static long begin(const struct order *order, const int *streams) {
    uint64_t none = 0;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) set_signal(ignored[i], SIG_DFL);
    ask4(rt_sigprocmask, SIG_SETMASK, &none, 0, SIGNAL_BYTES);
    ask2(setpgid, 0, 0);
    if (streams) {
        ask3(dup3, streams[0], 1, 0);
        ask3(dup3, streams[1], 2, 0);
    }
    if (order->largest_file) {
        struct { unsigned long soft, hard; } limit = {order->largest_file, order->largest_file};
        long failure = ask4(prlimit64, 0, RLIMIT_FSIZE, &limit, 0);
        if (failure) return failure;
    }
    long failure = become_somebody_else(order);
    if (failure) return failure;
    failure = ask3(execve, order->command[0], order->command + 1, order->environment);
    if (failure != -ENOEXEC) return failure;
    /* A script that does not say what reads it, as every shell takes it. */
    size_t count = 1;
    while (order->command[count + 1]) count++;
    char *script[count + 2];
    script[0] = "/bin/sh";
    script[1] = order->command[0];
    for (size_t i = 2; i <= count + 1; i++) script[i] = order->command[i];
    return ask3(execve, script[0], script, order->environment);
}

/* Into its control group from the first instruction: a process that moves itself there waits for the kernel, for milliseconds. */
static long fork_command(const struct order *order) {
    struct clone_args clone = {.flags = CLONE_VFORK, .exit_signal = SIGCHLD};
    if (order->into_group) {
        clone.flags |= CLONE_INTO_CGROUP;
        clone.cgroup = GROUP;
    }
    long child = ask2(clone3, &clone, sizeof clone);
    /* A group that cannot be entered costs the certainty of the last kill, and not the command. */
    return child < 0 ? ask5(clone, SIGCHLD, 0, 0, 0, 0) : child;
}

static char *put(char *at, const char *text) {
    while (*text) *at++ = *text++;
    return at;
}

static char *put_number(char *at, unsigned long value) {
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count) *at++ = digits[--count];
    return at;
}

static long milliseconds(const struct __kernel_timespec *from) {
    struct __kernel_timespec now;
    ask2(clock_gettime, 1 /* monotonic */, &now);
    return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000;
}

static void record(int status, long failure, int left, const struct __kernel_timespec *begun) {
    char line[256];
    struct rusage used;
    int signal = status & 0x7f;
    ask2(getrusage, RUSAGE_CHILDREN, &used);
    long busy = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    char *at = put(line, failure ? "{\"startFailed\":" : signal ? "{\"signal\":" : "{\"exitCode\":");
    at = put_number(at, (unsigned long)(failure ? -failure : signal ? signal : status >> 8 & 0xff));
    at = put_number(put(at, ",\"wallTimeMs\":"), (unsigned long)milliseconds(begun));
    at = put_number(put(at, ",\"cpuTimeMs\":"), (unsigned long)busy);
    at = put_number(put(at, ",\"peakMemoryBytes\":"), (unsigned long)used.ru_maxrss * 1024);
    at = put(at, left ? ",\"left\":true}\n" : ",\"left\":false}\n");
    long file = ask4(openat, AT_FDCWD, "exit", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, OWNER_ONLY);
    if (file < 0 || ask3(write, file, line, at - line) != at - line) give_up("the end of the command cannot be written");
    ask1(close, file);
}

/* Copies what is there, and answers whether there may be more. */
static int copy(int from, int to) {
    static char buffer[1 << 16];
    long length = ask3(read, from, buffer, sizeof buffer);
    if (length <= 0) return length == -EINTR;
    for (long done = 0; done < length;) {
        long written = ask3(write, to, buffer + done, length - done);
        if (written < 0 && written != -EINTR) return 0;
        if (written > 0) done += written;
    }
    return 1;
}

/* Reaps until the command itself has ended, closes its input when that is asked for, and copies what it writes where it writes into pipes. */
static int wait_for(long command, int signals, int *input_end, const int *pipes) {
    struct pollfd polled[] = {{signals, POLLIN, 0}, {pipes ? pipes[0] : -1, POLLIN, 0}, {pipes ? pipes[1] : -1, POLLIN, 0}};
    struct signalfd_siginfo signal;
    for (;;) {
        int status;
        long ended;
        while ((ended = ask4(wait4, -1, &status, WNOHANG, 0)) > 0)
            if (ended == command) return status;
        ask5(ppoll, polled, 3, 0, 0, SIGNAL_BYTES);
        if (polled[0].revents && ask3(read, signals, &signal, sizeof signal) > 0 && signal.ssi_signo == SIGUSR1 && *input_end >= 0) {
            ask3(unlinkat, AT_FDCWD, "in", 0);
            ask1(close, *input_end);
            *input_end = -1;
        }
        for (int i = 0; i < 2; i++)
            if (polled[i + 1].revents && !copy(pipes[i], i + 1)) polled[i + 1].fd = -1;
    }
}

static void make_pipes(int *from, int *to) {
    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (ask2(pipe2, ends, O_CLOEXEC) < 0) give_up("there are no pipes for its output");
        from[i] = ends[0];
        to[i] = ends[1];
    }
}

static void drain(const int *pipes) {
    for (int i = 0; i < 2; i++) {
        ask3(fcntl, pipes[i], F_SETFL, O_NONBLOCK);
        while (copy(pipes[i], i + 1)) continue;
        ask1(close, pipes[i]);
    }
}

static void await_go(void) {
    char go;
    long told;
    while ((told = ask3(read, GO, &go, 1)) == -EINTR) continue;
    if (told != 1) leave(NOT_STARTED);
    ask3(fcntl, GO, F_SETFD, FD_CLOEXEC);
    ask3(fcntl, GROUP, F_SETFD, FD_CLOEXEC);
}

static int supervise(struct order *order, const char *folder) {
    int from[2], to[2], input_end = -1, status = 0, piped = order->largest_file != 0;
    struct __kernel_timespec begun;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) set_signal(ignored[i], SIG_IGN);
    ask4(rt_sigprocmask, SIG_SETMASK, &heard, 0, SIGNAL_BYTES);
    long signals = ask4(signalfd4, -1, &heard, SIGNAL_BYTES, O_CLOEXEC | O_NONBLOCK);
    ask5(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    ask5(prctl, PR_SET_NAME, "errand-superv", 0, 0, 0);
    await_go();

    /* The command is started where this process was; what it leaves on record is elsewhere. */
    long here = ask4(openat, AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (here < 0 || signals < 0 || ask1(chdir, folder) < 0) give_up("its folder cannot be entered");
    if (order->feeds_input) input_end = open_input();
    if (piped) make_pipes(from, to);
    long records = ask4(openat, AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    volatile long *failure = (volatile long *)ask(__NR_mmap, 0, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
    if (records < 0 || ask1(fchdir, here) < 0 || (long)failure < 0) give_up("there is no memory");

    ask2(clock_gettime, 1 /* monotonic */, &begun);
    long command = fork_command(order);
    if (command == 0) {
        *failure = begin(order, piped ? to : NULL);
        leave(NOT_STARTED);
    }
    ask1(fchdir, records);
    if (piped) ask1(close, to[0]), ask1(close, to[1]);
    if (command > 0) status = wait_for(command, (int)signals, &input_end, piped ? from : NULL);
    if (piped) drain(from);
    if (order->feeds_input) ask3(unlinkat, AT_FDCWD, "in", 0);

    long left;
    while ((left = ask4(wait4, -1, 0, WNOHANG, 0)) > 0) continue;
    record(status, command < 0 ? command : *failure, left == 0, &begun);
    /* Nothing that stays behind may hold on to these. */
    for (int stream = 0; stream < 4; stream++) ask1(close, stream);
    while ((left = ask4(wait4, -1, 0, 0, 0)) > 0 || left == -EINTR) continue;
    return 0;
}

/* On the stack: the count of arguments, the arguments, nothing, the environment. */
_Noreturn void enter(long *stack) {
    char **arguments = (char **)(stack + 1);
    struct order order = {.environment = arguments + stack[0] + 1};
    if (stack[0] < 4) leave(NOT_STARTED);
    ask3(close_range, FIRST_OTHER, ~0U, 0);
    read_order(&order, arguments + 2);
    leave(supervise(&order, arguments[1]));
}
