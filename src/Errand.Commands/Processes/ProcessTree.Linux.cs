namespace Errand.Commands;

/// <summary>
/// Finds the tree in three ways at once. Descendants by the ids of parents: complete while the supervisor lives, because orphans become its
/// children. Carriers of the mark: also when the supervisor is dead. The control group, where there is one: also those that have changed
/// their mark.
/// </summary>
internal sealed class LinuxProcessTree(ProcessKey supervisor, ProcessMark mark, ControlGroup? group) : ProcessTree
{
    private const int ContinueSignal = 18;
    private const int SparingRounds = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ChaseQuiet = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ChaseLongest = TimeSpan.FromMilliseconds(100);

    private readonly TreeChase _chase = new(supervisor, mark);

    public override IReadOnlyList<ProcessMember> Members()
    {
        using var table = ProcessTable.Read();
        using var tree = Find(table);
        return MembersOf(table, tree);
    }

    public override int Signal(int signal)
    {
        using var table = ProcessTable.Read();
        using var tree = Find(table);
        return Signal(table, tree, signal);
    }

    public override async Task<IReadOnlyList<ProcessMember>> KillAsync(TimeProvider time, TimeSpan patience)
    {
        long startedAt = time.GetTimestamp();
        var pause = FirstPause;
        List<ProcessMember> seen = [];
        for (int round = 0, empty = 0; ; round++)
        {
            // A supervisor in the group would take the exit code with it; only those who cannot be ended otherwise are worth that.
            group?.Kill(spared: round < SparingRounds ? supervisor.Pid : 0);
            var (found, isComplete) = KillOnce();
            // One that has lost its parent between the two readings looks like a stranger unless it carries the mark: only a second look that
            // finds nobody either says that nobody is left.
            empty = isComplete && found.Count == 0 ? empty + 1 : 0;
            if (empty == 2) return [];
            bool multiplies = !isComplete || found.Exists(member => !seen.Contains(member));
            if (found.Count > 0) seen = found;
            if (time.GetElapsedTime(startedAt) >= patience) return Members() is { Count: > 0 } left ? left : isComplete ? [] : seen;
            if (empty == 1) continue;
            if (round > 0 && multiplies) _chase.Run(time, ChaseQuiet, ChaseLongest);
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Which rows are of the tree, those that have ended among them.</summary>
    public TreeRows Find(ProcessTable table) => TreeRows.Find(table, supervisor, mark, group);

    private static int Signal(ProcessTable table, TreeRows tree, int signal)
    {
        int sent = 0;
        for (int i = 0; i < table.Rows.Length; i++)
        {
            ref readonly var row = ref table.Rows[i];
            if (!tree.Has(i) || row.HasEnded || !row.Key.Signal(signal)) continue;
            sent++;
            if (row.IsStopped && signal != CommandSignals.Kill) row.Key.Signal(ContinueSignal);
        }
        return sent;
    }

    private static List<ProcessMember> MembersOf(ProcessTable table, TreeRows tree)
    {
        List<ProcessMember> members = [];
        for (int i = 0; i < table.Rows.Length; i++)
        {
            ref readonly var row = ref table.Rows[i];
            if (tree.Has(i) && !row.HasEnded) members.Add(new(row.Key, row.Parent, row.Name));
        }
        return members;
    }

    private (List<ProcessMember> Killed, bool IsComplete) KillOnce()
    {
        using var table = ProcessTable.Read();
        using var tree = Find(table);
        Signal(table, tree, CommandSignals.Kill);
        // A server that is the first process of a container inherits orphans.
        for (int i = 0; i < table.Rows.Length; i++)
            if (tree.Has(i) && table.Rows[i].HasEnded && table.Rows[i].Parent == Environment.ProcessId) NativeProcess.Reap(table.Rows[i].Key.Pid);
        return (MembersOf(table, tree), table.IsComplete);
    }
}
