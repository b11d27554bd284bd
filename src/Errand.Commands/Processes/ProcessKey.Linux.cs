namespace Errand.Commands;

internal readonly partial record struct ProcessKey
{
    /// <summary>The process that has a number now, or null when there is none.</summary>
    /// <param name="pid">The number.</param>
    public static ProcessKey? Of(int pid) => ProcessStat.Read(pid) is { } stat ? stat.Key : null;

    /// <summary>Signals this process, and never one that got its number.</summary>
    /// <param name="signal">The signal.</param>
    /// <returns>Whether it was sent: it is not when the process has ended or is another user's.</returns>
    /// <remarks>
    /// The descriptor is opened first and holds on to whoever has the number then; only after that does the time of the start say whether it
    /// is the right one. A check before a plain kill would leave a gap between the two.
    /// </remarks>
    public bool Signal(int signal)
    {
        int process = NativeProcess.OpenProcess(Pid);
        if (process < 0) return false;
        bool sent = Of(Pid) == this && NativeProcess.SendSignal(process, signal) == 0;
        _ = NativeProcess.Close(process);
        return sent;
    }
}
