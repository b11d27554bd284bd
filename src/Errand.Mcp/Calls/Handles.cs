using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What clients without tasks are answered when a call was handed over: words that tell a model exactly what to do next.</summary>
internal sealed class Handles(IJobClient jobs, JobToolNames names, TimeProvider time)
{
    /// <summary>The answer to a call that was handed over.</summary>
    /// <param name="job">The job.</param>
    /// <param name="tool">The tool; none where it is one of Errand's own.</param>
    /// <param name="detail">How much to say.</param>
    /// <param name="strict">Whether it is an error.</param>
    public async ValueTask<CallToolResult> AnswerAsync(Job job, DeferrableTool? tool, ResponseDetail detail, bool strict)
    {
        var handle = new WireHandle
        {
            Id = job.Id.ToString(), IsComplete = job.IsTerminal,
            Code = strict ? WireHandle.AsyncTimeoutCode : null, AlreadyRunning = (await TwinOf(job))?.Id.ToString(),
        };
        string next = NextOf(job);
        if (detail >= ResponseDetail.Standard) handle = handle with
        {
            State = job.State.ToWord(), PollIntervalMs = PollHint.Of(job, time.GetUtcNow()), Next = next,
            StartedAt = job.StartedAt, Progress = WireProgress.Of(job.Progress), Message = job.Progress?.Message,
        };
        if (detail == ResponseDetail.Full)
        {
            var status = await jobs.StatusAsync(job.Id);
            handle = handle with
            {
                Eta = status.Eta is { } eta ? new(eta.At, eta.LowAt, eta.HighAt) : null, Error = WireError.Of(job.Outcome?.Error),
                RetryCount = Math.Max(0, job.Attempt - 1), CanRetry = tool?.Policy is { Retry.MaxRetries: > 0 } or { Restartable: true }, ExpectedSchema = tool?.ExpectedSchema,
            };
        }
        string twin = handle.AlreadyRunning is { } running ? $" The same call is already running as job {running}." : "";
        return new()
        {
            Content = [new TextContentBlock { Text = $"Still processing, as job {handle.Id}.{twin} {next}" }],
            StructuredContent = JsonSerializer.SerializeToElement(handle, WireJson.Wire.WireHandle),
            IsError = strict ? true : null,
            Meta = new JsonObject { [WireHandle.MetaKey] = handle.Id },
        };
    }

    private async ValueTask<Job?> TwinOf(Job job) => job.Owner == Caller.Anonymous || job.Spec.Reuse != JobReuse.None ? null : await jobs.FindTwinAsync(job);

    private string NextOf(Job job) => job.State == JobState.Waiting
        ? $"It waits for an answer. Call {names.Of("job_status")} with id \"{job.Id}\" to see what it asks, then {names.Of("job_input")} to answer."
        : $"It goes on in the background and is not lost. Call {names.Of("job_wait")} with id \"{job.Id}\" to wait for its end and get its result; " +
          $"{names.Of("job_output")} shows what it has written so far; {names.Of("job_cancel")} stops it. Do not call the same tool again for it.";
}
