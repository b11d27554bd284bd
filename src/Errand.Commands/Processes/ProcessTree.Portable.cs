using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Errand.Commands;

/// <summary>
/// The smaller tree of systems without /proc. It reaches the process group that the supervisor leads and, with a kill, those that are still
/// its descendants: what has left the group and lost its parent (a daemon) is missed. Its members cannot be told.
/// </summary>
internal sealed partial class PortableProcessTree(ProcessKey supervisor) : ProcessTree
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public override IReadOnlyList<ProcessMember> Members() => [];

    public override int Signal(int signal)
    {
        if (!OperatingSystem.IsWindows()) return kill(-supervisor.Pid, signal) == 0 ? 1 : 0;
        if (Find() is not { } process) return 0;
        using (process) return Kill(process) ? 1 : 0;
    }

    public override async Task<IReadOnlyList<ProcessMember>> KillAsync(TimeProvider time, TimeSpan patience)
    {
        long startedAt = time.GetTimestamp();
        using var process = Find();
        if (process is not null) Kill(process);
        Signal(CommandSignals.Kill);
        while (process is { HasExited: false } && time.GetElapsedTime(startedAt) < patience) await Task.Delay(Look, time);
        return process is { HasExited: false } ? [new(supervisor, 0, process.ProcessName)] : [];
    }

    private static bool Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, which is what was wanted.
            return false;
        }
    }

    private Process? Find()
    {
        try { return Process.GetProcessById(supervisor.Pid); }
        catch (ArgumentException) { return null; }
    }

#pragma warning disable IDE1006 // This is the name of the C library.
    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
#pragma warning restore IDE1006
}
