namespace Errand;

/// <summary>How Errand behaves in this process. Checked when the host starts.</summary>
public sealed class ErrandOptions
{
    /// <summary>
    /// How many queued jobs this process runs at once. Promoted calls count, but never wait for a slot; jobs that take none do not count
    /// (<see cref="JobKind.OutsideSlots"/>). Default: 10.
    /// </summary>
    public int Slots { get; set; } = 10;

    /// <summary>Whether this process runs jobs, or only submits and follows them. Default: true.</summary>
    public bool RunsJobs { get; set; } = true;

    /// <summary>How large an input, a checkpoint, an answer or a question may be. Default: 1 MiB.</summary>
    public int MaxPayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>A result larger than this goes to the job's output instead of its row. Default: 64 KiB.</summary>
    public int MaxInlineResultBytes { get; set; } = 64 * 1024;

    /// <summary>Kinds that other processes on the same store run, so that they may be submitted here.</summary>
    public ISet<string> RemoteKinds { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// How long a caller waits for a call before it is handed over, where neither the call nor its kind says; zero hands over at once. Default:
    /// without end.
    /// </summary>
    public TimeSpan AsyncTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The limits of jobs whose kind and spec set none. Default: 5 minutes of wall time.</summary>
    public JobLimits DefaultLimits { get; set; } = new() { WallTime = TimeSpan.FromMinutes(5) };

    /// <summary>How long work that was told to stop at once, or ran past its limit, has to end before it is left behind. Default: 5 s.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping host lets running jobs go on. Default: 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a runner's silence must last before others take over what it held. At least 15 s. Default: 15 s.</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a runner says that it lives. Default: 3 s.</summary>
    public TimeSpan BeatInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a runner and a waiter look for themselves, for wake-ups may be lost. Default: 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the progress of a running job is written at most. Default: 1 s.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Categories of loggers, each with all below it, whose lines do not become output of the job that they are written in: what frameworks say
    /// of their own doings. Default: none.
    /// </summary>
    public ISet<string> LogsNotKept { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What is kept of ended jobs.</summary>
    public RetentionOptions Retention { get; } = new();

    /// <summary>When no more jobs are started because the machine is short of something. Default: below 256 MiB of free disk.</summary>
    public ThrottleOptions Throttle { get; } = new();

    /// <summary>How many times the process under a restartable job may die before the job is not started again. Default: 3.</summary>
    public int MaxCrashes { get; set; } = 3;

    /// <summary>What is shared by many jobs, and how much of it there is.</summary>
    public CapOptions Caps { get; } = new();

    internal IEnumerable<string> Problems()
    {
        foreach (string problem in Caps.Problems()) yield return problem;
        if (Slots is < 1 or > 100_000) yield return $"Slots is {Slots}; it must be from 1 to 100000, such as 10.";
        if (MaxPayloadBytes < 1024) yield return $"MaxPayloadBytes is {MaxPayloadBytes}; it must be at least 1024, such as 1048576.";
        if (MaxInlineResultBytes < 0) yield return $"MaxInlineResultBytes is {MaxInlineResultBytes}; it must not be negative, such as 65536.";
        if (LeaseTime < TimeSpan.FromSeconds(15))
            yield return $"LeaseTime is {LeaseTime}; it must be at least 15 s, or a slow disk would look like a dead runner.";
        if (BeatInterval <= TimeSpan.Zero || BeatInterval > LeaseTime / 3)
            yield return $"BeatInterval is {BeatInterval}; it must be positive and at most a third of LeaseTime ({LeaseTime}), such as 00:00:03.";
        if (PollInterval <= TimeSpan.Zero) yield return $"PollInterval is {PollInterval}; it must be positive, such as 00:00:01.";
        if (ProgressInterval < TimeSpan.Zero) yield return $"ProgressInterval is {ProgressInterval}; it must not be negative, such as 00:00:01.";
        if (StopGrace < TimeSpan.Zero) yield return $"StopGrace is {StopGrace}; it must not be negative, such as 00:00:05.";
        if (ShutdownTimeout < TimeSpan.Zero) yield return $"ShutdownTimeout is {ShutdownTimeout}; it must not be negative, such as 00:00:30.";
        if (DefaultLimits.WallTime is { } wall && wall <= TimeSpan.Zero)
            yield return $"DefaultLimits.WallTime is {wall}; it must be positive, such as 00:05:00, or absent for no limit.";
        if (JobSpecRules.ProblemOf(DefaultLimits with { WallTime = null }) is var (_, limit)) yield return $"DefaultLimits: {limit}";
        if (MaxCrashes < 1) yield return $"MaxCrashes is {MaxCrashes}; it must be at least 1, such as 3.";
        foreach (string problem in Retention.Problems()) yield return problem;
        if (AsyncTimeout < TimeSpan.Zero && AsyncTimeout != Timeout.InfiniteTimeSpan)
            yield return $"AsyncTimeout is {AsyncTimeout}; it must not be negative, or Timeout.InfiniteTimeSpan for no hand-over.";
        foreach (string problem in Throttle.Problems()) yield return problem;
    }
}
