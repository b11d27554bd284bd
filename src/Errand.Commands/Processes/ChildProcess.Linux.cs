using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>How a process is to be started.</summary>
/// <param name="Program">The path of the program.</param>
/// <param name="Arguments">Its arguments, from its own name.</param>
/// <param name="Environment">Its variables, each <c>NAME=VALUE</c>.</param>
internal sealed record ChildPlan(string Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    /// <summary>The folder that it starts in.</summary>
    public required string Folder { get; init; }

    /// <summary>What it reads; the device that is always at its end by default.</summary>
    public string Input { get; init; } = "/dev/null";

    /// <summary>The file that its standard output is appended to.</summary>
    public required string Output { get; init; }

    /// <summary>The file that its standard error is appended to.</summary>
    public required string Error { get; init; }

    /// <summary>Further descriptors, from 3 on.</summary>
    public IReadOnlyList<SafeHandle> Descriptors { get; init; } = [];
}

/// <summary>
/// Starts processes as the runtime does not: in a session of their own, with signals as a shell would give them, and with files, which they
/// write themselves, for their streams.
/// </summary>
internal static partial class ChildProcess
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int ReadOnly = 0;
    private const int AppendOrCreate = 0x1 | 0x40 | 0x400;
    private const uint OwnerOnly = 0x180;
    private const int DuplicateAbove = 1030;
    private const int FirstDescriptor = 3;
    // Above what they are given as, so that none is overwritten by another before its turn.
    private const int OutOfTheWay = 32;
    // More than any C library needs for each.
    private const int LargestStructure = 1024;

    /// <summary>Starts a process.</summary>
    /// <returns>Its number; nobody else waits for it.</returns>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static unsafe int Start(ChildPlan plan)
    {
        byte* structures = stackalloc byte[LargestStructure * 2];
        byte* actions = structures, attributes = structures + LargestStructure;
        using var arguments = new NativeStrings(plan.Arguments);
        using var environment = new NativeStrings(plan.Environment);
        var moved = new SafeFileHandle[plan.Descriptors.Count];
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, plan.Input, ReadOnly, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, plan.Output, AppendOrCreate, OwnerOnly));
            Check(posix_spawn_file_actions_addopen(actions, 2, plan.Error, AppendOrCreate, OwnerOnly));
            for (int i = 0; i < moved.Length; i++)
            {
                moved[i] = Move(plan.Descriptors[i]);
                Check(posix_spawn_file_actions_adddup2(actions, (int)moved[i].DangerousGetHandle(), FirstDescriptor + i));
            }
            Check(posix_spawn_file_actions_addchdir_np(actions, plan.Folder));
            SetSignals(attributes);
            Check(posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | SetSession));
            Check(posix_spawn(out int process, plan.Program, actions, attributes, arguments.Pointers, environment.Pointers));
            return process;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            foreach (var handle in moved) handle?.Dispose();
        }
    }

    // The runtime ignores some signals, and what is ignored is inherited.
    private static unsafe void SetSignals(byte* attributes)
    {
        byte* signals = stackalloc byte[LargestStructure];
        Check(sigemptyset(signals));
        Check(posix_spawnattr_setsigmask(attributes, signals));
        Check(sigfillset(signals));
        Check(posix_spawnattr_setsigdefault(attributes, signals));
    }

    private static SafeFileHandle Move(SafeHandle handle)
    {
        int moved = fcntl(handle, DuplicateAbove, OutOfTheWay);
        return moved >= 0 ? new(moved, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void Check(int error)
    {
        if (error != 0) throw new Win32Exception(error);
    }

    /// <summary>Strings as C has them, one after the other, and pointers to them, the last of which is none.</summary>
    private readonly unsafe ref struct NativeStrings
    {
        public NativeStrings(IReadOnlyList<string> strings)
        {
            int bytes = 0;
            foreach (string text in strings) bytes += System.Text.Encoding.UTF8.GetByteCount(text) + 1;
            Pointers = (byte**)NativeMemory.Alloc((nuint)((strings.Count + 1) * sizeof(byte*)) + (nuint)bytes);
            byte* at = (byte*)(Pointers + strings.Count + 1);
            for (int i = 0; i < strings.Count; i++)
            {
                Pointers[i] = at;
                int length = System.Text.Encoding.UTF8.GetBytes(strings[i], new Span<byte>(at, bytes));
                at[length] = 0;
                at += length + 1;
                bytes -= length + 1;
            }
            Pointers[strings.Count] = null;
        }

        public byte** Pointers { get; }

        public void Dispose() => NativeMemory.Free(Pointers);
    }

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int sigfillset(byte* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle handle, int command, int argument);
#pragma warning restore IDE1006
}
