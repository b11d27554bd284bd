using System.Text.Json.Serialization.Metadata;

namespace Errand;

/// <summary>The façade for those who know their types.</summary>
public static class JobClientExtensions
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Submits a job with a typed input.</summary>
    /// <typeparam name="TInput">The type of the input.</typeparam>
    /// <param name="client">The façade.</param>
    /// <param name="kind">What sort of work it is.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="configure">Sets more of the spec.</param>
    /// <param name="cancellationToken">Gives up waiting; the job may have been kept.</param>
    public static ValueTask<Job> SubmitAsync<TInput>(
        this IJobClient client, string kind, TInput input, Func<JobSpec, JobSpec>? configure = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(client.SpecOf(kind, input, configure), cancellationToken);

    /// <summary>Calls work with a typed input.</summary>
    /// <typeparam name="TInput">The type of the input.</typeparam>
    /// <param name="client">The façade.</param>
    /// <param name="kind">What sort of work it is.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="options">How the caller waits.</param>
    /// <param name="abandon">The caller gives up.</param>
    public static ValueTask<CallResult> CallAsync<TInput>(
        this IJobClient client, string kind, TInput input, CallOptions? options = null, CancellationToken abandon = default) =>
        client.CallAsync(client.SpecOf(kind, input, null), options, abandon);

    /// <summary>The typed result of a completed job.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="client">The façade.</param>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFinishedException">It has no result yet.</exception>
    /// <exception cref="JobFailedException">It failed or was cancelled.</exception>
    public static async ValueTask<TResult?> GetResultAsync<TResult>(
        this IJobClient client, JobId id, CancellationToken cancellationToken = default) =>
        (await client.GetResultAsync(id, cancellationToken)).As((JsonTypeInfo<TResult>)client.Json.GetTypeInfo(typeof(TResult)));

    /// <summary>Waits for the end of a job and answers with its typed result.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="client">The façade.</param>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="JobFailedException">It failed or was cancelled.</exception>
    public static async ValueTask<TResult?> WaitForResultAsync<TResult>(
        this IJobClient client, JobId id, CancellationToken cancellationToken = default)
    {
        await client.WaitAsync(id, null, cancellationToken);
        return await client.GetResultAsync<TResult>(id, cancellationToken);
    }

    /// <summary>Follows a job to its end and tells a line at each news, with a pause between looks that doubles up to half a minute.</summary>
    /// <param name="client">The façade.</param>
    /// <param name="id">The id.</param>
    /// <param name="tell">Is told a line, such as "running 40 % copying".</param>
    /// <param name="time">The clock that pauses are taken by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The job at its end.</returns>
    public static async ValueTask<Job> MonitorAsync(
        this IJobClient client, JobId id, Action<string> tell, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        long version = 0;
        for (var pause = TimeSpan.FromMilliseconds(250); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var job = (await client.WaitAsync(id, new() { AfterVersion = version }, cancellationToken)).Job;
            tell(Describe(job));
            if (job.IsTerminal) return job;
            version = job.Version;
            // Wakes early for the end, so that it is told at once.
            using var looked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var end = client.WaitAsync(id, null, looked.Token).AsTask();
            await Task.WhenAny(end, Task.Delay(pause, time ?? TimeProvider.System, looked.Token));
            looked.Cancel();
        }
    }

    /// <summary>
    /// The oldest live job that asks for the same as this one (<see cref="JobSpec.Fingerprint"/>) of the same owner and kind, for callers who would
    /// rather follow what runs already than have it done twice. None where there is none, or the job has no fingerprint.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<Job?> FindTwinAsync(this IJobClient client, Job job, CancellationToken cancellationToken = default)
    {
        if (job.Spec.Fingerprint is not { } fingerprint) return null;
        var live = new JobQuery
        {
            Kind = job.Kind, Owner = job.Owner, Fingerprint = fingerprint, States = JobStates.Live, OldestFirst = true, Limit = 2,
        };
        var page = await client.ListAsync(live, cancellationToken);
        return page.Items.FirstOrDefault(other => other.Id != job.Id);
    }

    private static string Describe(Job job)
    {
        string percent = job.Progress?.Percent is { } value && !job.IsTerminal ? FormattableString.Invariant($" {value:F0} %") : "";
        string? message = job.IsTerminal ? job.Outcome?.Error?.Message : job.Progress?.Message;
        return $"{job.State.ToWord()}{percent}{(message is null ? "" : $" {message}")}";
    }

    private static JobSpec SpecOf<TInput>(this IJobClient client, string kind, TInput input, Func<JobSpec, JobSpec>? configure)
    {
        var spec = new JobSpec(kind, JobData.From(input, (JsonTypeInfo<TInput>)client.Json.GetTypeInfo(typeof(TInput))));
        return configure is null ? spec : configure(spec);
    }
}
