namespace Errand.Stores.Tests.Sqlite;

/// <summary>Jobs to test with.</summary>
internal static class Jobs
{
    public static readonly DateTimeOffset Start = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    public static readonly RunnerId Runner = new("runner-1");

    /// <summary>A job that the store cannot write.</summary>
    public static Job Impossible() => Queued() with { Spec = new JobSpec(kind: null!) };

    public static Job Queued(string kind = "work", JobData input = default) => Job.Queued(JobId.New(Start), new(kind, input), Start);

    public static Job Running(string kind = "work") => Job.Running(JobId.New(Start), new(kind), Runner, Start, Start);

    public static Job[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Queued())];
}
