using Microsoft.Extensions.DependencyInjection;

namespace Errand.Chaos.Tests.Worker;

/// <summary>The work of the jobs: it waits a little, and writes down that it was there.</summary>
internal sealed class Bodies(Journal journal, string gate)
{
    public const int Lines = 5;

    private const int Steps = 3;
    private const int LastWords = 20;

    public void AddTo(ErrandBuilder errand)
    {
        errand.AddJob<Piece, Done>(Kinds.Plain, WorkAsync);
        errand.AddJob<Piece, Done>(Kinds.Again, WorkAsync, kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Output, WriteAsync, kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Steps, (piece, job) => StepAsync(piece, job, Deed.Started), kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Endless, EndlessAsync, kind => kind.Limits = JobLimits.None);
        errand.AddKind(new(Kinds.Resumed, _ => new ResumedWork((job, begun) => StepAsync(ChaosJson.Read<Piece>(job.Input), job, begun))));
        errand.AddJob<Piece, Done>(Kinds.Chatty, (piece, job) => ChatAsync(piece, job, Deed.Started), kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Capped, WorkAsync, kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Gated, WaitAtGateAsync, kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Dependent, LookAtParentsAsync, kind => kind.Restartable = true);
        errand.AddJob<Piece, Done>(Kinds.Dud, FailAsync, kind =>
        {
            kind.Restartable = true;
            kind.Retry = new() { NotFor = [JobErrorCodes.Exception] };
        });
        errand.AddKind(new(Kinds.ChattyResumed, _ => new ResumedWork((job, begun) => ChatAsync(ChaosJson.Read<Piece>(job.Input), job, begun))));
    }

    /// <summary>Goes on from the last checkpoint, step by step.</summary>
    private async Task<Done> StepAsync(Piece piece, JobContext job, Deed begun)
    {
        int step = job.Checkpoint.IsNone ? 0 : job.Checkpoint.ToElement().GetInt32();
        string run = journal.Begin(job, begun, step);
        while (step < Steps)
        {
            await PauseAsync(piece, job, piece.Millis / Steps);
            await SaveAsync(job, JobData.Parse($"{++step}"));
            journal.Write(job, Deed.Saved, run, step);
        }
        return End(piece, job, run);
    }

    private async Task<Done> WorkAsync(Piece piece, JobContext job)
    {
        string run = journal.Begin(job, Deed.Started, 0);
        await PauseAsync(piece, job, piece.Millis);
        return End(piece, job, run);
    }

    private async Task<Done> WriteAsync(Piece piece, JobContext job)
    {
        string run = journal.Begin(job, Deed.Started, 0);
        for (int line = 1; line <= Lines; line++)
        {
            job.Log($"{run} {line}");
            journal.Write(job, Deed.Wrote, run, line);
            await PauseAsync(piece, job, piece.Millis / Lines);
        }
        return End(piece, job, run);
    }

    private async Task<Done> ChatAsync(Piece piece, JobContext job, Deed begun)
    {
        string run = journal.Begin(job, begun, 0);
        job.Log($"{run} hello");
        await SaveAsync(job, JobData.Parse($"\"{run}\""));
        journal.Write(job, Deed.Saved, run, 0);
        for (int more = LastWords; more > 0;)
        {
            job.Log($"{run} and so on");
            await Task.Delay(20);
            if (job.CancellationToken.IsCancellationRequested) more--;
        }
        try { await job.SaveCheckpointAsync(JobData.Parse($"\"{run}\"")); }
        catch (OperationCanceledException)
        {
            // This body does not listen, and ends as if it had done well.
        }
        return End(piece, job, run);
    }

    private async Task<Done> EndlessAsync(Piece piece, JobContext job)
    {
        string run = journal.Begin(job, Deed.Started, 0);
        await Task.Delay(Timeout.Infinite, job.CancellationToken);
        return End(piece, job, run);
    }

    private async Task<Done> WaitAtGateAsync(Piece piece, JobContext job)
    {
        string run = journal.Begin(job, Deed.Started, 0);
        while (!File.Exists(gate)) await Task.Delay(10, job.CancellationToken);
        return End(piece, job, run);
    }

    private async Task<Done> LookAtParentsAsync(Piece piece, JobContext job)
    {
        string run = journal.Begin(job, Deed.Started, 0);
        foreach (var parent in await job.ParentsAsync())
            if (parent.Outcome.Success) journal.Write(job, Deed.Read, run, ChaosJson.Read<Done>(parent.Outcome.Result).Ordinal);
        await PauseAsync(piece, job, piece.Millis);
        return End(piece, job, run);
    }

    private Task<Done> FailAsync(Piece piece, JobContext job) =>
        job.Spec.RetryOf is not null ? WorkAsync(piece, job) : throw new InvalidOperationException("This piece is a dud.");

    private Done End(Piece piece, JobContext job, string run)
    {
        journal.Write(job, Deed.Ended, run, 0);
        return new(piece.Ordinal, job.Attempt, run);
    }

    private static Task PauseAsync(Piece piece, JobContext job, int millis) => Task.Delay(millis, piece.IsDeaf ? CancellationToken.None : job.CancellationToken);

    private static async Task SaveAsync(JobContext job, JobData checkpoint)
    {
        while (true)
        {
            try
            {
                await job.SaveCheckpointAsync(checkpoint);
                return;
            }
            catch (StoreUnavailableException)
            {
                // A frozen process may hold the lock of the file for longer than anybody waits.
                await Task.Delay(100, job.CancellationToken);
            }
        }
    }
}

/// <summary>Work that another process can go on with.</summary>
internal sealed class ResumedWork(Func<JobContext, Deed, Task<Done>> work) : IJobExecutor
{
    public ValueTask<JobOutcome> RunAsync(JobContext job) => GoOnAsync(job, Deed.Started);

    public ValueTask<JobOutcome> ResumeAsync(JobContext job) => GoOnAsync(job, Deed.Resumed);

    private async ValueTask<JobOutcome> GoOnAsync(JobContext job, Deed begun) => JobOutcome.Completed(ChaosJson.Write(await work(job, begun)));
}
