using Errand.Chaos.Tests.Worker;

namespace Errand.Chaos.Tests.Processes;

/// <summary>Conversations with a worker.</summary>
internal static class WorkerLines
{
    /// <summary>Has a worker submit a job.</summary>
    /// <returns>The job's id, once the worker was told that it is kept.</returns>
    public static async Task<JobId> SubmitAsync(this WorkerProcess worker, string kind, int ordinal, int millis = 0)
    {
        worker.Say($"{Words.Submit} {kind} {ordinal} {millis}");
        var line = await worker.HearAsync(Words.Kept, $"{ordinal}");
        return JobId.Parse(line[2]);
    }

    /// <summary>Waits until a body has done something.</summary>
    public static async Task<JournalLine> HearAsync(this WorkerProcess worker, Deed deed, JobId job) =>
        JournalLine.Parse(await worker.HearAsync($"{deed}", $"{job}"));
}
