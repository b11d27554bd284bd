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
    private const uint Ignored = 0x8000;
    private const uint OneShot = 1u << 31;
    private const int Interrupted = 4;
    private const int EventHeader = 16;
    private const long FoldersKey = 0;
    private const long EndKey = 1;
    // Where the kernel puts them: without a gap on one kind of processor only.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EpollEventSize = IsPacked ? 12 : 16;
    private static readonly int EpollDataAt = IsPacked ? 4 : 8;

    private readonly ConcurrentDictionary<long, Action> _processes = new();
    private readonly ConcurrentDictionary<int, Action> _watches = new();
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

    /// <summary>Rings when a command has written, or its supervisor has told of the end.</summary>
    public FolderWatch OnChange(CommandFolder folder, Action ring) => new(this, folder, ring);

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
            int watch = MemoryMarshal.Read<int>(change);
            uint what = MemoryMarshal.Read<uint>(change[4..]);
            if ((what & Overflowed) != 0) RingAll();
            // The kernel has taken the watch off: its number is never used again.
            else if ((what & Ignored) != 0) _watches.TryRemove(watch, out _);
            else if (_watches.TryGetValue(watch, out var ring)) ring();
            at += EventHeader + MemoryMarshal.Read<int>(change[12..]);
        }
    }

    // Events were lost, of whichever folder.
    private void RingAll()
    {
        foreach (var ring in _watches.Values) ring();
    }

    private unsafe void Control(int operation, SafeHandle descriptor, uint events, long key)
    {
        byte* wanted = stackalloc byte[16];
        *(uint*)wanted = events;
        *(long*)(wanted + EpollDataAt) = key;
        if (epoll_ctl(_epoll, operation, descriptor, wanted) != 0 && operation == Add) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static SafeFileHandle Checked(int descriptor) =>
        descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>
    /// Watches the files of one command. It is told of the next write only, and armed again by whoever has looked at the files: a command that
    /// writes as fast as it can would otherwise pay for each write.
    /// </summary>
    public sealed class FolderWatch : IDisposable
    {
        private readonly SupervisionWatch _owner;
        private readonly Action _ring;
        private readonly string[] _files;
        private readonly int[] _watches = [-1, -1, -1];

        public FolderWatch(SupervisionWatch owner, CommandFolder folder, Action ring)
        {
            _owner = owner;
            _ring = ring;
            _files = [folder.Output, folder.Error];
            _watches[^1] = owner.Watch(folder.Path, ClosedAfterWriting, ring);
        }

        /// <summary>Asks to be told of the next change. What was written before is there to be seen.</summary>
        /// <returns>Whether that is possible: the system may have no more room for it.</returns>
        public bool TryArm()
        {
            for (int i = 0; i < _files.Length; i++) _watches[i] = _owner.Watch(_files[i], Modified | OneShot, _ring);
            return Array.TrueForAll(_watches, static watch => watch >= 0);
        }

        public void Dispose()
        {
            foreach (int watch in _watches)
                if (watch >= 0 && _owner._watches.TryRemove(watch, out _)) _ = inotify_rm_watch(_owner._folderEvents, watch);
        }
    }

    private int Watch(string path, uint events, Action ring)
    {
        // The event may come before the watch has its entry; whoever arms looks afterwards.
        int watch = inotify_add_watch(_folderEvents, path, events);
        if (watch >= 0) _watches[watch] = ring;
        return watch;
    }

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
