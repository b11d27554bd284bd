using System.Globalization;

namespace Errand.Testing;

/// <summary>The work of simulated jobs: takes its time, reports, saves, asks, fails, listens to a cancel or does not.</summary>
internal sealed class SimulatedWork(SimulatedNode node, Auditor auditor) : IJobExecutor
{
    public const string Plain = "plain";
    public const string Restartable = "restartable";
    public const string Flaky = "flaky";
    public const string Asking = "asking";
    public const string Deaf = "deaf";
    public const string Short = "short";
    public static readonly string[] Kinds = [Plain, Restartable, Flaky, Asking, Deaf, Short];

    /// <summary>Those that a call may bring a body for: they stand under no cap.</summary>
    public static readonly string[] Uncapped = [Plain, Restartable, Flaky, Asking, Deaf];

    private Random Chance => node.World.Random;

    public static JobKind KindOf(string name, SimulatedNode node, Auditor auditor)
    {
        var work = new SimulatedWork(node, auditor);
        return new(name, _ => work)
        {
            Restartable = name is Restartable,
            Retry = name is Flaky ? new() { MaxRetries = 2, BaseDelay = TimeSpan.FromMilliseconds(300) } : RetryPolicy.None,
            Limits = name is Deaf ? new() { WallTime = TimeSpan.FromSeconds(6) } : JobLimits.None,
        };
    }

    public static string ResultOf(JobId id, int attempt) => FormattableString.Invariant($"\"{id} {attempt}\"");

    public async ValueTask<JobOutcome> RunAsync(JobContext job)
    {
        auditor.BodyStarted(node, job);
        try
        {
            await WorkAsync(job);
            return JobOutcome.Completed(JobData.Parse(ResultOf(job.Id, job.Attempt)));
        }
        finally
        {
            auditor.BodyEnded(job);
        }
    }

    private async Task WorkAsync(JobContext job)
    {
        int steps = job.Kind == Short ? Chance.Next(2) : Chance.Next(1, 4);
        for (int step = 1; step <= steps; step++)
        {
            // A deaf one never looks at its token.
            var token = job.Kind == Deaf ? CancellationToken.None : job.CancellationToken;
            await Task.Delay(TimeSpan.FromMilliseconds(Chance.Next(1, 2500)), job.Time, token);
            if (Chance.Next(3) == 0) job.Report(step, steps);
            if (Chance.Next(3) == 0) await SaveAsync(job, step);
            if (job.Kind == Flaky && Chance.Next(4) == 0) throw new JobErrorException(new("flaky", "it did not work out this time"));
        }
        if (job.Kind == Asking) await AskAsync(job);
    }

    private static async Task SaveAsync(JobContext job, int step)
    {
        try { await job.SaveCheckpointAsync(JobData.Parse(step.ToString(CultureInfo.InvariantCulture))); }
        catch (StoreUnavailableException)
        {
            // Works on without it.
        }
    }

    private async Task AskAsync(JobContext job)
    {
        auditor.BodyPaused(job);
        var answer = await job.AskAsync(JobData.Parse("\"go on?\""));
        auditor.BodyWentOn(node, job);
        if (answer.IsNone) throw new InvalidOperationException("The answer is empty.");
    }
}
