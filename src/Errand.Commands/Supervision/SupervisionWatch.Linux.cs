using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Errand.Commands;

/// <summary>
/// Rings for whoever waits for processes to end and for files to grow: one thread for all commands, which sleeps while nothing happens.
/// </summary>
internal sealed partial class SupervisionWatch : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Add = 1;
    private const int Remove = 2;
    private const uint Readable = 1;
    private const uint Once = 1u << 30;
    private const uint Modified = 0x2;
    private const uint ClosedAfterWriting = 0x8;
    private const uint Overflowed = 0x4000;
    private const int Interrupted = 4;
    private const int EventHeader = 16;
    private const long FoldersKey = 0;
    private const long EndKey = 1;
    // Where the kernel puts them: without a gap on one kind of processor only.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EpollEventSize = IsPacked ? 12 : 16;
    private static readonly int EpollDataAt = IsPacked ? 4 : 8;

    private readonly ConcurrentDictionary<long, Action> _processes = new();
    private readonly ConcurrentDictionary<int, Action> _folders = new();
    private readonly SafeFileHandle _epoll = Checked(epoll_create1(CloseOnExec));
    private readonly SafeFileHandle _folderEvents = Checked(inotify_init1(CloseOnExec | NonBlocking));
    private readonly SafeFileHandle _end = Checked(eventfd(0, CloseOnExec));
    private long _lastKey = EndKey;

    public SupervisionWatch(WorkScheduler scheduler)
    {
        Control(Add, _folderEvents, Readable, FoldersKey);
        Control(Add, _end, Readable, EndKey);
        scheduler.QueueBlocking(Loop);
    }

    /// <summary>Rings when the process has ended, at once if it has already.</summary>
    public IDisposable OnEnd(ProcessDescriptor process, Action ring)
    {
        long key = Interlocked.Increment(ref _lastKey);
        _processes[key] = ring;
        // A process that has ended is readable for ever.
        Control(Add, process, Readable | Once, key);
        return new Subscription(() =>
        {
            if (_processes.TryRemove(key, out _)) Control(Remove, process, 0, key);
        });
    }

    /// <summary>Rings when what a command or its supervisor writes into a folder has changed; none where the system has no more room for that.</summary>
    public IDisposable? OnChange(string folder, Action ring)
    {
        int watch = inotify_add_watch(_folderEvents, folder, Modified | ClosedAfterWriting);
        if (watch < 0) return null;
        _folders[watch] = ring;
        return new Subscription(() =>
        {
            if (_folders.TryRemove(watch, out _)) _ = inotify_rm_watch(_folderEvents, watch);
        });
    }

    public unsafe void Dispose()
    {
        long one = 1;
        _ = write(_end, &one, sizeof(long));
    }

    private unsafe void Loop()
    {
        const int AtOnce = 64;
        byte* events = stackalloc byte[AtOnce * 16];
        byte[] changes = new byte[64 * 1024];
        while (true)
        {
            int count = epoll_wait(_epoll, events, AtOnce, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted) throw new Win32Exception(Marshal.GetLastPInvokeError());
            for (int i = 0; i < count; i++)
            {
                long key = *(long*)(events + (i * EpollEventSize) + EpollDataAt);
                if (key == EndKey) return;
                if (key == FoldersKey) ReadChanges(changes);
                else if (_processes.TryRemove(key, out var ring)) ring();
            }
        }
    }

    private unsafe void ReadChanges(byte[] buffer)
    {
        nint length;
        fixed (byte* start = buffer)
        {
            length = read(_folderEvents, start, buffer.Length);
        }
        for (int at = 0; at + EventHeader <= length;)
        {
            var change = buffer.AsSpan(at);
            int nameLength = MemoryMarshal.Read<int>(change[12..]);
            if ((MemoryMarshal.Read<uint>(change[4..]) & Overflowed) != 0) RingAll();
            if (IsOfCommand(change.Slice(EventHeader, nameLength)) && _folders.TryGetValue(MemoryMarshal.Read<int>(change), out var ring)) ring();
            at += EventHeader + nameLength;
        }
    }

    // Events were lost, of whichever folder.
    private void RingAll()
    {
        foreach (var ring in _folders.Values) ring();
    }

    // The log's own index is written in answer to these, and must not ring again.
    private static bool IsOfCommand(ReadOnlySpan<byte> name) => name.TrimEnd((byte)0) is var own && (
        own.SequenceEqual("out"u8) || own.SequenceEqual("err"u8) || own.SequenceEqual("exit"u8));

    private unsafe void Control(int operation, SafeHandle descriptor, uint events, long key)
    {
        byte* wanted = stackalloc byte[16];
        *(uint*)wanted = events;
        *(long*)(wanted + EpollDataAt) = key;
        if (epoll_ctl(_epoll, operation, descriptor, wanted) != 0 && operation == Add) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static SafeFileHandle Checked(int descriptor) =>
        descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

#pragma warning disable IDE1006 // These are the names of the C library.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_wait(SafeHandle epoll, byte* events, int most, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(SafeHandle inotify, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(SafeHandle inotify, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeHandle descriptor, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeHandle descriptor, void* buffer, nint length);
#pragma warning restore IDE1006
}
