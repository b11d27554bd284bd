namespace Errand.Mcp;

/// <summary>Jobs as their owners find them. To all others they are not there, in the same words as those that never were.</summary>
internal sealed class OwnedJobs(IJobClient jobs, TimeProvider time)
{
    private const int LongestShown = 48;

    /// <summary>The job that a call names, if its caller may know of it and it has not expired.</summary>
    public async ValueTask<Job> GetAsync(ErrandToolCall call, CancellationToken cancellationToken)
    {
        string text = call.Arguments.Text("id") ?? throw new InvalidJobException("id", "id is missing; give the id of a job.");
        if (!JobId.TryParse(text.Trim(), out var id)) throw new ToolRefusalException(new("not_found", NotFound($"'{Shorten(text)}'"), "id", null));
        if (await jobs.FindAsync(id, cancellationToken) is not { } job || !call.Caller.MaySee(job))
            throw new ToolRefusalException(new("not_found", NotFound(id.ToString()), "id", id.ToString()));
        if (job.ExpiresAt is not { } expiry || expiry > time.GetUtcNow()) return job;
        string expired = $"Job {id} has expired: it ended at {job.FinishedAt:u} and was kept until {expiry:u}.";
        throw new ToolRefusalException(new("expired", expired, "id", id.ToString()));
    }

    private static string NotFound(string id) => $"Job {id} was not found. It may have expired, or the id is mistyped.";

    private static string Shorten(string text) => text.Length <= LongestShown ? text : $"{text[..LongestShown]}…";
}
