using System.Globalization;

namespace Errand.Testing.Conformance;

/// <summary>Jobs to test with. All times count from one moment, so that a store that looked at a clock of its own would be found out.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2031, 5, 17, 9, 30, 0, TimeSpan.Zero);
    public static readonly RunnerId Runner = new("runner-1");
    public static readonly RunnerId OtherRunner = new("runner-2");

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    public static Job Queued(
        string kind = "work", double at = 0, string? session = null, string? key = null, string owner = "ann",
        int priority = 0, double? runAt = null) =>
        Queued(new JobSpec(kind) { Owner = owner, Session = session, Key = key, Priority = priority, RunAt = runAt is { } due ? At(due) : null }, at);

    public static Job Queued(JobSpec spec, double at = 0) => Job.Queued(JobId.New(At(at)), spec, At(at));

    public static Job Running(RunnerId runner) => Job.Running(JobId.New(Start), new("work"), runner, Start, Start);

    public static Job[] Many(int count, Func<int, Job> make) => [.. Enumerable.Range(0, count).Select(make)];

    public static JobData Json(string text) => JobData.Parse(text);

    /// <summary>A job in which every field says something.</summary>
    public static Job Full() => new()
    {
        Id = JobId.New(At(0.001)),
        Spec = FullSpec(),
        Phase = JobPhase.Failed,
        Version = 17,
        Attempt = 3,
        Runner = Runner,
        Caps =
        [
            new("kind/command", new() { Running = 2, Queued = 50 }),
            new("größe", new() { Rate = new(3, TimeSpan.FromSeconds(1)) { Burst = 2 } }),
        ],
        WaitsForCap = "größe",
        PendingParents = 2,
        IsDeadLetter = true,
        CreatedAt = At(0.001),
        ScheduledAt = At(1.002),
        StartedAt = At(2.003),
        PromotedAt = At(3.004),
        FinishedAt = At(4.005),
        LastActivityAt = At(5.006),
        Progress = new(12.5, 40.25, "half of it, nearly: ½"),
        CancelRequest = new(At(6.007), "bob", Force: true),
        Checkpoint = Json("""{"step":7}"""),
        Inputs =
        [
            new("1", Json("""{"ask":"sure?"}"""), At(7.008)) { Answer = Json("true"), AnsweredBy = "carol", AnsweredAt = At(8.009) },
            new("2", Json("\"and now?\""), At(9.010)),
        ],
        Outcome = JobOutcome.Failed(
            new("exit_code", "It ended with 3.", Retryable: false) { Details = Json("""{"tail":["a","b"]}""") }, Json("""{"kept":true}""")) with
        {
            ExitCode = 3, Signal = "SIGTERM", Output = new(5_000_000_000, 12, "00ff"), LargeResultBytes = 70_000,
        },
    };

    public static JobSpec FullSpec() => new("command", Json("""{"line":"make  all"}"""))
    {
        Title = "Build — everything", Owner = "ann", Agent = "planner", Session = "main", Priority = -7,
        Tags = ["nightly", "größer", "a,b"],
        Metadata = new Dictionary<string, string> { ["branch"] = "main", ["empty"] = "", ["ключ"] = "значение" },
        RunAt = At(10.011), Held = true,
        Limits = new()
        {
            WallTime = TimeSpan.FromMilliseconds(90_061), CpuTime = TimeSpan.FromMilliseconds(61_009), MemoryBytes = 5_000_000_000,
            OutputBytes = 6_000_000_000, FileBytes = 7_000_000_000, Processes = 33, Nice = -5, CpuWeight = 9_999,
        },
        Retry = new() { MaxRetries = 5, BaseDelay = TimeSpan.FromMilliseconds(250), Factor = 1.5, MaxDelay = TimeSpan.FromMinutes(2) },
        Key = "request 1", Parent = JobId.New(At(-5)), RetryOf = JobId.New(At(-6)), Batch = JobId.New(At(-7)),
        Caps = [new("größe", CapSize.Unlimited), new("gpu-0", new() { Running = 1 })],
        Fingerprint = "00ffé", Reuse = JobReuse.Result, KeepFor = TimeSpan.FromMilliseconds(86_400_123),
        Notify = [JobNotice.Webhook("https://hooks.example.com/größe?a=b&c=\"d\"") with { On = JobNoticeEvents.End }, JobNotice.Command("tell")],
        TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    /// <summary>A text of any length that is no letter over and over, so that a store cannot cheat by packing it.</summary>
    public static JobData Large(int bytes, int seed)
    {
        var random = new Random(seed);
        return JobData.Trusted(System.Text.Encoding.UTF8.GetBytes(string.Create(bytes, random, static (span, random) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = (char)('!' + random.Next(1, 58));
            span.Replace('\\', '/');
            span[0] = span[^1] = '"';
        })));
    }

    public static string Name(int number) => number.ToString("d6", CultureInfo.InvariantCulture);
}
