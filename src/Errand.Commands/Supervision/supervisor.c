/*
 * Stands between the server and one command, so that the command outlives the server and its end is told exactly.
 *
 *   errand-supervisor FOLDER [-c] [-i] [-f BYTES] [-u UID -g GID -G GID,GID…] PROGRAM ARGV0 [ARGUMENT…]
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
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GO = 3, GROUP = 4, FIRST_OTHER = 5, MOST_GROUPS = 256, NOT_STARTED = 125 };

struct order {
    int into_group, feeds_input;
    rlim_t largest_file;
    long user, group;
    gid_t groups[MOST_GROUPS];
    int group_count;
    char **command; /* the program, then its arguments from the first */
};

static int input_end = -1;
static int bell[2] = {-1, -1};

static void on_end_of_input(int signal) {
    (void)signal;
    if (input_end < 0) return;
    unlink("in");
    close(input_end);
    input_end = -1;
}

static void on_child(int signal) {
    int before = errno;
    (void)signal;
    (void)!write(bell[1], "", 1);
    errno = before;
}

static void give_up(const char *what) {
    dprintf(2, "errand-supervisor: %s: %s\n", what, strerror(errno));
    _exit(NOT_STARTED);
}

static struct order read_order(int argc, char **argv) {
    struct order order = {.user = -1, .group = -1, .largest_file = RLIM_INFINITY};
    int option;
    optind = 2;
    while ((option = getopt(argc, argv, "+cif:u:g:G:")) != -1) {
        if (option == 'c') order.into_group = 1;
        else if (option == 'i') order.feeds_input = 1;
        else if (option == 'f') order.largest_file = strtoull(optarg, NULL, 10);
        else if (option == 'u') order.user = strtol(optarg, NULL, 10);
        else if (option == 'g') order.group = strtol(optarg, NULL, 10);
        else if (option == 'G') {
            for (char *group = strtok(optarg, ","); group && order.group_count < MOST_GROUPS; group = strtok(NULL, ","))
                order.groups[order.group_count++] = (gid_t)strtol(group, NULL, 10);
        } else _exit(NOT_STARTED);
    }
    order.command = argv + optind;
    if (argc - optind < 2) {
        errno = EINVAL;
        give_up("arguments");
    }
    return order;
}

/* The first open makes it possible that the second one does not wait for a writer. */
static void open_input(void) {
    input_end = open("in", O_RDWR | O_CLOEXEC);
    int input = open("in", O_RDONLY);
    if (input_end < 0 || input < 0 || dup2(input, 0) < 0) give_up("in");
    close(input);
}

/* A terminal's keys, a closed terminal and the polite end of a session are meant for the command. */
static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGALRM, SIGUSR2};

static void ignore_signals(void) {
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    struct sigaction end_of_input = {.sa_handler = on_end_of_input, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &end_of_input, NULL);
}

static void become_somebody_else(const struct order *order) {
    if (order->user < 0) return;
    if (setgroups(order->group_count, order->groups) || setresgid(order->group, order->group, order->group) ||
        setresuid(order->user, order->user, order->user))
        _exit(NOT_STARTED);
}

/* In the child. Returns why the command could not be begun. */
static int begin(const struct order *order, const int *streams) {
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_DFL);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    setpgid(0, 0);
    if (streams && (dup2(streams[0], 1) < 0 || dup2(streams[1], 2) < 0)) return errno;
    if (order->largest_file != RLIM_INFINITY) {
        struct rlimit limit = {order->largest_file, order->largest_file};
        if (setrlimit(RLIMIT_FSIZE, &limit)) return errno;
    }
    become_somebody_else(order);
    execv(order->command[0], order->command + 1);
    if (errno != ENOEXEC) return errno;
    /* A script that does not say what reads it, as every shell takes it. */
    size_t count = 0;
    while (order->command[count + 1]) count++;
    char **script = calloc(count + 2, sizeof *script);
    if (!script) return ENOMEM;
    script[0] = "/bin/sh";
    script[1] = order->command[0];
    for (size_t i = 1; i < count; i++) script[i + 1] = order->command[i + 1];
    execv(script[0], script);
    return ENOEXEC;
}

/* Into its control group from the first instruction: a process that moves itself there waits for the kernel, for milliseconds. */
static pid_t fork_command(const struct order *order) {
    struct clone_args clone = {.flags = CLONE_VFORK, .exit_signal = SIGCHLD};
    if (order->into_group) {
        clone.flags |= CLONE_INTO_CGROUP;
        clone.cgroup = GROUP;
    }
    pid_t child = (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
    /* A group that cannot be entered costs the certainty of the last kill, and not the command. */
    return child < 0 ? fork() : child;
}

static long milliseconds(struct timeval time) { return time.tv_sec * 1000 + time.tv_usec / 1000; }

static struct timespec now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time;
}

static void record(int status, int failure, int left, struct timespec begun) {
    char line[256];
    struct rusage used;
    struct timespec ended = now(CLOCK_MONOTONIC);
    long wall = (ended.tv_sec - begun.tv_sec) * 1000 + (ended.tv_nsec - begun.tv_nsec) / 1000000;
    getrusage(RUSAGE_CHILDREN, &used);
    const char *how = failure ? "startFailed" : WIFSIGNALED(status) ? "signal" : "exitCode";
    int what = failure ? failure : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    int length = snprintf(
        line, sizeof line, "{\"%s\":%d,\"wallTimeMs\":%ld,\"cpuTimeMs\":%ld,\"peakMemoryBytes\":%lld,\"left\":%s}\n", how, what, wall,
        milliseconds(used.ru_utime) + milliseconds(used.ru_stime), (long long)used.ru_maxrss * 1024, left ? "true" : "false");
    int file = open("exit", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, line, (size_t)length) != length) give_up("exit");
    close(file);
}

/* Copies what is there, and answers whether there may be more. */
static int copy(int from, int to) {
    static char buffer[1 << 16];
    ssize_t length = read(from, buffer, sizeof buffer);
    if (length <= 0) return length < 0 && errno == EINTR;
    for (ssize_t done = 0; done < length;) {
        ssize_t written = write(to, buffer + done, (size_t)(length - done));
        if (written < 0 && errno != EINTR) return 0;
        if (written > 0) done += written;
    }
    return 1;
}

/* Reaps until the command itself has ended. */
static int wait_for(pid_t command, const int *pipes) {
    struct pollfd polled[] = {{pipes ? pipes[0] : -1, POLLIN, 0}, {pipes ? pipes[1] : -1, POLLIN, 0}, {bell[0], POLLIN, 0}};
    char rung[64];
    int status;
    while (pipes) {
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
            if (ended == command) goto over;
        if (poll(polled, 3, -1) < 0) continue;
        if (polled[2].revents) (void)!read(bell[0], rung, sizeof rung);
        for (int i = 0; i < 2; i++)
            if (polled[i].revents && !copy(pipes[i], i + 1)) polled[i].fd = -1;
    }
    while (waitpid(-1, &status, 0) != command) continue;
    return status;
over:
    for (int i = 0; i < 2; i++) {
        fcntl(pipes[i], F_SETFL, O_NONBLOCK);
        while (copy(pipes[i], i + 1)) continue;
        close(pipes[i]);
    }
    return status;
}

static void make_pipes(int *from, int *to) {
    for (int i = 0; i < 2; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC)) give_up("pipe");
        from[i] = ends[0];
        to[i] = ends[1];
    }
    if (pipe2(bell, O_CLOEXEC | O_NONBLOCK)) give_up("pipe");
    struct sigaction child = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &child, NULL);
}

int main(int argc, char **argv) {
    if (argc < 4) return NOT_STARTED;
    struct order order = read_order(argc, argv);
    int from[2], to[2], piped = order.largest_file != RLIM_INFINITY, status = 0, failed = 0;
    syscall(SYS_close_range, FIRST_OTHER, ~0U, 0);
    ignore_signals();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "errand-superv");

    char go;
    ssize_t told;
    while ((told = read(GO, &go, 1)) < 0 && errno == EINTR) continue;
    if (told != 1) return NOT_STARTED;
    fcntl(GO, F_SETFD, FD_CLOEXEC);
    fcntl(GROUP, F_SETFD, FD_CLOEXEC);

    /* The command is started where this process was; what it leaves on record is elsewhere. */
    int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (chdir(argv[1])) give_up(argv[1]);
    if (order.feeds_input) open_input();
    if (piped) make_pipes(from, to);
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || (here >= 0 && fchdir(here))) give_up("folder");

    int *failure = mmap(NULL, sizeof *failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (failure == MAP_FAILED) give_up("memory");
    struct timespec begun = now(CLOCK_MONOTONIC);
    pid_t command = fork_command(&order);
    if (command == 0) {
        *failure = begin(&order, piped ? to : NULL);
        _exit(NOT_STARTED);
    }
    failed = command < 0 ? errno : *failure;
    if (here >= 0) close(here);
    if (fchdir(folder)) give_up("folder");
    close(folder);
    if (piped) close(to[0]), close(to[1]);
    if (command > 0) status = wait_for(command, piped ? from : NULL);
    if (order.feeds_input) unlink("in");

    pid_t left = waitpid(-1, NULL, WNOHANG);
    while (left > 0) left = waitpid(-1, NULL, WNOHANG);
    record(status, failed, left == 0, begun);
    /* Nothing that stays behind may hold on to these. */
    for (int stream = 0; stream < 4; stream++) close(stream);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) continue;
    return 0;
}
