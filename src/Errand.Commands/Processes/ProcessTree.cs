using System.ComponentModel;
using System.Diagnostics;

namespace Errand.Commands;

/// <summary>A process and those it has started, to be told to stop. Where nothing else is written, as here, a stop is a kill.</summary>
/// <param name="process">The first of them.</param>
internal class ProcessTree(Process process)
{
    protected Process Process => process;

    public static ProcessTree Of(Process process) => OperatingSystem.IsLinux() ? new LinuxProcessTree(process) : new ProcessTree(process);

    /// <summary>Sends all of them a signal.</summary>
    public virtual void Signal(int signal)
    {
        try { process.Kill(entireProcessTree: true); }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, which is what was wanted.
        }
    }
}
