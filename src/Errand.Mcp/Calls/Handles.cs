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
    /// <param name="expected">What the result will look like; none where the tool says.</param>
    public async ValueTask<CallToolResult> AnswerAsync(
        Job job, DeferrableTool? tool, ResponseDetail detail, bool strict, JsonElement? expected = null)
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
                RetryCount = Math.Max(0, job.Attempt - 1), CanRetry = tool?.Policy is { Retry.MaxRetries: > 0 } or { Restartable: true },
                ExpectedSchema = expected ?? tool?.ExpectedSchema,
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

    /// <summary>The job of a handle; none where an answer is something else, whatever it looks like.</summary>
    public static JobId? IdOf(CallToolResult? answer) =>
        answer?.Meta?[WireHandle.MetaKey] is JsonValue value && value.TryGetValue(out string? text) && JobId.TryParse(text, out var id) ? id : null;

    private async ValueTask<Job?> TwinOf(Job job) =>
        job.Owner == Caller.Anonymous || job.Spec.Reuse != JobReuse.None ? null : await jobs.FindTwinAsync(job);

    private string NextOf(Job job) => job.State == JobState.Waiting
        ? $"It waits for an answer. Call {names.Of(JobToolNames.Status)} with id \"{job.Id}\" to see what it asks, " +
          $"then {names.Of(JobToolNames.Input)} to answer."
        : $"It goes on in the background; do not call the tool again for it. " +
          $"To wait for its end and result call {names.Of(JobToolNames.Wait)} with id \"{job.Id}\"; " +
          $"{names.Of(JobToolNames.Output)} shows what it writes, {names.Of(JobToolNames.Cancel)} stops it.";
}
