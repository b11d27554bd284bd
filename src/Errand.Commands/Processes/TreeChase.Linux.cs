namespace Errand.Commands;

/// <summary>
/// Kills the processes of a tree as they start, for those that fork and end faster than all processes can be read: it looks at nothing but
/// the newest number.
/// </summary>
/// <param name="supervisor">The supervisor of the tree, alive or not.</param>
/// <param name="mark">What the tree carries, or the default.</param>
internal sealed class TreeChase(ProcessKey supervisor, ProcessMark mark)
{
    private const int LookBack = 32;
    private const int MostAtOnce = 1024;

    // Kept from one run to the next, so that nobody starts unseen between them.
    private int _seen = -MostAtOnce;
    // A number is given out a moment before its process can be seen.
    private readonly Queue<int> _absent = [];

    /// <summary>Kills what starts until for some time nothing of the tree has, or the longest time is over.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="quiet">How long nothing must have started.</param>
    /// <param name="longest">How long it goes on at most; it keeps a processor busy.</param>
    public void Run(TimeProvider time, TimeSpan quiet, TimeSpan longest)
    {
        long startedAt = time.GetTimestamp();
        long lastAt = startedAt;
        while (time.GetElapsedTime(lastAt) < quiet && time.GetElapsedTime(startedAt) < longest)
        {
            int newest = NewestProcess.Number;
            if (newest < _seen || newest - _seen > MostAtOnce) _seen = Math.Max(0, newest - LookBack);
            bool killed = KillLate(newest);
            for (; _seen < newest; _seen++) killed |= Kill(_seen + 1);
            if (killed) lastAt = time.GetTimestamp();
        }
    }

    private bool KillLate(int newest)
    {
        bool killed = false;
        for (int i = _absent.Count; i > 0; i--)
            if (_absent.Dequeue() is var pid && newest >= pid && newest - pid < LookBack) killed |= Kill(pid);
        return killed;
    }

    private bool Kill(int pid)
    {
        // As with every signal, the descriptor comes before the question who it is.
        int process = NativeProcess.OpenProcess(pid);
        if (process < 0)
        {
            _absent.Enqueue(pid);
            return false;
        }
        bool killed = ProcessStat.Read(pid) is { HasEnded: false } stat
            && stat.Key.StartedAt >= supervisor.StartedAt && stat.Key != supervisor && pid != Environment.ProcessId
            && (IsChild(stat) || (!mark.IsNone && ProcessMark.Of(pid) == mark))
            && NativeProcess.SendSignal(process, CommandSignals.Kill) == 0;
        _ = NativeProcess.Close(process);
        return killed;
    }

    // A supervisor that still lives after its child was read was the parent, and not somebody who has its number.
    private bool IsChild(in ProcessStat stat) => supervisor.Pid > 0 && stat.Parent == supervisor.Pid && ProcessKey.Of(supervisor.Pid) == supervisor;
}
